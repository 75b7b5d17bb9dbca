"""The words that rules are written in: one name for each fact."""

from __future__ import annotations

from typing import Final

from huurschuld.rules.conditions.language import Flag, P, Quantity

arrears_cents: Final = Quantity("arrears_cents")
past_grace_cents: Final = Quantity("past_grace_cents")
months: Final = Quantity("months")
days_overdue: Final = Quantity("days_overdue")
sustained_cents: Final = Quantity("sustained_cents")
attempts: Final = Quantity("attempts")
channels: Final = Quantity("channels")
days_since_attempt: Final = Quantity("days_since_attempt")
days_since_offer: Final = Quantity("days_since_offer")
minors: Final = Quantity("minors")

reminder_sent: Final = Flag("reminder_sent")
sharing_offered: Final = Flag("sharing_offered")
personal_effort: Final = Flag("personal_effort")
debt_help_named: Final = Flag("debt_help_named")
plan_in_force: Final = Flag("plan_in_force")
tenant_acted: Final = Flag("tenant_acted")
disputed: Final = Flag("disputed")
objected: Final = Flag("objected")
already_referred: Final = Flag("already_referred")
lease_ended: Final = Flag("lease_ended")
deceased: Final = Flag("deceased")
dwelling: Final = Flag("dwelling")
minor_living_in: Final = Flag("minor_living_in")
eviction_announced: Final = Flag("eviction_announced")

__all__ = ["P"]
__all__ += [name for name, term in list(globals().items()) if isinstance(term, (Flag, Quantity))]

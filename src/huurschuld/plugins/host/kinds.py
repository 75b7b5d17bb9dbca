"""The kinds of thing that a plugin can provide."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A kind of thing that a plugin provides by name; the value is what a person calls it."""

    LEDGER = "ledger"
    ENRICHER = "enricher"
    CONTACT_SOURCE = "contact source"
    CHANNEL = "channel"
    FEEDBACK_CHANNEL = "feedback channel"
    HELPER_DIRECTORY = "helper directory"
    EXPORTER = "exporter"

    @property
    def section(self) -> str:
        """Its section in a configuration."""
        return f"{self.name.lower()}s".replace("ys", "ies")

    @property
    def hook(self) -> str:
        """The hook that gives its openers."""
        return f"huurschuld_{self.section}"

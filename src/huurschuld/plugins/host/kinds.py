"""What a plugin can provide: each kind with its hook, its section in a configuration, its methods."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Kind(Enum):
    """One kind of thing that a plugin provides, by name.

    Attributes:
        label: what a person calls it.
        section: where it stands in a configuration.
        hook: the hook that gives the openers.
        methods: what it must have.
    """

    LEDGER = ("ledger", "ledgers", "huurschuld_ledgers", ("tables",))
    ENRICHER = ("enricher", "enrichers", "huurschuld_enrichers", ("parts",))
    CONTACT_SOURCE = (
        "contact source",
        "contact_sources",
        "huurschuld_contact_sources",
        ("contact_details",),
    )
    CHANNEL = ("channel", "channels", "huurschuld_channels", ("idempotent", "send"))
    HELPER_DIRECTORY = (
        "helper directory",
        "helper_directories",
        "huurschuld_helper_directories",
        ("helpers",),
    )
    EXPORTER = ("exporter", "exporters", "huurschuld_exporters", ("export",))

    def __init__(self, label: str, section: str, hook: str, methods: tuple[str, ...]) -> None:
        self.label = label
        self.section = section
        self.hook = hook
        self.methods = methods


SECTIONS: Final = {kind.section: kind for kind in Kind}
"""The kinds by their section of a configuration."""

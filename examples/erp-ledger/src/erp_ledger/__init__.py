"""A plugin for huurschuld: the ledger `huurboek`, of the ERP system HuurBoek. Both are invented."""

from collections.abc import Mapping

from huurschuld.hooks import OpenLedger, hookimpl

from erp_ledger.ledger import open_database

api_version = 1

NAME = "huurboek"
"""Its name in a configuration, and for `--ledger`."""


@hookimpl
def huurschuld_ledgers() -> Mapping[str, OpenLedger]:
    """Provide the ledger, which takes the option `database`."""
    return {NAME: open_database}


@hookimpl
def huurschuld_kits() -> Mapping[str, str]:
    """Provide the kit of the ledger, which `huurschuld plugins --check` runs."""
    return {f"ledger {NAME}": "erp_ledger.kit:TestLedger"}

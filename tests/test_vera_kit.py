"""The ledger `vera` passes the kit for ledgers, through a server of our own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from test_vera import ABSENT
from vera_server import VeraServer, serving
from vera_source import OPTIONS, lists_of_rows

from huurschuld.hooks import Ledger
from huurschuld.plugins.vera import open_vera
from huurschuld.testing import LedgerAdapterTests, LedgerCapabilities, Rows, SourceRefuses

pytestmark = pytest.mark.slow


class TestVera(LedgerAdapterTests):
    """What VERA can carry comes through whole; what it cannot is declared."""

    examples = 3
    capabilities = LedgerCapabilities(
        tables={"tenancies", "rents", "entries", "contacts", "plans", "disputes"},
        without={f"tenancies.{it}" for it in ABSENT},
        kinds={"rent", "other", "payment", "credit", "reversal"},  # a refund names its payment
        periods={"month"},  # a lease has one interval for all its rents
        split_payments=True,
        page_size=100,
        shared_entry_ids=False,  # a booking has an id of its own in all of VERA
        places=True,
    )
    server: VeraServer

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with serving({}) as self.server:
            yield

    def seed(self, rows: Rows) -> None:
        leases = [it["id"] for it in rows["tenancies"]]
        entries = [it["id"] for it in rows["entries"]]
        keys = (leases, entries, [(it["tenancy"], it["from"]) for it in rows["rents"]])
        loose = any(it["tenancy"] not in leases for it in rows["contacts"])
        if loose or any(len(set(its)) < len(its) for its in keys):
            raise SourceRefuses  # ids are keys in VERA, and it is a lease that names a contact
        if set(leases) < {it["tenancy"] for it in rows["rents"]}:
            raise SourceRefuses  # a price of something else than a lease is nothing wrong in VERA
        cents = {(it["tenancy"], it["id"]): it.get("cents") for it in rows["entries"]}
        for it in rows["entries"]:
            received = cents.get((it["tenancy"], it.get("reverses")))
            if it["kind"] == "reversal" and (it.get("cents") or 0) > (received or 0):
                raise SourceRefuses  # in VERA what a storno is above the payment are costs
        self.server.lists = lists_of_rows(rows)

    def make_adapter(self) -> Ledger:
        return open_vera(base=self.server.base, first_wait_ms=1, attempts=2, **OPTIONS)

    def spoil(self) -> None:
        self.server.lists = {name: ["KW"] for name in self.server.lists}

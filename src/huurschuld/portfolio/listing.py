"""What a screening shows and writes: a worklist as rows, whichever engine has decided.

| module | holds |
|---|---|
| `rows` | the listing: its rows, its counts, what it was made with |
| `aside` | what is set aside, and for whom it cannot be |
| `at_once` | a ledger screened by the columnar engine |
"""

from __future__ import annotations

from huurschuld.portfolio.listing_aside import SetAside
from huurschuld.portfolio.listing_rows import LISTS, Listing, Row, of_worklist, row_of
from huurschuld.portfolio.screening import in_order, list_at_once

__all__ = ["LISTS", "Listing", "Row", "SetAside", "in_order", "list_at_once", "of_worklist", "row_of"]

"""What a screening shows and writes: a worklist as rows, whichever engine has decided.

| module | holds |
|---|---|
| `rows` | the listing: its rows, its counts, what it was made with |
| `aside` | what is set aside, and for whom it cannot be |
| `at_once` | a ledger screened by the columnar engine |
"""

from __future__ import annotations

from huurschuld.listing.aside import SetAside
from huurschuld.listing.at_once import in_order, list_at_once
from huurschuld.listing.rows import LISTS, Listing, Row, of_worklist, row_of

__all__ = ["LISTS", "Listing", "Row", "SetAside", "in_order", "list_at_once", "of_worklist", "row_of"]

"""Fill `demo.sqlite` with some 200 invented households, to try the ledger on."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from huurschuld import load_plugins, open_ledger
from huurschuld.testing.sample import write_sample

from erp_ledger.kit import TestLedger, fill


def main(database: Path) -> None:
    """Write a new database."""
    database.unlink(missing_ok=True)
    with TemporaryDirectory() as folder:
        sample = Path(folder, "sample")
        write_sample(sample, tenancies=200, seed=1)
        tables = open_ledger(load_plugins(), "portfolio", folder=str(sample)).tables()
        rows = {name: pl.DataFrame(table).to_dicts() for name, table in tables.items()}
    if "rents.per" in TestLedger.capabilities.without:
        # Where every rent is by the month, one by the week would look like a month's.
        others = {row["tenancy"] for row in rows["rents"] if row["per"] not in (None, "month")}
        for name, of_table in rows.items():
            key = "id" if name == "tenancies" else "tenancy"
            rows[name] = [row for row in of_table if row[key] not in others]
    fill(database, rows)


if __name__ == "__main__":
    main(Path(__file__).with_name("demo.sqlite"))

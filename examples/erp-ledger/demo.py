"""Fill `demo.sqlite` with 200 invented households, to try the ledger on."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from huurschuld import load_plugins, open_ledger
from huurschuld.testing.sample import write_sample

from erp_ledger.kit import fill


def main(database: Path) -> None:
    """Write a new database."""
    database.unlink(missing_ok=True)
    with TemporaryDirectory() as folder:
        sample = Path(folder, "sample")
        write_sample(sample, tenancies=200, seed=1)
        tables = open_ledger(load_plugins(), "portfolio", folder=str(sample)).tables()
        fill(database, {name: pl.DataFrame(table).to_dicts() for name, table in tables.items()})


if __name__ == "__main__":
    main(Path(__file__).with_name("demo.sqlite"))

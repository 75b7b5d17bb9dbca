"""A notebook as a script: one portfolio in pandas, polars and DuckDB. Each `# %%` is a cell."""

# %% The tables, as texts, as they are in the files: huurschuld reads days and amounts itself.
import sys
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl

from huurschuld import (
    changes,
    check,
    compare,
    decide_many,
    decisions_frame,
    load_plugins,
    open_ledger,
    read_portfolio,
    screen,
)

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else "mine")
POLICY = "katwijk-2021"
BEFORE, TODAY = date(2026, 9, 20), date(2026, 10, 20)

files = {it.stem: it for it in sorted(FOLDER.glob("*.csv"))}
connection = duckdb.connect()
in_polars = {name: pl.read_csv(it, infer_schema=False) for name, it in files.items()}
in_pandas = {name: pd.read_csv(it, dtype=str) for name, it in files.items()}
in_duckdb = {
    name: connection.read_csv(str(it), all_varchar=True, header=True) for name, it in files.items()
}

# %% Is anything wrong with it? A frame of what is, in the library of the tables.
print("wrong:", len(check(in_polars)), len(check(in_pandas)), len(check(in_duckdb)))

# The rents in euros, by mistake: each row is refused, with what to do.
as_euros = in_pandas["rents"].assign(cents=in_pandas["rents"]["cents"].astype(int) / 100)
wrong = check({**in_pandas, "rents": as_euros})
print(wrong.loc[wrong["severity"] == "error", ["code", "file", "column", "remedy"]].iloc[0].to_dict())

# %% The same portfolio in each library: the same answers, in a frame of that library.
found = screen(in_polars, POLICY, TODAY, facts=True)
found_in_pandas = screen(in_pandas, POLICY, TODAY, facts=True)
found_in_duckdb = screen(in_duckdb, POLICY, TODAY, facts=True)

answers = ["tenancy", "advice", "priority", "arrears_cents", "months", "days_overdue", "hold", "unknown"]
in_each = [
    set(found.select(answers).rows()),
    set(found_in_pandas[answers].itertuples(index=False, name=None)),
    set(found_in_duckdb.select(*answers).fetchall()),
]
same = in_each[0] == in_each[1] == in_each[2]
print("the same in each:", same)

# %% Questions that the list does not answer, each as that library asks them.
owing = found.filter(pl.col("arrears_cents") > 0)
print(owing.group_by("advice").agg(pl.len(), pl.col("arrears_cents").sum() / 100).sort("advice"))
print(found_in_pandas.pivot_table(index="advice", columns="priority", values="tenancy", aggfunc="count"))
print(found_in_duckdb.filter("advice = 'contact' and not personal_effort").count("*").fetchall())

# %% What has changed in a month, and why.
moved = changes(screen(in_polars, POLICY, BEFORE, facts=True), found)
for it in moved:
    if it.before and it.after and it.after["advice"] == "refer":
        print(it.tenancy, it.before["advice"], "→", it.after["advice"])
        print(*(f"  {reason.text.en}" for reason in it.reasons), sep="\n")

# %% The same households one by one: decisions, each with its facts and its receipt, and a frame of them.
ledger = open_ledger(load_plugins(), "portfolio", folder=str(FOLDER))
decisions = list(decide_many(read_portfolio(ledger), POLICY, TODAY, engine="reference"))
decided = decisions_frame(decisions, facts=True)
as_screened = decided.select(answers).rows() == found.select(answers).rows()
print("one by one as all at once:", as_screened)

# %% A year back, month by month: how many of each advice.
days = [date(2026, month, 20) for month in range(1, 11)]
history = screen(in_polars, POLICY, days)
by_month = history.filter(pl.col("advice") != "none").pivot(
    on="advice", index="as_of", values="tenancy", aggregate_function="len", sort_columns=True
)
print(by_month.fill_null(0))

# %% What if the covenant asked no more than the decree? How many are treated otherwise.
what_if = compare(in_polars, POLICY, "bgs-2021", TODAY)
print(what_if.screened, {f"{a} → {b}": many for (a, b), many in what_if.advice.items() if a != b})

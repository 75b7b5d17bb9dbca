"""A driver of its own on a cluster of Spark: `spark_driver.py MASTER PARQUET CSV RESULT`.

It screens the folder PARQUET as an application does, and the folder CSV as the command line does, writes
the two results into the folder RESULT, and says as JSON what they took. The cluster needs no UI.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
from pyspark.sql import SparkSession

from huurschuld import HuurschuldError, screen
from huurschuld.portfolio.columnar.opening import Library
from huurschuld.portfolio.folder import folder_ledger
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.rules.policies import find_policy

POLICY, AS_OF = find_policy("katwijk-2021"), dt.date(2026, 10, 20)


def main(master: str, parquet: Path, csv: Path, result: Path) -> dict[str, Any]:
    """What the screenings took: jobs, stages, and the executors that there were."""
    session = (
        SparkSession.builder.master(master)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.executor.memory", "512m")
        .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
        .getOrCreate()
    )
    frames = {it.stem: session.read.parquet(it.as_uri()) for it in parquet.glob("*.parquet")}
    context = session.sparkContext
    group = "huurschuld"
    context.setJobGroup(group, group)
    try:
        found = screen(frames, POLICY, AS_OF, facts=True)
    except HuurschuldError as error:
        return {"refused": str(error)}
    tracker = context.statusTracker()
    jobs = [tracker.getJobInfo(it) for it in tracker.getJobIdsForGroup(group)]
    pl.DataFrame(found.toArrow()).write_parquet(result / "frames.parquet")
    listed = screen_ledger(
        folder_ledger(csv), POLICY, AS_OF, {}, assume={}, library=Library.SPARK, decided=5
    )
    (result / "list.json").write_text(json.dumps([it["tenancy"] for it in listed.rows]))
    return {
        "jobs": len(jobs),
        "stages": len({stage for it in jobs if it is not None for stage in it.stageIds}),
        "executors": context._jsc.sc().getExecutorMemoryStatus().size() - 1,
        "screened": listed.screened,
        "decided": len(listed.decisions),
        "undecided": len(listed.undecided),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], *map(Path, sys.argv[2:]))))

"""A PostgreSQL with cases: its clients are killed, or it is stopped. Run in a process of its own.

    python -m case_servers kills 500
    python -m case_servers stops 20

Clients are forked, which a process that has used polars does not survive; so tests start this one.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from itertools import count

from case_writing import Told, in_a_process, steps, wrong
from postgres import Cluster, running

from huurschuld.cases import create_case_store

_PER_STORE = 25
_RETRIES = 600


def killed(cluster: Cluster, many: int, seed: int = 2012) -> Counter[str]:
    """Kill clients after some time; count how they ended.

    Raises:
        AssertionError: something that was acknowledged is lost, or the next one does not go on.
    """
    seen: Counter[str] = Counter()
    url, seconds = "", 0.05
    for number in range(many):
        if number % _PER_STORE == 0:
            url = cluster.url(cluster.new_database())
            create_case_store(url).close()
        rng = random.Random(f"{seed} kills {number}")
        planned = steps(rng, cases=2)
        told = in_a_process(url, planned, kill_after=rng.random() * seconds * len(planned))
        assert not told.raw, told.raw
        assert not told.failed, (number, told)
        if told.code == 0:  # it was done before: kill the next ones earlier
            seconds *= 0.9
        elif not told.acknowledged:
            seconds *= 1.1
        problem = wrong(url, planned, set(told.acknowledged), told.unsure - {-1})
        assert problem is None, (number, problem, told)
        seen["killed" if told.code else "done before"] += 1
        seen["events"] += len(told.acknowledged)
    return seen


def stopped(cluster: Cluster, many: int, seed: int = 2012) -> Counter[str]:
    """Stop the server as if the power went, and start it, while a client goes on trying.

    Raises:
        AssertionError: something that was acknowledged is lost, or an error is none of ours.
    """
    seen: Counter[str] = Counter()
    for number in count():
        rng = random.Random(f"{seed} stops {number}")
        url = cluster.url(cluster.new_database())
        create_case_store(url).close()
        planned = steps(rng, cases=3)
        at = set(rng.sample(range(1, len(planned) - 3), 2))
        before: set[int] = set()

        def meanwhile(told: Told) -> None:
            if at and min(at) <= len(told.acknowledged):  # noqa: B023 - called in this turn
                at.remove(min(at))  # noqa: B023 - as above
                before.update(told.acknowledged)  # noqa: B023 - as above
                cluster.stop()
                cluster.start()
                seen["stops"] += 1

        told = in_a_process(url, planned, retries=_RETRIES, meanwhile=meanwhile)
        assert not told.raw, told.raw
        refused = set(told.failed.values())
        assert refused <= {"case-store-failed"}, refused
        assert told.acknowledged == list(range(len(planned))), told
        problem = wrong(url, planned, set(told.acknowledged), set())
        assert problem is None, (number, problem, told)
        seen["refused"] += len(told.failed)
        seen["events"] += len(told.acknowledged)
        if seen["stops"] >= many:
            break
    return seen


if __name__ == "__main__":
    with running() as started:
        what = {"kills": killed, "stops": stopped}[sys.argv[1]]
        seen = what(started, int(sys.argv[2]))
        sys.stdout.write(", ".join(f"{name}: {number}" for name, number in seen.items()) + "\n")

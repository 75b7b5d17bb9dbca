"""Watching: each change of advice is emitted once, in order, also after a kill at any moment.

::

    with open_monitor("monitor.sqlite") as monitor:
        step = watch(ledger, "katwijk-2021", monitor, date(2026, 10, 20))
        deliver(monitor, Path("changes.jsonl"))

| module | holds |
|---|---|
| `monitor`, `values`, `changing` | what the last step found, and what was emitted |
| `files` | the file that a monitor is in |
| `watching` | `watch`: a step over a ledger |
| `steps` | a step: what was found held against what was found before |
| `lines` | a file of JSON lines that follows the monitor |
| `errors` | what these raise |
"""

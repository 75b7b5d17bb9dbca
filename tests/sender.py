"""A sender of referrals for the tests, in a process of its own, to be killed.

    python sender.py OUTBOX CHANNEL-OPTIONS PACING

The options are JSON objects. It prints `ready` when the sending begins, and `done` when it has ended.
"""

from __future__ import annotations

import json
import logging
import sys

from referring import RECEIVER

from huurschuld.plugins.meldpunt import open_meldpunt
from huurschuld.referrals import Pacing, open_outbox, send


def main() -> None:
    """One run."""
    path, options, pacing = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
    logging.disable()
    channel = open_meldpunt(**options)
    with open_outbox(path) as outbox:
        print("ready", flush=True)  # noqa: T201 - how it tells
        send(outbox, channel, RECEIVER, pacing=Pacing(**pacing))
    print("done", flush=True)  # noqa: T201 - how it tells


if __name__ == "__main__":
    main()

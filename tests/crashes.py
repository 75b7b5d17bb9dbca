"""A life of an outbox that is killed before its Nth line, for every N; in processes of their own.

    python crashes.py FOLDER KEYS|NO-KEYS FIRST STEP

Child N lives in FOLDER/N: `o` is the outbox, `taken` what the receiver took, a key a line, and `told`
what the outbox has said to be done. Before the Nth line that runs in `huurschuld.referrals`, SIGKILL. It
prints how many lines a whole life has.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from referring import AS_OF, QUICK, RECEIVER, WHO, People, accepted, outcome, to_refer

import huurschuld.referrals
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.referrals import (
    Outbox,
    Verdict,
    confirm,
    create_outbox,
    decide_doubt,
    forget,
    propose,
    resume,
    send,
    withdraw,
)

CODE = str(Path(huurschuld.referrals.__file__).parent)
TENANCIES = [f"tenancy-{number}" for number in range(1, 6)]
UNKNOWN, LOST, DOWN = TENANCIES[1:4]


class Receiver:
    """What it takes is a line in a file; some answers do not arrive."""

    def __init__(self, log: Path, *, idempotent: bool) -> None:
        self.idempotent = idempotent
        self._log = log
        self._attempts: dict[str, int] = {}

    def send(self, referral: Referral, key: str) -> Delivery:
        """Take it, but for one that is lost on its way, and one for which the receiver is down."""
        number = int(referral.contact.name.partition("-")[2])
        tenancy = TENANCIES[number - 1]
        first = self._attempts.setdefault(key, 0) == 0
        self._attempts[key] += 1
        if first and tenancy == DOWN:
            return outcome(Outcome.NOT_DELIVERED)
        if first and tenancy == LOST:
            return outcome(Outcome.UNKNOWN)
        taken = self._log.read_text().split() if self._log.exists() else []
        if not (self.idempotent and key in taken):
            with self._log.open("a") as file:
                file.write(f"{key}\n")
        return outcome(Outcome.UNKNOWN) if first and tenancy == UNKNOWN else accepted()


def live(folder: Path, *, idempotent: bool) -> None:
    """All that an outbox goes through, said to be done as it is."""
    told = (folder / "told").open("a", buffering=1)

    def tell(what: str, *keys: str) -> None:
        told.write(" ".join((what, *keys)) + "\n")

    with create_outbox(folder / "o") as outbox:
        tell("created")
        made = propose(outbox, map(to_refer, TENANCIES), batch="october")
        tell("proposed", *made.keys)
        done = confirm(outbox, made.keys[:4], by=WHO, contacts=People(), receiver=RECEIVER)
        tell("confirmed", *done.keys)
        tell("withdrawn", *withdraw(outbox, made.keys[4:], by=WHO))
        gone = propose(outbox, [], batch="later", screened=TENANCIES[:1], as_of=AS_OF)
        tell("recalled", *gone.recalled)
        tell("resumed", *resume(outbox, gone.recalled, by=WHO, reason="all the same"))
        receiver = Receiver(folder / "taken", idempotent=idempotent)
        ran = send(outbox, receiver, RECEIVER, pacing=QUICK)
        tell("accepted", *ran.accepted)
        tell("accepted", *resolve(outbox, folder / "taken", list(ran.doubtful)))
        again = send(outbox, receiver, RECEIVER, pacing=QUICK)
        tell("accepted", *again.accepted)
        tell("forgotten", *forget(outbox, dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)))


def resolve(outbox: Outbox, log: Path, doubtful: list[str]) -> list[str]:
    """Decide as a person who looks at what the receiver took."""
    there = set(log.read_text().split()) if log.exists() else set()
    for key in doubtful:
        verdict = Verdict.ACCEPTED if key in there else Verdict.SEND_AGAIN
        decide_doubt(outbox, key, by=WHO, verdict=verdict)
    return [key for key in doubtful if key in there]


class Fuse:
    """Kills the process before the Nth line of the outbox."""

    def __init__(self, lines: int) -> None:
        self.left = lines

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(CODE):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def main() -> None:
    """Fork a child for each N, until one lives to the end."""
    root, idempotent = Path(sys.argv[1]), sys.argv[2] == "KEYS"
    number, step = int(sys.argv[3]), int(sys.argv[4])
    logging.disable()
    to_refer("warm")
    while True:
        folder = root / str(number)
        folder.mkdir()
        child = os.fork()
        if child == 0:
            sys.settrace(Fuse(number))
            live(folder, idempotent=idempotent)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:
            break
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"the life of child {number} failed by itself")
        number += step
    print(number)  # noqa: T201 - how it tells


if __name__ == "__main__":
    main()

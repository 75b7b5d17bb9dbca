"""Hostile plugins: whatever one does, it alone has failed, and what it says of a person is not told."""

from __future__ import annotations

import importlib
import os
import random
import sys
import tempfile
import textwrap
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Final

from plugins_on_disk import SOUND, TOLD, WHO, hooks, impatient, is_there
from torture.attack import CANARY, Attack, Finding, chance, scratch, unexpected

from huurschuld import read_portfolio
from huurschuld.errors import HuurschuldError
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.plugins.host import Host, Kind, load_apart, open_ledger

_NAME: Final = f'"{CANARY}"'
_DOES: Final[dict[str, str]] = {
    "raises": f"raise ValueError({_NAME})",
    "raises what has no text": "raise type('Bad', (Exception,), {'__str__': lambda _: 1 / 0})()",
    "raises a group": f"raise ExceptionGroup({_NAME}, [ValueError({_NAME})])",
    "raises a cause": f"raise KeyError({_NAME}) from OSError({_NAME})",
    "raises with a note": f"error = OSError({_NAME}); error.add_note({_NAME}); raise error",
    "stops": "raise SystemExit(3)",
    "interrupts": "raise KeyboardInterrupt",
    "exits": "os._exit(3)",
    "kills itself": "os.kill(os.getpid(), 9)",
    "aborts": "os.abort()",
    "recurses": "again = lambda: again(); again()",
    "prints": f"print({_NAME}); print({_NAME}, file=sys.stderr)",
    "writes to every pipe": f"[os.write(it, b{_NAME} * 99) for it in (1, 2)]",
    "closes every file": "os.closerange(0, 256)",
    "sleeps": "time.sleep(600)",
    "leaves a child that keeps the pipes": "os.fork() or time.sleep(600)",
    "takes json away": "json.dumps = json.loads = None",
    "takes the types away": "import huurschuld.errors; huurschuld.errors.Cell = None",
    "logs": f"logging.getLogger().error({_NAME})",
    "warns": f"warnings.warn({_NAME})",
    "turns signals off": "[signal.signal(it, signal.SIG_IGN) for it in (2, 15)]",
    "uses no more than it may": "pass",
}
_RETURNS: Final = (
    *(
        "None",
        "7",
        _NAME,
        f"[{_NAME}]",
        "{}",
        '{"rents": 7}',
        f"{{'x': {_NAME}}}",
        "object()",
        "b'x'",
    ),
    *("float('nan')", "(it for it in (1, 2))", f"iter([{_NAME}])", "{1: 2}", "[[]] * 3", "lambda: 1"),
    *("type('T', (), {'__iter__': lambda _: 1 / 0})()", "'x' * 10_000_000", "[None] * 100_000"),
    '{"tenancies": pl.DataFrame({"id": [None], "start": [dt.date(2020, 1, 1)]})}',
    f'{{"tenancies": pl.DataFrame({{"id": [{_NAME}], {_NAME}: [1]}})}}',
    f'{{"tenancies": pl.DataFrame({{"id": [{_NAME}], "start": [{_NAME}]}}), "rents": None}}',
)
_WHERE: Final = ("import", "hook", "open", "call", "call", "call", "member")
_SOURCE: Final = """
    import datetime as dt, json, logging, os, signal, sys, time, warnings
    import polars as pl

    {at_import}

    class Hostile:
        def __init__(self):
            {at_open}

        @property
        def idempotent(self):
            {at_member}
            return True

        def says(self, *_):
            {at_call}
            return {value}

        tables = parts = contact_details = send = give = helpers = export = place = status = says

    def opener():
        {at_hook}
        return {{"hostile": Hostile}}
"""
_CALLS: Final[dict[Kind, Callable[[Any], object]]] = {
    Kind.LEDGER: lambda it: list(read_portfolio(it)),
    Kind.ENRICHER: lambda it: it.parts(),
    Kind.CONTACT_SOURCE: lambda it: it.contact_details("A1"),
    Kind.CHANNEL: lambda it: it.send(Referral(contact=WHO, arrears_cents=1), "0" * 32),
    Kind.FEEDBACK_CHANNEL: lambda it: it.give(TOLD),
    Kind.HELPER_DIRECTORY: lambda it: list(it.helpers()),
    Kind.EXPORTER: lambda it: it.export([], None, None),
}
_HANGING: Final = (
    "sleeps",
    "leaves a child that keeps the pipes",
    "closes every file",
    "takes json away",
)


def load(number: int, seed: int) -> Finding | None:
    """Load a hostile plugin beside a sound one, and use all that it provides."""
    rng = chance("plugins", number, seed)
    does, where, value = rng.choice([*_DOES]), rng.choice(_WHERE), rng.choice(_RETURNS)
    told = f"{does} at {where}, returns {value[:60]}"
    with scratch() as folder, _printed() as printed:
        points = _installed(folder, does, where, value)
        try:
            problem = _used(points, rng, is_slow=does in _HANGING)
        finally:
            sys.path.remove(str(folder))
        if problem is None and CANARY.encode() in printed():
            problem = Finding("what a plugin prints is shown", printed().decode(errors="replace"))
    left = _children()
    if problem is None and left:
        problem = Finding("a process is left", str(left))
    return problem and Finding(problem.problem, f"{told}\n{problem.detail}")


def _installed(folder: Path, does: str, where: str, value: str) -> list[EntryPoint]:
    """The entry points of a sound and of a hostile plugin, in a folder on the path."""
    places = ("import", "open", "member", "call", "hook")
    code = {f"at_{it}": _DOES[does] if it == where else "pass" for it in places}
    source = textwrap.dedent(_SOURCE).format(value=value, **code)
    (folder / "torture_sound.py").write_text(textwrap.dedent(SOUND))
    (folder / "torture_hostile.py").write_text(source + textwrap.dedent(hooks("opener()", *Kind)))
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    return [EntryPoint(it, f"torture_{it}", "huurschuld") for it in ("sound", "hostile")]


def _used(points: list[EntryPoint], rng: random.Random, *, is_slow: bool) -> Finding | None:
    """Use both plugins; what is wrong, if anything is."""
    kinds = rng.sample([*Kind], k=3)
    with ExitStack() as stack:
        if is_slow:
            stack.enter_context(impatient("hostile"))
        host = stack.enter_context(load_apart(installed=points, load_seconds=60, call_seconds=60))
        for kind in kinds:
            found = _call(host, kind)
            if found is not None:
                return found
        for status in host.plugins:
            if CANARY in status.reason + repr(status):
                return Finding("the status of a plugin quotes it", status.reason)
        if len(read_portfolio(open_ledger(host, "sound"))) != 1:
            return Finding("a sound plugin beside it no longer works")
    return None


def _call(host: Host, kind: Kind) -> Finding | None:
    try:
        given = _CALLS[kind](host.open(kind, "hostile", {}))
    except HuurschuldError as error:
        shown = "".join(traceback.format_exception(error))
        if CANARY in shown:
            return Finding("an error quotes a plugin", shown)
        return unexpected(error)
    if kind in {Kind.CHANNEL, Kind.FEEDBACK_CHANNEL} and not isinstance(given, Delivery):
        return Finding("a channel gives something else than a delivery", repr(given))
    if isinstance(given, Delivery) and given.outcome is Outcome.ACCEPTED:
        return Finding("a plugin that said nothing counts as accepted", repr(given))
    return None


@contextmanager
def _printed() -> Iterator[Callable[[], bytes]]:
    """Keep what this process and those that it starts print, and give it."""
    with tempfile.TemporaryFile() as file:
        kept = [os.dup(1), os.dup(2)]
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)
        try:
            yield lambda: os.pread(file.fileno(), 10**6, 0)
        finally:
            for descriptor, it in zip((1, 2), kept, strict=True):
                os.dup2(it, descriptor)
                os.close(it)


def _children() -> list[int]:
    """The processes that this one has started, and that still run."""
    told = Path(f"/proc/self/task/{os.getpid()}/children")
    return [it for it in map(int, told.read_text().split()) if is_there(it)] if told.is_file() else []


ATTACKS: Final = (
    Attack(
        "plugins",
        "a hostile plugin alone fails; the others go on, nothing it says is told, no process stays",
        load,
        weight=4,
        short=12,
    ),
)

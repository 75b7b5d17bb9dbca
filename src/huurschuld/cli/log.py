"""The log of a store of cases, held to account: `log verify`, `log heads`, `log stamp`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from huurschuld import cases
from huurschuld.cases import InvalidStamp
from huurschuld.cli.case_store import CaseConfigOption, CaseStoreOption, opened
from huurschuld.cli.language import told
from huurschuld.cli.options import TextFormat
from huurschuld.cli.terminal import notify, say, write
from huurschuld.errors import InvalidValue
from huurschuld.model.files import check_outputs, write_files
from huurschuld.portfolio.extras import import_extra

if TYPE_CHECKING:  # a store needs an extra
    from huurschuld.cases import Head, LogFault

app = typer.Typer(
    name="log",
    add_completion=False,
    rich_markup_mode="markdown",
    help="Hold the log of the cases to account: was anything changed, lost, moved or cut off?",
)

_NEXT: Final = (
    "What was found is not repaired by itself. Keep the store as it is, find out since when (an older "
    "backup that verifies says so), and restore that one."
)
_TSR: Final = ".tsr"

StampRootsOption = Annotated[
    Path | None,
    typer.Option(
        "--roots",
        metavar="FILE.pem",
        help="The certificates of the time-stamping authority that you trust.",
    ),
]


@app.command()
def verify(
    kept: Annotated[
        Path | None,
        typer.Option("--heads", metavar="FILE", help="Heads that were kept elsewhere (`log heads`)."),
    ] = None,
    stamp: Annotated[
        Path | None,
        typer.Option("--stamp", metavar="FILE", help="The time stamp of these heads (`log stamp`)."),
    ] = None,
    roots: StampRootsOption = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
) -> None:
    """Verify the log, and hold it against heads that were kept; exit with 1 if something is wrong."""
    if stamp is not None and kept is None:
        raise InvalidValue("--heads", "a stamp is of heads", "give the heads that were stamped")
    old = () if kept is None else _read_heads(kept)
    stamped = None if stamp is None else _check_stamp(stamp, old, roots)
    with opened(store, configuration) as desk:
        faults = cases.verify(desk.store, old)
        now = cases.heads(desk.store)
        keys = cases.case_keys(desk.store)
    is_whole = not faults and (stamped is None or stamped["problem"] is None)
    if output is TextFormat.JSON:
        document = {
            "whole": is_whole,
            "cases": len(now),
            "entries": sum(it.entries for it in now),
            "faults": [_fault_document(it, keys) for it in faults],
            "heads": None if kept is None else {"cases": len(old), "digest": cases.digest(old)},
            "stamp": stamped,
        }
        write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        _show(now, faults, keys)
        _show_outside(old if kept is not None else None, stamped)
    if not is_whole:
        raise typer.Exit(1)


@app.command(name="heads")
def heads_(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A new file for the heads; they are shown without."),
    ] = None,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
) -> None:
    """Give the heads of the log, to be kept elsewhere, and their digest: others need only that."""
    with opened(store, configuration) as desk:
        if file is not None:
            _check_new("FILE", file, desk.files)
        found = cases.heads(desk.store)
        faults = cases.verify(desk.store, found)  # the log goes on from them, whoever writes meanwhile
        keys = cases.case_keys(desk.store)
    if faults:
        _show(found, faults, keys)
        notify("no heads are given of a log in which something is wrong")
        raise typer.Exit(1)
    text = "".join(f"{it}\n" for it in found)
    if file is None:
        write(text)
        notify(f"digest: {cases.digest(found)}")
        return
    write_files({file: text.encode()})
    say(
        f"The heads of {_cases(found)} are in {file.name}. Keep it where nobody who can write to the "
        "store can change it; give others the digest only: the file has how busy each case is.\n"
    )
    say(f"digest: {cases.digest(found)}\n")


@app.command()
def stamp(
    kept: Annotated[
        Path, typer.Argument(metavar="FILE", help="The heads, as `log heads FILE` gave them.")
    ],
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="The address of the time-stamping authority.")
    ],
    roots: Annotated[
        Path,
        typer.Option(
            "--roots", metavar="FILE.pem", help="The certificates of the authority, from its website."
        ),
    ],
    file: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help=f"A new file; by default FILE{_TSR}."),
    ] = None,
) -> None:
    """Have heads time-stamped (RFC 3161) by another party: only their digest is sent."""
    found = _read_heads(kept)
    target = file or kept.with_name(kept.name + _TSR)
    _check_new("--output", target, (kept, roots))
    asking = import_extra("huurschuld.plugins.time_stamping", "stamp", "log stamp", _NEEDS)
    stamping = _stamping()
    answer, said = asking.ask_for_stamp(
        stamping.stamped_text(found), url, stamping.read_roots(roots.read_bytes(), roots.name)
    )
    write_files({target: answer})
    say(f"stamped at {said.at:%Y-%m-%d %H:%M:%S} UTC by {said.authority}: {target.name}\n")
    say(f"digest: {cases.digest(found)}\n")


_NEEDS: Final = "time stamps need rfc3161-client"


def _stamping() -> Any:  # noqa: ANN401 - a module
    return import_extra("huurschuld.cases.stamping", "stamp", "--stamp", _NEEDS)


def _check_stamp(stamp: Path, kept: Sequence[Head], roots: Path | None) -> dict[str, Any]:
    """Say what a stamp says of heads, or what is wrong with it."""
    if roots is None:
        raise InvalidValue(
            "--roots", "a stamp counts by the certificates that you trust", "name the file of these"
        )
    stamping = _stamping()
    trusted = stamping.read_roots(roots.read_bytes(), roots.name)
    text = stamping.stamped_text(kept)
    try:
        said = stamping.check_stamp(stamp.read_bytes(), text, trusted, place=stamp.name)
    except InvalidStamp as error:
        return {
            "at": None,
            "authority": None,
            "serial": None,
            "problem": f"{error.problem}; {error.remedy}",
        }
    serial = str(said.serial)
    return {"at": said.at.isoformat(), "authority": said.authority, "serial": serial, "problem": None}


def _read_heads(file: Path) -> tuple[Head, ...]:
    try:
        return cases.read_heads(file.read_text(encoding="utf-8").splitlines())
    except UnicodeDecodeError:
        place, problem = file.name, "heads are text"
    except InvalidValue as error:
        place, problem = f"{file.name}, {error.place}", error.problem
    raise InvalidValue(place, problem, "give a file that `huurschuld log heads` made")


def _check_new(option: str, file: Path, inputs: Sequence[Path]) -> None:
    """Check that a file is not there yet: what is kept as evidence is not written over."""
    check_outputs({option: file}, inputs)
    if file.exists():
        raise InvalidValue(option, "there is such a file, and it is not written over", "name a new one")


def _show(now: Sequence[Head], faults: Sequence[LogFault], keys: Mapping[int, str]) -> None:
    size = f"{_cases(now)} with {sum(it.entries for it in now)} entries"
    if not faults:
        say(f"The log is whole: {size}, each as it was written, none lost, moved or cut off.\n")
        return
    say(f"The log is NOT whole: {size}, and {len(faults)} faults.\n")
    for it in faults:
        key = "" if it.case is None or it.case not in keys else f"  ({keys[it.case]})"
        write(f"  {told(str(it))}{key}\n")
    say(f"{_NEXT}\n")


def _show_outside(kept: Sequence[Head] | None, stamped: Mapping[str, Any] | None) -> None:
    """Say what was held against what others keep, or that nothing was."""
    if kept is None:
        say(
            "Who can write to the store could have written all of it anew. Against that, verify against "
            "heads that are kept elsewhere: huurschuld log heads FILE\n"
        )
        return
    say(f"Held against the heads of {_cases(kept)}, digest {cases.digest(kept)}.\n")
    if stamped is None:
        return
    if stamped["problem"] is not None:
        say(f"The stamp does NOT count: {stamped['problem']}.\n")
    else:
        say(f"These heads existed at {stamped['at']}, says {stamped['authority']}.\n")


def _cases(found: Sequence[Head]) -> str:
    return "1 case" if len(found) == 1 else f"{len(found)} cases"


def _fault_document(fault: LogFault, keys: Mapping[int, str]) -> dict[str, Any]:
    key = None if fault.case is None else keys.get(fault.case)
    return {"case": fault.case, "key": key, "entry": fault.entry, "problem": fault.problem}

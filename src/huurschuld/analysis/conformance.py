"""Conformance: data-only cases that pin `docs/semantics.md`, run against this implementation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

from attrs import asdict, frozen

from huurschuld.decisions.decision import decide, policy_on_day
from huurschuld.errors import InputError, InvalidValue, Undecided
from huurschuld.model.casefile import parse_case
from huurschuld.model.json_text import parse_leniently
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.columnar import outcomes_of
from huurschuld.rules.engines.choice import check_engine
from huurschuld.rules.own_facts import check_stated
from huurschuld.rules.policy import Policy, PolicyOnDay
from huurschuld.rules.policy_reading import policy_of_case

COLUMNAR: Final = "columnar"
"""The engine that runs all cases at once."""

_Text = tuple[str, bytes]
"""The name of a case, and its text."""


@frozen
class Result:
    """The result of one case: `expected` as the case says, `actual` as found."""

    case: str
    passed: bool
    expected: object
    actual: dict[str, object]

    def document(self) -> dict[str, object]:
        """Its JSON object."""
        return asdict(self, recurse=False)


def conform(
    path: str | Path, engine: str | None = None, among: Mapping[str, Policy] | None = None
) -> Iterator[Result]:
    """Run the cases of a file or of a folder and those below it, in the order of their names.

    Args:
        path: a `.json` file with one case, a `.jsonl` file with one a line, or a folder of them.
        engine: which engine: as for `decide`, or `columnar`.
        among: the available policies; the built-in ones by default.

    Raises:
        InvalidValue: the path holds no case.
        ExtraNeeded: what the engine needs is not installed.
        OSError: a file cannot be read.
    """
    path = Path(path)
    files = sorted(it for it in path.rglob("*") if it.is_file()) if path.is_dir() else [path]
    cases = chain.from_iterable(map(_cases, files))
    first = next(cases, None)
    if first is None:
        raise InvalidValue(
            str(path), "there are no cases", "name a .json or .jsonl file, or a folder of them"
        )
    cases = chain([first], cases)
    yield from _all_at_once(cases, among) if engine == COLUMNAR else _one_by_one(cases, engine, among)


def _cases(file: Path) -> Iterator[tuple[str, bytes]]:
    suffix = file.suffix.lower()
    if suffix == ".json":
        yield file.stem, file.read_bytes()
    elif suffix == ".jsonl":
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{file.stem}:{number}", line


def run_case(
    name: str, text: bytes, engine: str | None = None, among: Mapping[str, Policy] | None = None
) -> Result:
    """Run one case; `name` is its name if it does not give one itself."""
    (result,) = _one_by_one([(name, text)], engine, among)
    return result


def _one_by_one(
    cases: Iterable[_Text], engine: str | None, among: Mapping[str, Policy] | None
) -> Iterator[Result]:
    for name, text in cases:
        try:
            case = parse_case(text)
            policy = policy_of_case(case, among)
            by = check_engine(engine)
            actual = decide(case.tenancy, policy, case.as_of, case.parameters, by).summary()
        except (InputError, Undecided) as error:
            actual = _refused(error)
        yield _result(name, text, actual)


def _all_at_once(cases: Iterable[_Text], among: Mapping[str, Policy] | None) -> list[Result]:
    """All cases together, each by its own policy, on its own day and with its own values."""
    texts = list(cases)
    actual: dict[int, dict[str, object]] = {}
    given: dict[int, tuple[Tenancy, PolicyOnDay]] = {}
    for number, (_, text) in enumerate(texts):
        try:
            case = parse_case(text)
            on_day = policy_on_day(policy_of_case(case, among), case.as_of, case.parameters)
            check_stated(case.tenancy.facts or (), on_day.policy.facts)
        except InputError as error:
            actual[number] = _refused(error)
        else:
            given[number] = case.tenancy, on_day
    actual |= zip(given, outcomes_of([*given.values()]), strict=True)
    return [_result(name, text, actual[number]) for number, (name, text) in enumerate(texts)]


def _refused(error: InputError | Undecided) -> dict[str, object]:
    return {"error": error.code, "at": error.place}


def _result(name: str, text: bytes, actual: dict[str, object]) -> Result:
    document = parse_leniently(text)
    members = document if isinstance(document, dict) else {}
    own_name, expected = members.get("case"), members.get("expect")
    passed = (
        isinstance(expected, dict)
        and bool(expected)
        and all(it in actual and _same(actual[it], value) for it, value in expected.items())
    )
    return Result(own_name if isinstance(own_name, str) else name, passed, expected, actual)


def _same(actual: object, expected: object) -> bool:
    """Whether two JSON values are the same; unlike in Python, 1 is not true."""
    return type(actual) is type(expected) and actual == expected

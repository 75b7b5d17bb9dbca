"""Conformance: data-only cases that pin `docs/semantics.md`, run against this implementation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import frozen

from huurschuld.casefile import parse_case
from huurschuld.decision import decide
from huurschuld.errors import InputError, InvalidValue, Undecided
from huurschuld.json_text import parse_leniently
from huurschuld.rules import find_policy
from huurschuld.rules.policy import Policy


@frozen
class Result:
    """How one case turned out; `expected` is what the case says, `actual` what was found."""

    case: str
    passed: bool
    expected: object
    actual: dict[str, object]

    def document(self) -> dict[str, object]:
        """The JSON object of it."""
        return {
            "case": self.case,
            "passed": self.passed,
            "expected": self.expected,
            "actual": self.actual,
        }


def conform(
    path: str | Path, engine: str | None = None, among: Mapping[str, Policy] | None = None
) -> Iterator[Result]:
    """Run the cases of a file or of a folder and those below it, in the order of their names.

    Args:
        path: a `.json` file with one case, a `.jsonl` file with one a line, or a folder of them.
        engine: which engine.
        among: the policies that there are; the built-in ones by default.

    Raises:
        InvalidValue: there is no case there.
        OSError: a file cannot be read.
    """
    path = Path(path)
    files = sorted(it for it in path.rglob("*") if it.is_file()) if path.is_dir() else [path]
    found = False
    for file in files:
        for name, text in _cases(file):
            found = True
            yield run_case(name, text, engine, among)
    if not found:
        raise InvalidValue(
            str(path), "there are no cases", "name a .json or .jsonl file, or a folder of them"
        )


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
    """Run one case; `name` is what it is called if it does not say so itself."""
    document = parse_leniently(text)
    members = document if isinstance(document, dict) else {}
    told, expected = members.get("case"), members.get("expect")
    try:
        case = parse_case(text)
        policy = find_policy(case.policy, among)
        actual = decide(case.tenancy, policy, case.as_of, case.parameters, engine).summary()
    except (InputError, Undecided) as error:
        actual = {"error": error.code, "at": error.place}
    passed = (
        isinstance(expected, dict)
        and bool(expected)
        and all(name in actual and _same(actual[name], value) for name, value in expected.items())
    )
    return Result(told if isinstance(told, str) else name, passed, expected, actual)


def _same(actual: object, expected: object) -> bool:
    """Whether two JSON values are the same; unlike in Python, 1 is not true."""
    return type(actual) is type(expected) and actual == expected

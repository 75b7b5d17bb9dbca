"""Finds the English texts that a person may read, and brings the Dutch catalogue up to date.

    python tools/texts.py

New texts are added to `src/huurschuld/decisions/locale/nl.po` without Dutch, for you to fill in; those
that are gone are removed. `src/huurschuld/decisions/dutch.py` says how the Dutch is written. The exit
code is 1 if some Dutch is missing, or if it lacks a value that the English has.

A text is found in the source: whatever reads as one, in a literal or an f-string.
Left out are docstrings, what stands in both languages side by side, and what `NOT_SHOWN` names. The help
of the commands is taken from the commands themselves, and what libraries say from `SAID_BY_OTHERS`.
"""

from __future__ import annotations

import ast
import errno
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

from huurschuld.cli import app
from huurschuld.cli.commands import COMMANDS, load
from huurschuld.cli.language import paragraphs, take_language
from huurschuld.decisions.dutch import pieces_of

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "huurschuld"
CATALOGUE = SOURCE / "decisions" / "locale" / "nl.po"

NOT_SHOWN = {
    "analysis/evaluation/charts.py": "drawings, whose words stand in words.py",
    "analysis/evaluation/ddas_tables.py": "words of the data standard",
    "analysis/evaluation/words.py": "both languages side by side",
    "decisions/days.py": "the names of months",
    "decisions/dutch.py": "this mechanism",
    "former_names.py": "warnings, for programmers",
    "hooks.py": "for programmers",
    "plugins/ddas/words.py": "words of the data standard",
    "plugins/scaffold": "what it writes is for programmers",
    "storage/migrations": "statements of SQL",
    "storage/triggers.py": "statements of SQL",
    "portfolio/columnar/duckdb_rows.py": "statements of SQL",
    "testing": "what kits say, for programmers, as pytest shows it",
}
"""Files and folders without texts for a person who uses the command line, and why."""

SHOWN_OF_THOSE = ("testing/check.py", "testing/kit_run.py", "testing/sample/__init__.py")
"""What is below one of these, and is shown all the same."""

BOTH_LANGUAGES = frozenset(
    ("Phrase", "Words", "Source", "_fact", "_figure", "_article", "_decree", "_wgs", "_personal", "zip")
)
"""What takes a text in both languages side by side, or is the name of a source."""

FOR_MACHINES = frozenset(
    """
    AttributeError CheckConstraint ContextVar TypeError compile encode exec_driver_sql execute
    execution_options filterwarnings insert mapInArrow project query rows run selectExpr split strftime
    text where
    """.split()
)
"""What takes statements of SQL, patterns and other texts that nobody reads."""

SHOWS = frozenset(("say", "notify", "refuse", "told", "table"))
"""What shows its arguments to a person, even a single word."""

SAID_BY_OTHERS = [
    "Usage:",
    "[OPTIONS]",
    "COMMAND [ARGS]...",
    "<str>",
    "<int>",
    "<int range>",
    "<float>",
    "<float range>",
    "<path>",
    "<list[str]>",
    "<list[Path]>",
    "Arguments",
    "Options",
    "Commands",
    "Show this message and exit.",
    "[default: {}]",
    "[env var: {}]",
    "[required]",
    "Missing command.",
    "Missing option {0}.",
    "Missing option {0}. {1}",
    "Missing argument {0}.",
    "Missing argument {0}. {1}",
    "No such command {0}.",
    "No such command {0}. Did you mean {1}?",
    "No such option: {0}",
    "No such option: {0} (Possible options: {1})",
    "Invalid value for {0}: {1}",
    "Invalid value: {0}",
    "Option {0} requires an argument.",
    "Option {0} requires {1} arguments.",
    "Option {0} does not take a value.",
    "Argument {0} takes {1} values.",
    "Got unexpected extra argument(s) ({0})",
    "Value {0} is not a valid {1}.",
    "{0} is not one of {1}.",
    "{0} is not one of {1}",
    "Value error, {0}",
    "Choose from: {0}",
    "{0} (env var: {1})",
    "1 case",
    "{0} cases",
    ", and",
    "until {0}",
    "{0}, line {1}",
    "{0}, line {1}, column {2}",
    "line {0}, column {1}",
    "{0} is not in the range {1}.",
    "{0} is not a valid {1}.",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid number, unable to parse string as a number",
    "Input should be greater than or equal to {0}",
    "Input should be less than or equal to {0}",
    "Input should be greater than {0}",
    "Cannot declare {0} twice",
    "Cannot mutate immutable namespace {0}",
    "Cannot overwrite a value",
    "Cannot redefine namespace {0}",
    "Duplicate inline table key {0}",
    "Escaped character is not a Unicode scalar value",
    "Expected {0}",
    "Expected '=' after a key in a key/value pair",
    "Expected ']' at the end of a table declaration",
    "Expected ']]' at the end of an array declaration",
    "Expected newline or end of document after a statement",
    "Found invalid character {0}",
    "Illegal character {0}",
    "Invalid date or datetime",
    "Invalid hex value",
    "Invalid initial character for a key part",
    "Invalid statement",
    "Invalid value",
    "Unclosed array",
    "Unclosed inline table",
    "Unescaped '\\' in a string",
    "Unterminated string",
    *sorted(
        {
            os.strerror(it)
            for it in (
                errno.EACCES,
                errno.EEXIST,
                errno.EFBIG,
                errno.EIO,
                errno.EISDIR,
                errno.ELOOP,
                errno.EMFILE,
                errno.ENAMETOOLONG,
                errno.ENOENT,
                errno.ENOSPC,
                errno.ENOTDIR,
                errno.ENOTEMPTY,
                errno.EPERM,
                errno.EROFS,
                errno.EBUSY,
                errno.EINVAL,
            )
        }
    ),
]
"""What typer, the reader of TOML and the operating system say, as far as a person may see it."""

TOO_SHORT = [
    "write {0}",
    "status {0}",
    "{0} (tried {1} times)",
    "{0} (tried once)",
    'a number of months as text, such as "1.5", is expected',
]
"""Texts of one word and a value, which do not read as one; and what another template would take."""

WORDS = """
    none nobody forgotten everywhere key tenancy day amount state receiver batch when what by outcome
    reason helper where note plugin version status kind provides reading screening checking passed failed
    skipped run ok error loaded from channel ledger enricher exporter engine policy landlord ggd
    municipality resident proposed confirmed recalled sending accepted refused doubtful withdrawn settled
    received replaced resumed upheld waived begun ended found asked doubted decided figures staff
    personal special closed reopened earlier later days weeks months cents euros count yes no quantity
""".split()
"""Words that stand alone in a heading or a value; others of one word are names, codes or options."""

_EITHER = ("nl", "en")
"""The names of what has one of the two languages, beside the other."""

_READS = re.compile(r"[a-z]{2,}[^A-Za-z]* \W*[a-z{]|[a-z}]\W* \W*[a-z]{2,}", re.IGNORECASE | re.DOTALL)
_STATEMENT = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|WITH|PRAGMA|SET|BEGIN|COPY|FROM|GRANT|LOCK|VALUES"
    r"|REPEATABLE|CAST|TRY_CAST|COALESCE|CASE [lW{]|DATE '|date_from|LEFT JOIN|AS source|t\.first|text\{"
    r"|[a-z_]+ = [A-Z]|\(length|\(|bold |import json|str \||<|-q |from huurschuld\."
    r"|vera |log stamp|huurschuld person)"
)
_DUTCH = re.compile(r"(van kracht|tot en met|peildatum|Niet opgepakt:|Inwoner|Persoon|Geteld) ")

Found = dict[str, list[tuple[str, int, str]]]
"""By text: where it stands, and what its values are."""


def main() -> int:
    """Bring the catalogue up to date; say what is missing."""
    found = {**in_source(), **in_help()}
    with CATALOGUE.open("rb") as file:
        before = read_po(file, locale="nl")
    after = brought_up_to_date(before, found)
    with CATALOGUE.open("wb") as file:
        write_po(file, after, width=105, sort_output=True, no_location=True, ignore_obsolete=True)
    wrong = list(faults(after, found))
    print(*wrong, sep="\n")
    print(f"{len(after)} texts, {len(wrong)} to be looked at")
    return 1 if wrong else 0


def brought_up_to_date(before: Catalog, found: Mapping[str, Iterable[tuple[str, int, str]]]) -> Catalog:
    """The catalogue with these texts and no other, with the Dutch that there was."""
    after = Catalog(
        locale="nl",
        header_comment="# Dutch for the English texts of huurschuld: see decisions/dutch.py.",
        project="huurschuld",
        creation_date=before.creation_date,
        last_translator="the maintainers of huurschuld",
        language_team="the maintainers of huurschuld",
        fuzzy=False,
    )
    after.revision_date = before.creation_date
    for text, places in found.items():
        known = before.get(text)
        values = next((it for _, _, it in places if it), "")
        after.add(text, known.string if known else "", auto_comments=[values] if values else ())
    return after


def faults(catalogue: Catalog, found: Mapping[str, Iterable[tuple[str, int, str]]]) -> Iterator[str]:
    """Say of each text that is found what its Dutch lacks."""
    for text, places in found.items():
        entry = catalogue.get(text)
        where = "; ".join(f"{file}:{line} {values}".rstrip() for file, line, values in places)
        if entry is None or not entry.string:
            yield f"no Dutch for {text!r} ({where})"
            continue
        try:
            given = {it for _, it, _ in pieces_of(text) if it is not None}
            kept = {it for _, it, _ in pieces_of(str(entry.string)) if it is not None}
        except ValueError:
            yield f"not a template: {entry.string!r}"
            continue
        if given != kept:
            yield f"not the same values: {text!r} and {entry.string!r} ({where})"


def in_source(folder: Path = SOURCE) -> Found:
    """Find the texts in literals and f-strings."""
    found: Found = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        if name.startswith(tuple(NOT_SHOWN)) and name not in SHOWN_OF_THOSE:
            continue
        for node, is_shown in _read(ast.parse(path.read_text(encoding="utf-8"))):
            text, values = template(node)
            if reads(text) or (
                is_shown
                and name.startswith("cli/")
                and re.search("[a-z]{2}", re.sub(r"{\d+}", "", text))
            ):
                found[text].append((name, node.lineno, values))
    return found


def reads(text: str) -> bool:
    """Whether a template reads as a text: not a word, a statement of SQL, a style, or Dutch."""
    words = re.sub(r"{\d+}", "", text)
    return bool(_READS.search(words)) and not (_STATEMENT.match(text) or _DUTCH.match(text))


def _read(
    node: ast.AST, *, is_shown: bool = False
) -> Iterator[tuple[ast.Constant | ast.JoinedStr, bool]]:
    """The literals below a node that a person may read, and whether each is certainly shown."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Call() if _called(node) in BOTH_LANGUAGES | FOR_MACHINES:
            return
        case ast.keyword(arg="help" | "epilog" | "metavar"):
            return
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() if (
            _target(node).strip("_").lower() in _EITHER
        ):
            return
        case ast.IfExp(test=ast.Compare(left=ast.Name(id="lang") | ast.Attribute(attr="_lang"))):
            return
        case ast.Constant(value=str()):
            yield node, is_shown
            return
        case ast.JoinedStr():
            yield node, is_shown
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    yield from _read(value.value)
            return
    for child in ast.iter_child_nodes(node):
        is_argument = isinstance(node, ast.Call) and _called(node) in SHOWS and child in node.args
        yield from _read(child, is_shown=is_argument)


def _target(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else ""


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def template(node: ast.Constant | ast.JoinedStr) -> tuple[str, str]:
    """Write a literal as a template, and say what its values are."""
    if isinstance(node, ast.Constant):
        return escaped(str(node.value)).strip(), ""
    text, values = "", list[str]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += escaped(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            text += f"{{{len(values)}}}"
            values.append(f"{{{len(values)}}} {ast.unparse(part.value)}")
    return text.strip(), ", ".join(values)


def escaped(text: str) -> str:
    """A text as a template without values."""
    return text.replace("{", "{{").replace("}", "}}")


def in_help() -> Found:
    """Find the texts in the help of the commands, and those of others."""
    found: Found = defaultdict(list)
    for path, text in commands_help():
        if text:
            found[escaped(text)].append((path, 0, ""))
    for text in (*TOO_SHORT, *SAID_BY_OTHERS, *WORDS):
        found[text.replace("{}", "{{}}")].append(("others", 0, ""))
    return found


def commands_help() -> Iterator[tuple[str, str]]:
    """The texts in the help of each command: each paragraph, option and metavar."""
    root = get_command(app)
    commands = {"huurschuld": root}
    for name in COMMANDS:
        commands[name] = made = load(name)
        commands |= {f"{name} {below}": it for below, it in getattr(made, "commands", {}).items()}
    for name, command in commands.items():
        take_language(command)
        below = getattr(command, "commands", {}).values()
        panels = (getattr(it, "rich_help_panel", None) for it in below)
        for text in (command.help, command.short_help, command.epilog, *panels):
            yield from ((name, it) for it in paragraphs(text or ""))
        for it in command.params:
            shown = getattr(it, "help", None) or ""
            yield from ((f"{name} {it.name}", one) for one in paragraphs(shown))
            if it.metavar and re.search("[A-Za-z]{2}", it.metavar):
                yield f"{name} {it.name}", it.metavar


if __name__ == "__main__":
    sys.exit(main())

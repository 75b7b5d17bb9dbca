"""TOML files of a user, configurations and policies: whatever is in one, its error has file and line."""

from __future__ import annotations

import itertools
import random
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings, strategies as st

from huurschuld import InputError, InvalidValue, load_policy
from huurschuld.model import toml_text
from huurschuld.model.toml_text import read_toml
from huurschuld.plugins.configuration import read_configuration
from huurschuld.plugins.host import Kind

READERS: dict[str, Callable[[Path], object]] = {
    "configuration": lambda path: read_configuration(path, {}),
    "policy": load_policy,
}
MINE = "extends = 'bgs-2021'\nname = 'mine'\ntitle = { en = 'Mine', nl = 'Mijn' }\n"
DEEP = "more than 50 tables and lists are in each other"
LONG = "a number or a name has more than 100 characters"
HOSTILE = {
    "digits": ("9" * 5_000, LONG),
    "hexadecimal digits": ("0x" + "f" * 5_000, LONG),
    "digits after a point": ("0." + "9" * 5_000, LONG),
    "digits of an exponent": ("1e" + "9" * 5_000, LONG),
    "digits with underscores": ("1_0" * 2_000, LONG),
    "brackets": ("[" * 2_000, DEEP),
    "closed brackets": ("[" * 2_000 + "]" * 2_000, DEEP),
    "inline tables": ("{a=" * 900 + "1" + "}" * 900, DEEP),
    "inline tables of dotted keys": ("{a.a.a.a=" * 20 + "1" + "}" * 20, DEEP),
    "lists and tables": ("[{a=" * 900, DEEP),
    "dotted key": ("1\n" + ".".join("a" * 900) + "=1", DEEP),
    "long dotted key": ("1\n" + ".".join("a" * 100_000) + "=1", DEEP),
    "dotted key with spaces and quotes": ("1\n" + " . ".join(["a", '"b"', "'c.d'"] * 300) + "=1", DEEP),
    "dotted heading": ("1\n[" + ".".join("a" * 900) + "]", DEEP),
    "name": ("1\n" + "a" * 5_000 + "=1", LONG),
    "nothing closes": ("'''" + "[" * 5_000, "not well-formed TOML: "),
    "NUL": ("'\0'", "not well-formed TOML: "),
}


@pytest.fixture(params=READERS)
def read(request: pytest.FixtureRequest) -> Callable[[Path], object]:
    """What reads a TOML file of a user."""
    return READERS[request.param]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_what_the_parser_breaks_on_is_refused_at_its_line(
    tmp_path: Path, read: Callable[[Path], object], name: str, line_break: str
) -> None:
    """One short error with the file and the line, and nothing of the value."""
    value, told = HOSTILE[name]
    path = tmp_path / "mine.toml"
    text = f"# a comment\n[ledgers.x]\na = {value}\n"
    path.write_bytes(text.replace("\n", line_break).encode())
    with pytest.raises(InvalidValue) as caught:
        read(path)
    assert str(caught.value).startswith("invalid-value at mine.toml: this is not well-formed TOML: ")
    assert told in str(caught.value)
    assert ("(at line 3" if "\n" not in value else "(at line 4") in str(caught.value).replace(
        "(at end of document", "(at line 3"
    )
    assert len(str(caught.value)) < 300
    assert caught.value.__context__ is None


def test_what_is_not_text_is_told_at_its_line(tmp_path: Path, read: Callable[[Path], object]) -> None:
    """UTF-8 is expected; a file that goes on for ever is not read on."""
    path = tmp_path / "mine.toml"
    path.write_bytes(b"# caf\xc3\xa9\n# caf\xe9\n")
    with pytest.raises(InvalidValue, match=r"mine.toml: .* it is not UTF-8 \(at line 2, column 6\)"):
        read(path)
    path.write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(InvalidValue, match=r"mine.toml: this file is larger than 1 MiB"):
        read(path)
    if Path("/dev/zero").exists():
        with pytest.raises(InvalidValue, match="zero: this file is larger than 1 MiB"):
            read(Path("/dev/zero"))


def test_a_reason_of_the_parser_that_quotes_a_long_name_is_cut(tmp_path: Path) -> None:
    """Its position is kept."""
    path = tmp_path / "mine.toml"
    name = "a" * 5_000
    path.write_text(f'x = {{"{name}" = 1, "{name}" = 2}}', encoding="utf-8")
    with pytest.raises(InvalidValue) as caught:
        read_toml(path)
    assert "not well-formed TOML: (at line 1" in str(caught.value)


def test_a_byte_order_mark_is_allowed(tmp_path: Path) -> None:
    """Some editors write one, and nobody sees it."""
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf[ledgers.huur]\r\nuse = 'vera'\r\n")
    assert read_configuration(path, {}).of(Kind.LEDGER, "huur").use == "vera"
    path.write_bytes(b"\xef\xbb\xbf" + MINE.encode())
    assert load_policy(path).name == "mine"


@pytest.mark.parametrize(
    "value", ["1e400", "-1e400", "inf", "nan", "-9999999999999999999", "0x" + "f" * 90]
)
@pytest.mark.parametrize(
    ("read_it", "text"),
    [
        (READERS["configuration"], "[plugins]\ndeadline_seconds = VALUE"),
        (READERS["configuration"], "[plugins]\nallow = [VALUE]"),
        (READERS["configuration"], "[ledgers.x]\nuse = VALUE"),
        (READERS["policy"], "extends = 'bgs-2021'\nname = 'x'\ntitle = VALUE"),
        (READERS["policy"], "format = VALUE"),
        (READERS["policy"], f"{MINE}[parameters.minimum_cents]\nvalue = VALUE\nadopted.by = 'College'"),
        (READERS["policy"], f"{MINE}[[parameters.minimum_cents.values]]\nvalue = VALUE"),
        (READERS["policy"], f"{MINE}[parameters]\nreferral_months = VALUE"),
    ],
)
def test_a_number_out_of_all_proportion_is_refused_at_its_key(
    tmp_path: Path, read_it: Callable[[Path], object], text: str, value: str
) -> None:
    """Infinite, not a number, or of more digits than anything here has."""
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("VALUE", value), encoding="utf-8")
    with pytest.raises(InputError, match=r"at mine\.toml(/|: [a-z])"):
        read_it(path)


PIECES = (
    *("[", "]", "{", "}", "=", ".", ",", "\n", "#", '"', "'", '"""', "'''", "\\", "a", "9", "1e9", " "),
    *("\\u12", "\0", "\ufeff", "inf", "1979-05-27", "07:32:00", "true", "=1", "[[", "]]", "é"),
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=40))
@example('"""\\')
@example("'''" * 3)
def test_any_text_is_read_or_refused(text: str) -> None:
    """What is read is what the parser says; nothing that it takes is refused, unless it is very deep."""
    from_parser: object = None
    with suppress(tomllib.TOMLDecodeError):
        from_parser = tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    assert toml_text._excess(text) == ""
    with TemporaryDirectory() as folder:
        path = Path(folder, "mine.toml")
        path.write_bytes(text.encode("utf-8"))
        if from_parser is None:
            with pytest.raises(InvalidValue, match="not well-formed TOML"):
                read_toml(path)
        else:
            assert repr(read_toml(path)) == repr(from_parser)


def test_no_character_is_looked_at_twice() -> None:
    """The pieces that the check sees are the text, once; what is around them is not looked at again."""
    shuffled = random.Random(1)
    for _ in range(200):
        text = "".join(shuffled.choices(PIECES, k=200))
        pieces = [(it.start(), it.end()) for it in toml_text._TOKEN.finditer(text)]
        assert all(start < end for start, end in pieces)
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(pieces))

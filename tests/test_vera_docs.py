"""docs/vera.md, held against the code: its configuration opens, and nothing in it is out of date."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import attrs

from huurschuld.plugins.configuration import read_configuration
from huurschuld.plugins.host import Kind
from huurschuld.plugins.vera import open_contacts, open_vera
from huurschuld.plugins.vera.codes import bookings, codes, own_codes
from huurschuld.plugins.vera.settings import Settings, settings

PAGE: Final = Path(__file__).parents[1].joinpath("docs/vera.md").read_text("utf-8")
ROW: Final = re.compile(r"^\| `(\w+ [-*\w]+)` \| ([\w-]+) \|", re.MULTILINE)


def test_the_configuration_that_is_shown_opens_both(tmp_path: Path) -> None:
    """With the secrets from the environment."""
    file = tmp_path / "huurschuld.toml"
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file.write_text(shown, encoding="utf-8")
    secrets = {"VERA_SECRET": "one", "VERA_CONTACT_SECRET": "two"}
    configured = read_configuration(file, secrets)
    ledger = configured.of(Kind.LEDGER, "vera").options
    contacts = configured.of(Kind.CONTACT_SOURCE, "vera").options
    assert settings(ledger).client_secret == "one"  # noqa: S105 - of nobody
    assert settings(contacts).client_secret == "two"  # noqa: S105 - as above
    assert repr(open_vera(**ledger)) == "<VeraLedger>"
    assert repr(open_contacts(**contacts)) == "<VeraContacts>"


def test_every_option_is_in_the_table_with_its_default() -> None:
    """None is missing, and none is told that is not there."""
    table = PAGE[PAGE.index("| option |") : PAGE.index("An address is `https`")]
    cells = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    told = {name for _, options, *_ in cells for name in re.findall(r"`(\w+)`", options)}
    assert told == set(attrs.fields_dict(Settings))
    whole = settings({})
    for name in ("page_size", "deadline_seconds", "client_auth", "rents", "provisional"):
        (line,) = [it for it in table.splitlines() if it.startswith(f"| `{name}`")]
        assert line.split("|")[2].strip(" `") == str(getattr(whole, name))


def test_the_table_of_bookings_is_that_of_the_package() -> None:
    """Each kind and detail becomes what the page says, and the kinds that are left out are there too."""
    left_out = {f"{kind} *" for kind, it in codes("BOOKING_KINDS").items() if it == "left-out"}
    assert dict(ROW.findall(PAGE)) == {**bookings(), **dict.fromkeys(left_out, "left-out")}


def test_the_table_of_codes_of_ones_own_is_that_of_the_package() -> None:
    """Each list that the option takes, with the words that its codes may become."""
    table = PAGE[PAGE.index("| list | words |") : PAGE.index("### Bookings")]
    rows = re.findall(r"^\| `([A-Z]+)` \| (.*) \|$", table, re.MULTILINE)
    assert {name: tuple(re.findall(r"`([\w -]+)`", words)) for name, words in rows} == own_codes()

"""The configuration: what is meant is said in one file, and no secret is ever in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from huurschuld import InputError
from huurschuld.configuration import Configuration, Configured, read_configuration
from huurschuld.host import Kind

WHOLE = """
[plugins]
allow = ["erp"]
deadline_seconds = 30

[ledgers.dunavie]
use = "vera"
url = "https://vera.example.nl"
client_secret = { env = "VERA_SECRET" }
paging = { size = 100 }
records = ["contacts", "plans"]

[enrichers.gezinnen]
use = "portfolio"
folder = { path = "gezinnen" }
gives = ["children"]

[channels.meldpunt]

[outbox]
file = { path = "outbox.sqlite" }
"""


def configured(folder: Path, text: str, **environment: str) -> Configuration:
    """What a file with this text configures."""
    path = folder / "huurschuld.toml"
    path.write_text(text, encoding="utf-8")
    return read_configuration(path, environment)


def test_a_whole_configuration_is_read(tmp_path: Path) -> None:
    """Names of one's own, secrets from the environment, paths as seen from the file."""
    read = configured(tmp_path, WHOLE, VERA_SECRET="s3cr3t")  # noqa: S106 - of nobody
    assert (read.allow, read.call_seconds) == (("erp",), 30.0)
    assert read.of(Kind.LEDGER, "dunavie") == Configured(
        "vera",
        {
            "url": "https://vera.example.nl",
            "client_secret": "s3cr3t",
            "paging": {"size": 100},
            "records": ["contacts", "plans"],
        },
    )
    assert read.of(Kind.ENRICHER, "gezinnen") == Configured(
        "portfolio", {"folder": str(tmp_path / "gezinnen")}, ("children",)
    )
    assert read.of(Kind.CHANNEL, "meldpunt") == Configured("meldpunt", {})
    assert read.of(Kind.CHANNEL, "other") == Configured("other", {})
    assert read.outbox == tmp_path / "outbox.sqlite"
    assert read.names(Kind.LEDGER) == ["dunavie"]
    assert "s3cr3t" not in repr(read)


def test_an_empty_file_configures_nothing(tmp_path: Path) -> None:
    """Everything has a default; no outbox is made where none is named."""
    assert configured(tmp_path, "") == Configuration()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[ledgers", "invalid-value at huurschuld.toml: this is no TOML file"),
        ("[ledger.x]", "unknown-field at huurschuld.toml: ledger: there is no such setting"),
        ("[plugins]\nallowed = []", "unknown-field at huurschuld.toml: plugins.allowed"),
        ("[plugins]\nallow = 'erp'", "huurschuld.toml: plugins.allow: a list of names is expected"),
        ("[plugins]\nallow = ['']", "plugins.allow: a list of names is expected"),
        ("[plugins]\ndeadline_seconds = 0", "plugins.deadline_seconds: seconds are expected"),
        ("[plugins]\ndeadline_seconds = true", "plugins.deadline_seconds: seconds are expected"),
        ("[plugins]\nload_deadline_seconds = 1e9", "load_deadline_seconds: seconds are expected"),
        ("plugins = 3", "huurschuld.toml: plugins: a table is expected"),
        ("ledgers.x = 3", "huurschuld.toml: ledgers.x: a table is expected"),
        ("[ledgers.x]\nuse = 3", "huurschuld.toml: ledgers.x.use: a name is expected"),
        ("[enrichers.x]\ngives = 'children'", "enrichers.x.gives: a list of names is expected"),
        ("[outbox]\nfile = 3", "huurschuld.toml: outbox.file: the name of a file is expected"),
        ("[outbox]\nname = 'x'", "unknown-field at huurschuld.toml: outbox.name"),
        ("[ledgers.x]\nclient_secret = 's3cr3t'", "ledgers.x.client_secret: a secret does not stand"),
        ("[ledgers.x]\nPASSWORD = 's3cr3t'", "ledgers.x.PASSWORD: a secret does not stand in the file"),
        ("[ledgers.x.deep]\napi_key = 's3cr3t'", "ledgers.x.deep.api_key: a secret does not stand"),
        ("[ledgers.x]\nurl = 'postgresql://me:s3cr3t@here/db'", "ledgers.x.url: a secret does not"),
        ("[ledgers.x]\nurls = ['https://me:s3cr3t@here']", "ledgers.x.urls: a secret does not stand"),
        ("[channels.x]\ntoken = { env = 'GONE' }", "missing-field at huurschuld.toml: channels.x.token"),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(tmp_path: Path, text: str, told: str) -> None:
    """One clear error: the file, the key, what to do. A secret in the file is not even quoted."""
    with pytest.raises(InputError) as caught:
        configured(tmp_path, text)
    assert told in str(caught.value)
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__context__ is None

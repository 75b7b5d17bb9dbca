"""The configuration: what is meant is said in one file, and no secret is ever in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from huurschuld import InputError, InvalidValue, MissingField
from huurschuld.cli import main
from huurschuld.plugins.configuration import Configuration, Configured, read_configuration
from huurschuld.plugins.host import Kind

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


ERRS = """
from huurschuld import InvalidValue, hookimpl

class Ledger:
    def tables(self):
        return {}["Jansen"]

def open_it(folder, more=""):
    if folder == "nowhere":
        raise InvalidValue("folder", "there is no such folder")
    return Ledger()

@hookimpl
def huurschuld_ledgers():
    return {"erp": open_it}
"""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ('folders = "a"', "unknown-field at [ledgers.a], ledger erp: folders: there is no such option"),
        ("", "missing-field at [ledgers.a], ledger erp: folder: this option is required"),
        (
            "folder = 5\nmore = 1",
            "plugin-failed at erp_here: KeyError at erp_here.py:6; it is configured in [ledgers.a]",
        ),
        ('folder = "nowhere"', "invalid-value at [ledgers.a], folder: there is no such folder"),
        (
            'use = "epr"\nfolder = "a"',
            "at epr: no plugin provides this ledger; it is configured in [ledgers.a]; there are: ",
        ),
    ],
)
def test_an_error_names_the_section_of_what_was_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: str, said: str
) -> None:
    """So that who has ten of them knows which to repair; while it is opened and when it is called."""
    plugin, file = tmp_path / "erp_here.py", tmp_path / "huurschuld.toml"
    plugin.write_text(ERRS, encoding="utf-8")
    use = "" if "use" in options else 'use = "erp"\n'
    file.write_text(f"[ledgers.a]\n{use}{options}\n", encoding="utf-8")
    asked = ["screen", "--policy", "bgs-2021", "--as-of", "2026-10-20", "--config", str(file)]
    assert main([*asked, "--plugin", str(plugin)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Jansen" not in told


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


@pytest.mark.parametrize(
    ("store", "expected"),
    [
        ("'cases.sqlite'", "{}/cases.sqlite"),
        ("{ path = 'cases.sqlite' }", "{}/cases.sqlite"),
        ("'sqlite:///cases.sqlite'", "{}/cases.sqlite"),
        ("'sqlite:////var/cases.sqlite'", "/var/cases.sqlite"),
        ("'postgresql+psycopg://here/cases'", "postgresql+psycopg://here/cases"),
        ("{ env = 'CASES_URL' }", "postgresql://me:s3cr3t@here/cases"),
    ],
)
def test_a_store_of_cases_is_a_file_or_a_url(tmp_path: Path, store: str, expected: str) -> None:
    """A file is seen from the configuration; a URL with a password comes from the environment."""
    url = "postgresql://me:s3cr3t@here/cases"
    read = configured(tmp_path, f"[cases]\nstore = {store}", CASES_URL=url)
    assert str(read.case_store) == expected.format(tmp_path)
    assert "s3cr3t" not in repr(read)


def test_an_outbox_may_be_in_a_database(tmp_path: Path) -> None:
    """Its URL, which may hold a password, comes from the environment."""
    text = '[outbox]\nurl = { env = "OUTBOX_URL" }'
    read = configured(tmp_path, text, OUTBOX_URL="postgresql+psycopg://jan:s3cr3t@/huur")
    assert read.outbox == "postgresql+psycopg://jan:s3cr3t@/huur"
    assert "s3cr3t" not in repr(read)


@pytest.mark.parametrize("store", ["'cases.sqlite'", "{ path = 'cases.sqlite' }"])
def test_a_store_is_beside_the_configuration_from_wherever_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    """Also if the configuration is in another folder, and named from here."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "ggd.toml").write_text(f"[cases]\nstore = {store}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    read = read_configuration(Path("outside", "ggd.toml"), {})
    assert read.case_store == Path("outside", "cases.sqlite")


def test_an_empty_file_configures_nothing(tmp_path: Path) -> None:
    """Everything has a default; no outbox is made where none is named."""
    assert configured(tmp_path, "") == Configuration()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[ledgers", "invalid-value at huurschuld.toml: this is not well-formed TOML: "),
        ("[ledger.x]", "unknown-field at huurschuld.toml: ledger: there is no such field here"),
        ("[ledger.x]", "did you mean ledgers?"),
        ("[llamas.x]", "choose from: plugins, portfolio, outbox, cases, ledgers"),
        ("[portfolio]\ncarry = 'ward'", "portfolio.carry: a list of names is expected"),
        (
            "[portfolio]\ncarry = ['advice']",
            "portfolio.carry: a result has a column `advice` of its own",
        ),
        ("[portfolio]\ncarry = ['^.*$']", "portfolio.carry: this is not a plain name of a column"),
        ("[plugins]\nallowed = []", "unknown-field at huurschuld.toml: plugins.allowed"),
        ("[plugins]\nallow = ['']", "plugins.allow: a list of names is expected"),
        ("[plugins]\ndeadline_seconds = 0", "plugins.deadline_seconds: seconds are expected"),
        ("[plugins]\ndeadline_seconds = true", "plugins.deadline_seconds: seconds are expected"),
        ("[plugins]\nload_deadline_seconds = 1e9", "load_deadline_seconds: seconds are expected"),
        ("plugins = 3", "huurschuld.toml: plugins: an object (a table in TOML) is expected"),
        ("ledgers.x = 3", "huurschuld.toml: ledgers.x: an object (a table in TOML) is expected"),
        ("[ledgers.x]\nuse = 3", "huurschuld.toml: ledgers.x.use: a name is expected"),
        ("[enrichers.x]\ngives = 'children'", "enrichers.x.gives: a list of names is expected"),
        ("[outbox]\nfile = 3", "huurschuld.toml: outbox.file: the name of a file is expected"),
        ("[cases]\nstore = 3", "huurschuld.toml: cases.store: a file, or the URL of a database, is"),
        ("[cases]\nurl = 'x'", "unknown-field at huurschuld.toml: cases.url"),
        ("[cases]\nstore = 'postgresql://me:s3cr3t@here/x'", "cases.store: a secret must not be in"),
        ("[cases]\ndeadlines = 3", "cases.deadlines: an object (a table in TOML) is expected"),
        ("[cases]\nretention = 3", "cases.retention: an object (a table in TOML) is expected"),
        ("[outbox]\nurl = 'x'", "huurschuld.toml: outbox.url: the URL of a database is expected"),
        ("[outbox]\nurl = 'a://b'\nfile = 'x'", "outbox.url: a file is given as well"),
        ("[outbox]\nurl = 'a://b:c@d'", "outbox.url: a secret must not be in the file"),
        ("[outbox]\nname = 'x'", "unknown-field at huurschuld.toml: outbox.name"),
        ("[ledgers.x]\nclient_secret = 's3cr3t'", "ledgers.x.client_secret: a secret must not be"),
        ("[ledgers.x.deep]\napi_key = 's3cr3t'", "ledgers.x.deep.api_key: a secret must not be"),
        ("[ledgers.x]\nurls = ['https://me:s3cr3t@here']", "ledgers.x.urls: a secret must not be"),
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


@pytest.mark.parametrize(
    "line",
    [
        "PASSWORD = 12345",
        "token = 1.5",
        "token = ['s3cr3t']",
        "tokens = ['s3cr3t']",
        "secret = { value = 's3cr3t' }",
        "secret = { path = 's3cr3t' }",
        "token = { env = 'SET', default = 's3cr3t' }",
        "apikey = 's3cr3t'",
        "api-key = 's3cr3t'",
        "apiKeys = 's3cr3t'",
        "passwd = 's3cr3t'",
        "db_pwd = 's3cr3t'",
        "wachtwoord = 's3cr3t'",
        "wachtwoorden = ['s3cr3t']",
        "secret_key = 's3cr3t'",
        "clientSecrets = 's3cr3t'",
        "headers = { Authorization = 'Basic s3cr3t' }",
        "headers = { 'X-Api-Key' = 's3cr3t' }",
        "headers = { 'X-Other' = 'Bearer s3cr3t' }",
        "bearer = 's3cr3t'",
        "dsn = 'host=here user=me password=s3cr3t'",
        "dsn = 'host = here PWD = s3cr3t'",
        "url = 'https://here/?a=b&api_key=s3cr3t'",
        "dsn = 'options=password=s3cr3t'",
        "dsn = 'a://b/c see postgresql://me:s3cr3t@here/db'",
        pytest.param(f"dsn = '{'://a:' * 20_000} password=s3cr3t'", id="behind many addresses"),
        pytest.param(f"dsn = '{'a' * 40_000}=b {'password' * 9}=s3cr3t'", id="behind a long name"),
        "url = 'https://here/?access-token=s3cr3t'",
        "url = 'postgresql://me:s3c/r3t@here/db'",
        "url = 'postgresql://me:s3c@r3t@here/db'",
        "key = '-----BEGIN RSA PRIVATE KEY-----s3cr3t'",
    ],
)
def test_whatever_a_secret_is_written_as_it_is_refused(tmp_path: Path, line: str) -> None:
    """Whatever its type, and however its name is joined: only a name in the environment stands there."""
    with pytest.raises(InvalidValue) as caught:
        configured(tmp_path, f"[ledgers.x]\n{line}", SET="s3cr3t")
    assert "a secret must not be in the file; write " in str(caught.value)
    assert "s3c" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("token_url = 'https://here/token'", "https://here/token"),
        ("key_file = { path = 'a.pem' }", None),
        ("password_field = 'wachtwoord'", "wachtwoord"),
        ("secretary = 'N.N.'", "N.N."),
        ("key = 'id'", "id"),
        ("tokens_each_day = 5", 5),
        ("url = 'https://here:8443/a?b=c'", "https://here:8443/a?b=c"),
        ("contact = 'me@here'", "me@here"),
        ("dsn = 'host=here user=me'", "host=here user=me"),
        pytest.param(f"note = '{'://a:' * 20_000}'", "://a:" * 20_000, id="many addresses"),
        pytest.param(f"note = '{'a' * 400_000}'", "a" * 400_000, id="a long text"),
        ("tokens = [{ env = 'SET' }, { env = 'SET' }]", ["s3cr3t", "s3cr3t"]),
        ("headers = { Authorization = { env = 'SET' } }", {"Authorization": "s3cr3t"}),
    ],
)
def test_what_is_no_secret_stands_in_the_file(tmp_path: Path, line: str, value: object) -> None:
    """A name that only begins like one, an address with a port, and what comes from the environment."""
    read = configured(tmp_path, f"[ledgers.token]\n{line}", SET="s3cr3t")
    (given,) = read.of(Kind.LEDGER, "token").options.values()
    assert given == (str(tmp_path / "a.pem") if value is None else value)


@pytest.mark.parametrize("name", ["s3cr3t", "My-s3cr3t!", ""])
def test_a_secret_in_place_of_a_name_is_not_quoted(tmp_path: Path, name: str) -> None:
    """Only what looks like the name of a variable is told."""
    with pytest.raises(MissingField, match="what env names is not set in the environment") as caught:
        configured(tmp_path, f"[ledgers.x]\npassword = {{ env = '{name}' }}")
    assert "s3cr3t" not in str(caught.value)
    with pytest.raises(MissingField, match="VERA_2 is not set in the environment"):
        configured(tmp_path, "[ledgers.x]\npassword = { env = 'VERA_2' }")

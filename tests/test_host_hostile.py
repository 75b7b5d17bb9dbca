"""Whatever a plugin's process answers: nothing of it runs here, it has failed, and the others go on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st
from plugins_on_disk import SOUND, TOLD, WHO, Shelf, hooks, until

from huurschuld import CsvFile, InvalidValue, ParquetFile, PluginFailed, read_portfolio
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.plugins.host import Host, Kind, State, open_contact_source, open_ledger
from huurschuld.plugins.host.codec import encode
from huurschuld.plugins.host.connection import WorkerConnection
from huurschuld.plugins.host.messages import Failed, Invoke, Loaded, Opened, Provides, Returned

HOSTILE = """
    import pickle
    from huurschuld.plugins.host import worker

    class Hostile:
        idempotent = True

        def __init__(self, answer):
            self.answer = bytes.fromhex(answer)

        def says(self, *_):
            honest = worker.write

            def write(stream, number, _):
                worker.write = honest
                honest(stream, number, self.answer)

            worker.write = write
            pickle.dumps = lambda _: self.answer

        tables = parts = contact_details = send = give = helpers = export = says
""" + hooks('{"hostile": Hostile}', *Kind)
AT_IMPORT = """
    from huurschuld.plugins.host import worker

    honest = worker.write
    worker.write = lambda stream, number, _: honest(stream, number, bytes.fromhex({answer!r}))
"""
CALLS: dict[Kind, Callable[[Any], object]] = {
    Kind.LEDGER: lambda it: it.tables(),
    Kind.ENRICHER: lambda it: it.parts(),
    Kind.CONTACT_SOURCE: lambda it: it.contact_details("A1"),
    Kind.CHANNEL: lambda it: it.send(Referral(contact=WHO, arrears_cents=1), "0" * 32),
    Kind.FEEDBACK_CHANNEL: lambda it: it.give(TOLD),
    Kind.HELPER_DIRECTORY: lambda it: it.helpers(),
    Kind.EXPORTER: lambda it: it.export([], None, None),
}
PICKLE = b"\x80\x04cpathlib\nos.system\n(Vtouch ran\ntR."
"""What ran a command here as long as messages were pickles."""
LOADS = {
    "unreadable": b"{",
    "kind": encode(Loaded((), (), {})).replace(b'{"tuple":[]}', b'{"tuple":[7]}', 1),
    "policy": encode(Loaded((Provides(Kind.LEDGER, "other"),), ('{"policy":',), {})),
    "depth": encode(Loaded((), ("[" * 100_000,), {})),
    "name": encode(Loaded((Provides(Kind.LEDGER, "a\x1b[2J"),), (), {})),
    "long": encode(Loaded((Provides(Kind.LEDGER, "a" * 100_000),), (), {})),
    "empty": encode(Loaded((Provides(Kind.LEDGER, ""),), (), {})),
    "kits": encode(Loaded((), (), {"ledger x": "a:B\0"})),
    "type": encode(Returned(None)),
}
RAW = """
    import os

    class Raw:
        def contact_details(self, tenancy):
            for descriptor in range(3, 50):
                try:
                    os.write(descriptor, bytes.fromhex({bytes!r}))
                except OSError:
                    pass
""" + hooks('{{"raw": Raw}}', Kind.CONTACT_SOURCE)
ANSWERS = """
import json, sys
_, answer = json.loads(sys.stdin.buffer.readline())
sys.stdin.buffer.read(16)
sys.stdout.buffer.write(bytes.fromhex(answer))
"""
"""A worker that answers the first question with the bytes that it gets for its folder."""


def framed(data: bytes, number: int = 1) -> bytes:
    """An answer as it is on the way."""
    return number.to_bytes(8, "big") + len(data).to_bytes(8, "big") + data


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.chdir(tmp_path)
    found = Shelf(tmp_path, monkeypatch)
    found.add("sound", SOUND)
    return found


def assert_only_it_failed(host: Host, folder: Path) -> None:
    """Nothing ran, and the other plugin goes on."""
    assert not (folder / "ran").exists()
    assert len(read_portfolio(open_ledger(host, "sound"))) == 1


@settings(max_examples=20)
@given(st.binary() | st.binary().map(framed))
@example(framed(b""))
@example(framed(b"[" * 1_000_000))
@example(framed(b"9" * 100_000))
@example(framed(b"NaN"))
@example(framed(b'{"os.system": "touch ran"}'))
@example(framed(b'{"Returned": [{"ContactDetails": ["", "", 0, null, "", "", null, null, null]}]}'))
@example(framed(encode(Opened(0, ()))))
@example(framed(encode(7)))
@example(framed(encode(Returned(7)), number=99))
@example((1).to_bytes(8, "big") + b"\xff" * 8)
@example((1).to_bytes(8, "big") + (10 * 10**9).to_bytes(8, "big") + b"[" * 1_000)
@example(framed(b'{"tuple":' * 100_000))
@example(framed(b'{"Returned":[' + b"[" * 900 + b"]" * 900 + b"]}")[:-9])
@example(framed(b'{"Returned":[{"float":1}]}'))
@example(framed(b"[" + b"[]," * 600_000 + b"[]]"))
@example(b"a plugin that prints" * 10)
def test_whatever_is_on_the_line_is_a_failure(data: bytes) -> None:
    """Nobody waits for what cannot come any more, and the process is ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huurschuld.plugins.host.connection._PROGRAM", ANSWERS)
        connection = WorkerConnection("hostile", data.hex())
        connection.start()
    for _ in range(2):
        with pytest.raises(PluginFailed, match="plugin-failed at hostile: it"):
            connection.ask(Invoke(0, "contact_details", ()), Returned, 60.0)


def test_no_more_is_kept_than_was_asked() -> None:
    """A process that goes on answering is not read on: its answers would fill the memory."""
    answer = encode(Returned(None))
    once = b"".join(framed(answer, number) for number in range(1, 1_001))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huurschuld.plugins.host.connection._PROGRAM", ANSWERS)
        connection = WorkerConnection("hostile", once.hex())
        connection.start()
    try:
        assert connection.ask(Invoke(0, "send", ()), Returned, 60.0) == Returned(None)
        until(lambda: connection._answers.qsize() == 2)  # the next one, and that it is over
        assert connection.ask(Invoke(0, "send", ()), Returned, 60.0) == Returned(None)
        with pytest.raises(PluginFailed, match="its process has ended"):
            connection.ask(Invoke(0, "send", ()), Returned, 60.0)
    finally:
        connection.end("it was closed")


@pytest.mark.parametrize("bytes_", [b"\n", b"\xff" * 100, framed(PICKLE), framed(encode(7), 2)])
def test_what_a_plugin_writes_into_the_pipe_itself_is_its_failure(
    shelf: Shelf, tmp_path: Path, bytes_: bytes
) -> None:
    """It finds the open descriptors and writes into all of them, past everything of ours."""
    shelf.add("raw", RAW.format(bytes=bytes_.hex()))
    with shelf.load() as host:
        source = open_contact_source(host, "raw")
        for _ in range(2):  # what it writes may be read as the answer to the next question
            with pytest.raises(PluginFailed, match="plugin-failed at raw: it"):
                source.contact_details("A1")
        assert_only_it_failed(host, tmp_path)


@pytest.mark.parametrize("path", ["/dev/zero", "pipe", "nowhere.csv", ".", "a\0b", "a" * 5_000])
@pytest.mark.parametrize("form", ["CsvFile", "ParquetFile"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_file_that_is_none_is_not_read(shelf: Shelf, tmp_path: Path, path: str, form: str) -> None:
    """A device never ends, and a pipe that nobody writes to never begins."""
    os.mkfifo(tmp_path / "pipe")
    given = Path(path) if "/" in path else tmp_path / path
    answer = encode(Returned({"rents": (CsvFile if form == "CsvFile" else ParquetFile)(given)}))
    shelf.add("hostile", HOSTILE)
    with shelf.load() as host:
        ledger = open_ledger(host, "hostile", answer=answer.hex())
        with pytest.raises(InvalidValue, match="there is no such file"):
            ledger.tables()
        assert_only_it_failed(host, tmp_path)


@pytest.mark.parametrize("answer", [PICKLE, b'{"os.system": "touch ran"}'])
def test_an_answer_cannot_run_a_command(shelf: Shelf, tmp_path: Path, answer: bytes) -> None:
    """The file that the command would leave is not there; the process of the plugin is ended."""
    shelf.add("hostile", HOSTILE)
    with shelf.load() as host:
        source = open_contact_source(host, "hostile", answer=answer.hex())
        with pytest.raises(PluginFailed, match="its answer cannot be read"):
            source.contact_details("A1")
        assert_only_it_failed(host, tmp_path)


def test_an_answer_of_another_type_is_a_failure(shelf: Shelf, tmp_path: Path) -> None:
    """What one kind of thing may give is no answer of another; of a channel nothing is then known."""
    shelf.add("hostile", HOSTILE)
    right = {
        Kind.CONTACT_SOURCE: WHO,
        Kind.CHANNEL: Delivery(outcome=Outcome.ACCEPTED),
        Kind.FEEDBACK_CHANNEL: Delivery(outcome=Outcome.ACCEPTED),
        Kind.EXPORTER: b"report",
    }
    with shelf.load() as host:
        for kind, call in CALLS.items():
            for value in (*right.values(), {"rents": 7}, [{"name": "BIP"}], "text", 7, None):
                if value == right.get(kind):
                    continue
                opened = host.open(kind, "hostile", {"answer": encode(Returned(value)).hex()})
                if kind in {Kind.CHANNEL, Kind.FEEDBACK_CHANNEL}:
                    assert call(opened) == Delivery(outcome=Outcome.UNKNOWN, reason="plugin-failed")
                    continue
                with pytest.raises(
                    (PluginFailed, InvalidValue), match=r"at hostile: it returned|at rents: "
                ):
                    call(opened)
        assert_only_it_failed(host, tmp_path)


def test_an_error_with_a_code_of_its_own_is_a_failure(shelf: Shelf) -> None:
    """An answer chooses among the errors of huurschuld; it cannot bring one of its own."""
    shelf.add("hostile", HOSTILE)
    answer = encode(Failed("os.system", "here", "touch ran", "")).hex()
    with shelf.load() as host:
        source = open_contact_source(host, "hostile", answer=answer)
        with pytest.raises(PluginFailed, match="plugin-failed at hostile: touch ran"):
            source.contact_details("A1")


def test_the_texts_of_an_error_are_of_one_line_and_end(shelf: Shelf) -> None:
    """They are shown on a terminal and written to logs: nothing in them may look like another line."""
    shelf.add("hostile", HOSTILE)
    answer = encode(Failed("invalid-value", "here", "a\nb\x1b[2J" + "c" * 100_000, "d\re")).hex()
    with shelf.load() as host:
        source = open_contact_source(host, "hostile", answer=answer)
        with pytest.raises(InvalidValue) as caught:
            source.contact_details("A1")
    assert str(caught.value).startswith("invalid-value at here: a b [2Jccc")
    assert str(caught.value).endswith("ccc; d e")
    assert len(str(caught.value)) < 5_000


def test_a_plugin_that_loads_in_a_way_of_its_own_is_left_out(shelf: Shelf, tmp_path: Path) -> None:
    """Its status says that it failed; nothing that it said it provides is there."""
    for name, answer in LOADS.items():
        shelf.add(name, AT_IMPORT.format(answer=answer.hex()))
    with shelf.load() as host:
        failed = {it.name for it in host.plugins if it.state is State.FAILED}
        assert failed == set(LOADS)
        assert host.names(Kind.LEDGER) == ["sound"]
        assert_only_it_failed(host, tmp_path)

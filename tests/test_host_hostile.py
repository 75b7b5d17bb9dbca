"""Whatever a plugin's process answers: nothing of it runs here, it has failed, and the others go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plugins_on_disk import SOUND, Shelf

from huurschuld import InvalidValue, PluginFailed, read_portfolio
from huurschuld.model.referral import ContactDetails, Delivery, Outcome, Referral
from huurschuld.plugins.host import Host, Kind, State, open_ledger
from huurschuld.plugins.host.codec import encode
from huurschuld.plugins.host.messages import Failed, Loaded, Opened, Provides, Returned

HOSTILE = """
    import pickle
    from huurschuld.hooks import hookimpl
    from huurschuld.plugins.host import worker

    class Hostile:
        idempotent = True

        def __init__(self, answer, raw=False):
            self.answer, self.raw = bytes.fromhex(answer), raw

        def says(self, *_):
            honest = worker.write

            def write(stream, number, _):
                worker.write = honest
                if self.raw:
                    stream.write(self.answer)
                    stream.flush()
                else:
                    honest(stream, number, self.answer)

            worker.write = write
            pickle.dumps = lambda _: self.answer

        tables = parts = contact_details = send = helpers = export = says

    def gives():
        return {"hostile": Hostile}
"""
HOSTILE += "".join(
    f"""
    @hookimpl
    def {kind.hook}():
        return gives()
"""
    for kind in Kind
)
AT_IMPORT = """
    from huurschuld.plugins.host import worker

    honest = worker.write
    worker.write = lambda stream, number, _: honest(stream, number, bytes.fromhex({answer!r}))
"""
WHO = ContactDetails(
    name="N. Kanarie", street="Kooiplein", house_number=7, postcode="2222AB", place="Katwijk"
)
CALLS: dict[Kind, Callable[[Any], object]] = {
    Kind.LEDGER: lambda it: it.tables(),
    Kind.ENRICHER: lambda it: it.parts(),
    Kind.CONTACT_SOURCE: lambda it: it.contact_details("A1"),
    Kind.CHANNEL: lambda it: it.send(Referral(contact=WHO, arrears_cents=1), "0" * 32),
    Kind.HELPER_DIRECTORY: lambda it: it.helpers(),
    Kind.EXPORTER: lambda it: it.export([], None, None),
}
PICKLE = b"\x80\x04cpathlib\nos.system\n(Vtouch ran\ntR."
"""What ran a command here as long as messages were pickles."""
UNREADABLE = {
    "pickle": PICKLE,
    "empty": b"",
    "no text": b"\xff\xfe",
    "deep": b"[" * 1_000_000,
    "huge": b"9" * 100_000,
    "not a number": b"NaN",
    "unknown type": b'{"os.system": "touch ran"}',
    "not valid": b'{"Returned": [{"ContactDetails": ["", "", 0, null, "", "", null, null, null]}]}',
    "another type": encode(Opened(0, ())),
    "not a message": encode(7),
}
RAW = {
    "too long": (1).to_bytes(8, "big") + b"\xff" * 8,
    "not asked": (99).to_bytes(8, "big") + (1).to_bytes(8, "big") + b"1",
    "no message": b"a plugin that prints" * 10,
}
LOADS = {
    "unreadable": b"{",
    "unknown kind": encode(Loaded((), (), {})).replace(b'{"tuple":[]}', b'{"tuple":[7]}', 1),
    "broken policy": encode(Loaded((Provides(Kind.LEDGER, "other"),), ('{"policy":',), {})),
    "no policy": encode(Loaded((), ("[" * 100_000,), {})),
    "another type": encode(Returned(None)),
}


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


@pytest.mark.parametrize("how", UNREADABLE | RAW)
def test_an_answer_that_cannot_be_read_is_a_failure(shelf: Shelf, tmp_path: Path, how: str) -> None:
    """Its process is ended; the file that a command in the answer would leave is not there."""
    shelf.add("hostile", HOSTILE)
    options = {"answer": (UNREADABLE | RAW)[how].hex(), "raw": how in RAW}
    with shelf.load() as host:
        source = host.open(Kind.CONTACT_SOURCE, "hostile", options)
        for _ in range(2):
            with pytest.raises(PluginFailed, match="plugin-failed at hostile: it"):
                source.contact_details("A1")
        assert_only_it_failed(host, tmp_path)


def test_an_answer_of_another_type_is_a_failure(shelf: Shelf, tmp_path: Path) -> None:
    """What one kind of thing may give is no answer of another; of a channel nothing is then known."""
    shelf.add("hostile", HOSTILE)
    right = {
        Kind.CONTACT_SOURCE: WHO,
        Kind.CHANNEL: Delivery(outcome=Outcome.ACCEPTED),
        Kind.EXPORTER: b"report",
    }
    with shelf.load() as host:
        for kind, call in CALLS.items():
            for value in (*right.values(), {"rents": 7}, [{"name": "BIP"}], "text", 7, None):
                if value == right.get(kind):
                    continue
                opened = host.open(kind, "hostile", {"answer": encode(Returned(value)).hex()})
                if kind is Kind.CHANNEL:
                    assert call(opened) == Delivery(outcome=Outcome.UNKNOWN, reason="plugin-failed")
                    continue
                with pytest.raises(
                    (PluginFailed, InvalidValue), match=r"at hostile: it gave|at rents: "
                ):
                    call(opened)
        assert_only_it_failed(host, tmp_path)


def test_an_error_with_a_code_of_its_own_is_a_failure(shelf: Shelf) -> None:
    """An answer chooses among the errors of huurschuld; it cannot bring one of its own."""
    shelf.add("hostile", HOSTILE)
    answer = encode(Failed("os.system", "here", "touch ran", "")).hex()
    with shelf.load() as host:
        source = host.open(Kind.CONTACT_SOURCE, "hostile", {"answer": answer})
        with pytest.raises(PluginFailed, match="plugin-failed at hostile: touch ran"):
            source.contact_details("A1")


@pytest.mark.parametrize("how", LOADS)
def test_a_plugin_that_loads_in_a_way_of_its_own_is_left_out(
    shelf: Shelf, tmp_path: Path, how: str
) -> None:
    """Its status says that it failed; nothing that it said it provides is there."""
    shelf.add("hostile", AT_IMPORT.format(answer=LOADS[how].hex()))
    with shelf.load() as host:
        assert {it.name: it.state for it in host.plugins} == {
            "hostile": State.FAILED,
            "sound": State.LOADED,
        }
        assert host.names(Kind.LEDGER) == ["sound"]
        assert_only_it_failed(host, tmp_path)

"""Names of version 0.1 still work, each with a warning that gives the new one."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

import pytest
from plugins_on_disk import hooks
from referring import A1, QUICK, RECEIVER, confirmed, person, states

from huurschuld.hooks import QueriesStatus
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.plugins.host import Host, Kind, open_channel
from huurschuld.plugins.meldpunt import open_meldpunt
from huurschuld.referrals import EventType, Outbox, SkipReason, send
from huurschuld.testing import LedgerCapabilities

GOES = "will be removed in version 0.3"
KEY = "7" * 32


class Former:
    """A channel as version 0.1 asked for, to a receiver that accepts whatever it is asked about."""

    honours_key: Any = False

    def send(self, referral: Referral, key: str) -> Delivery:
        return Delivery(outcome=Outcome.UNKNOWN, reason=f"{referral.arrears_cents} {len(key)}")

    def ask(self, key: str) -> Delivery:
        return Delivery(outcome=Outcome.ACCEPTED, receipt=key)


class Renamed(Former):
    """One of which the author has changed half of the names."""

    idempotent = False


@pytest.mark.parametrize("channel", [Former(), Renamed()])
def test_a_channel_with_former_names_sends_and_asks(outbox: Outbox, channel: Any) -> None:
    """A channel written for version 0.1 works as before, with one warning for a run."""
    confirmed(outbox, A1)
    with pytest.warns(DeprecationWarning, match=f"idempotent, and ask is status.*{GOES}") as warned:
        send(outbox, channel, RECEIVER, pacing=QUICK)
    assert len(warned) == 1
    assert states(outbox) == ["accepted"]


def test_a_former_channel_that_honours_keys_is_sent_again(outbox: Outbox) -> None:
    """What `honours_key` says still decides whether a referral may be sent twice."""
    confirmed(outbox, A1)
    former: Any = type("Mine", (), {"honours_key": True, "send": Former.send})()
    with pytest.warns(DeprecationWarning, match=GOES):
        send(outbox, former, RECEIVER, pacing=QUICK)
    assert states(outbox) == ["sending"]


PLUGIN = """
    from huurschuld.model.referral import Delivery, Outcome

    class Former:
        honours_key = True

        def send(self, referral, key):
            return Delivery(outcome=Outcome.ACCEPTED, receipt=key)

        def ask(self, key):
            return Delivery(outcome=Outcome.UNKNOWN, reason="who knows")
""" + hooks('{"former": Former}', Kind.CHANNEL)


def test_a_plugin_with_former_names_is_opened(loaded: Callable[..., Host]) -> None:
    """A plugin written for version 0.1 works, in a process of its own or in this one."""
    host = loaded("former", PLUGIN)
    with pytest.warns(DeprecationWarning, match=GOES) as warned:
        channel = open_channel(host, "former")
    assert len(warned) == 1
    assert channel.idempotent is True
    assert channel.send(Referral(contact=person(A1), arrears_cents=1), KEY).receipt == KEY
    assert isinstance(channel, QueriesStatus)
    assert channel.status(KEY).reason == "who knows"
    ours: Any = channel
    with pytest.warns(DeprecationWarning, match=rf"Channel.honours_key.*{GOES}"):
        assert ours.honours_key is True


def test_whoever_asks_a_channel_of_ours_by_former_names_is_answered() -> None:
    """Code that sends by itself finds `Asking`, `ask` and `honours_key` where they were."""
    with pytest.warns(DeprecationWarning, match=rf"hooks.Asking is now QueriesStatus.*{GOES}"):
        former = importlib.import_module("huurschuld.hooks").Asking
    here = "http://127.0.0.1:1"
    askable: Any = open_meldpunt(url=here, ask_url=here, honours_key=True)
    assert isinstance(askable, former)
    assert not isinstance(open_meldpunt(url=here), former)
    with pytest.warns(DeprecationWarning, match=rf"Channel.honours_key.*{GOES}"):
        assert askable.honours_key is True
    with pytest.warns(DeprecationWarning, match=rf"Asking.ask.*{GOES}"):
        assert askable.ask(KEY).outcome is Outcome.UNKNOWN
    with pytest.raises(AttributeError, match="no attribute 'asking'"):
        _ = importlib.import_module("huurschuld.hooks").asking


def test_the_outbox_is_found_under_its_former_names() -> None:
    """The names that were renamed are in `huurschuld.outbox` and in the new place."""
    sys.modules.pop("huurschuld.outbox", None)  # it warns when it is imported
    with pytest.warns(DeprecationWarning, match=rf"outbox is now huurschuld.referrals.*{GOES}"):
        former = importlib.import_module("huurschuld.outbox")
    present: Any = importlib.import_module("huurschuld.referrals")
    for old, new in (("Happening", EventType), ("Why", SkipReason)):
        with pytest.warns(DeprecationWarning, match=rf"referrals.{old} is now {new.__name__}.*{GOES}"):
            assert getattr(present, old) is getattr(former, old) is new


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("huurschuld.hooks", "Placing", "LocatesRows"),
        ("huurschuld", "Further", "EnricherTables"),
        ("huurschuld", "further_of", "read_enricher"),
    ],
)
def test_an_old_name_warns_and_says_what_to_use(module: str, old: str, new: str) -> None:
    """A plugin that was written for an earlier release can still be imported."""
    there = importlib.import_module(module)
    with pytest.warns(DeprecationWarning, match=rf"{old} is now .*{new}; .*{GOES}"):
        assert getattr(there, old) is getattr(there, new)


@pytest.mark.parametrize("name", ["Opener", "Refused", "Scanning"])
def test_nothing_is_of_a_protocol_that_has_gone(name: str) -> None:
    """A plugin that asks whether something is one goes its other way."""
    there = importlib.import_module("huurschuld.hooks")
    with pytest.warns(DeprecationWarning, match=rf"{name} is now .* ParquetFile.* version 0\.3"):
        assert not isinstance(object(), getattr(there, name))


def test_a_kit_that_says_scans_warns() -> None:
    """A kit of an earlier release can still be run."""
    with pytest.warns(DeprecationWarning, match=r"scans will be removed .* version 0\.3"):
        assert LedgerCapabilities(scans=True).places is False

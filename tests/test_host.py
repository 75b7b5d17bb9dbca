"""Plugins: what is broken is left out whole and says why; the others go on."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import sys
import traceback
import types
from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any

import attrs
import polars as pl
import pytest
from plugins_on_disk import statuses

from huurschuld import (
    DuplicatePlugin,
    Host,
    HuurschuldError,
    InputError,
    InvalidValue,
    MissingField,
    Phrase,
    PluginFailed,
    UnknownField,
    UnknownPlugin,
    hookimpl,
    load_plugins,
    open_channel,
    open_ledger,
    policies,
)
from huurschuld.errors import Cell
from huurschuld.plugins.host import ALL, Kind, State
from huurschuld.rules.clauses import Clause
from huurschuld.rules.policy import Policy, PolicyOnDay

BGS = policies()["bgs-2021"]


class Registry:
    """Entry points of plugins that are made on the spot."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.points: list[EntryPoint] = []

    def add(self, name: str, **members: Any) -> None:
        """A plugin: a module with these members, each function a hook implementation."""
        module = types.ModuleType(f"plugin_{name}_{len(self.points)}")
        for member, value in members.items():
            setattr(module, member, hookimpl(value) if isinstance(value, types.FunctionType) else value)
        self._monkeypatch.setitem(sys.modules, module.__name__, module)
        self.points.append(EntryPoint(name, module.__name__, "huurschuld"))

    def load(self, *allow: str) -> Host:
        """What the host makes of them."""
        return load_plugins(allow=allow or [ALL], installed=self.points)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    return Registry(monkeypatch)


def raising(error: BaseException) -> Callable[[], Any]:
    def hook() -> Any:
        raise error

    return hook


class Unmarked:
    """A hook of which the mark was forgotten."""

    def __call__(self) -> dict[str, Any]:
        return {"erp": Ledger}


@attrs.frozen
class Reminding(Policy):
    """A policy whose class says something else than its text."""

    def on(self, day: dt.date, parameters: Any = None) -> PolicyOnDay:
        return BGS.with_("dear", parameters={"minimum_cents": 90_000_000}).on(day, parameters)


@attrs.frozen
class Sub(Clause):
    """A clause of a class of one's own."""


def made_a(cls: Any, it: Any) -> Any:
    """The same value, of a class that derives from its own."""
    return cls(**{field.name: getattr(it, field.name) for field in attrs.fields(type(it))})


def altered(**changed: Any) -> Policy:
    """A policy in which something was put after it was made."""
    policy = BGS.with_("altered")
    for name, value in changed.items():
        object.__setattr__(policy, name, value)
    return policy


class Ledger:
    """A ledger with one tenancy, called as its address is."""

    def __init__(self, address: str = "") -> None:
        self.address = address

    def tables(self) -> dict[str, Any]:
        return {"tenancies": pl.DataFrame({"id": [self.address]})}


def test_a_plugin_provides_ledgers_and_policies(registry: Registry) -> None:
    """What it gives is there under its name, beside what is built in."""
    leiden = BGS.with_("leiden-2024")
    registry.add(
        "leiden",
        huurschuld_ledgers=lambda: {"erp": Ledger},
        huurschuld_policies=lambda: [leiden],
        api_version=1,
    )
    host = registry.load()
    assert host.plugins[0].provides == ("ledger erp", "policy leiden-2024")
    assert host.policies["leiden-2024"] is leiden
    assert set(host.policies) == {*policies(), "leiden-2024"}
    ledger = open_ledger(host, "erp", address="here")
    assert pl.DataFrame(ledger.tables()["tenancies"])["id"].to_list() == ["here"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        (
            {"huurschuld_ledgers": raising(RuntimeError("mevrouw Jansen"))},
            "RuntimeError at test_host.py",
        ),
        ({"huurschuld_ledgers": raising(SystemExit(3))}, "SystemExit"),
        ({"huurschuld_ledgers": lambda: ["erp"]}, "must give openers by name"),
        ({"huurschuld_ledgers": lambda: {"erp": "no opener"}}, "must give openers by name"),
        ({"huurschuld_policies": lambda: ["no policy"]}, "must give policies"),
        (
            {"huurschuld_policies": lambda: [attrs.evolve(BGS, title=Phrase("a", "b"))]},
            "provides a policy bgs-2021, which is built in",
        ),
        ({"huurschuld_ledgers": lambda folder: {"erp": folder}}, "PluginValidationError"),
        ({"huurschuld_leddgers": lambda: {"erp": Ledger}}, "PluginValidationError"),
        ({"api_version": 2}, "written for version 2 of the interface, this is 1"),
        ({"api_version": "1"}, "its api_version is not a whole number"),
        ({"api_version": True}, "its api_version is not a whole number"),
        ({"huurschuld_ledgers": Unmarked()}, "its huurschuld_ledgers is not marked by hookimpl"),
        ({"huurschuld_ledgers": raising(asyncio.CancelledError("mevrouw Jansen"))}, "CancelledError"),
        ({"huurschuld_ledgers": raising(ImportError("mevrouw Jansen"))}, "ImportError at test_host.py"),
        ({"huurschuld_ledgers": raising(GeneratorExit("mevrouw Jansen"))}, "GeneratorExit"),
        ({"huurschuld_policies": lambda: [altered(name=["unhashable"])]}, "TypeError"),
        ({"huurschuld_policies": lambda: [altered(holds=[])]}, "TypeError"),
        (
            {"huurschuld_policies": lambda: [altered(family=made_a(Sub, BGS.family))]},
            "must give policies",
        ),
        ({"huurschuld_policies": lambda: [made_a(Reminding, BGS)]}, "must give policies"),
    ],
)
def test_a_broken_plugin_is_left_out_whole(
    registry: Registry, members: dict[str, Any], reason: str
) -> None:
    """Nothing of it is used, its status says why, and nothing of a person is in that."""
    half = {"huurschuld_policies": lambda: [BGS.with_("half")]}
    registry.add("broken", **half | members)
    registry.add("sound", huurschuld_ledgers=lambda: {"sound": Ledger})
    host = registry.load()
    state, given = statuses(host)["broken"]
    assert state == State.FAILED
    assert reason in given
    assert "Jansen" not in given
    assert "half" not in host.policies
    assert host.names(Kind.LEDGER) == ["sound"]
    assert statuses(host)["sound"] == (State.LOADED, "")


def test_two_plugins_of_one_name_are_both_out(registry: Registry) -> None:
    """Which one is meant is unknown."""
    registry.add("twin", huurschuld_ledgers=lambda: {"first": Ledger})
    registry.add("twin", huurschuld_ledgers=lambda: {"second": Ledger})
    host = registry.load()
    assert [it.state for it in host.plugins] == [State.FAILED, State.FAILED]
    assert all("2 plugins are called twin" in it.reason for it in host.plugins)
    assert host.names(Kind.LEDGER) == []


def test_two_ledgers_of_one_name_are_an_error_that_names_both(registry: Registry) -> None:
    """The plugins are loaded; only what is in doubt cannot be opened."""
    registry.add("one", huurschuld_ledgers=lambda: {"erp": Ledger})
    registry.add("two", huurschuld_ledgers=lambda: {"erp": Ledger})
    with pytest.raises(DuplicatePlugin, match="one and two"):
        open_ledger(registry.load(), "erp")
    assert open_ledger(registry.load("two"), "erp").tables().keys() == {"tenancies"}


def test_an_application_chooses_what_to_load(registry: Registry) -> None:
    """What it does not name is not even imported."""
    registry.add("mine", huurschuld_ledgers=lambda: {"mine": Ledger})
    registry.points.append(EntryPoint("other", "no_such_module_at_all", "huurschuld"))
    host = registry.load("mine")
    assert statuses(host)["other"] == (State.NOT_ALLOWED, "not named in allow")
    with pytest.raises(UnknownPlugin, match="there are: mine"):
        open_ledger(host, "other")
    with pytest.raises(UnknownPlugin, match="no plugin of that name"):
        registry.load("nonsense")
    with pytest.raises(UnknownPlugin, match="a list of names"):
        load_plugins(allow="mine")
    with pytest.raises(UnknownPlugin, match="there are: none"):
        open_ledger(load_plugins(installed=()), "portfolio")


def test_an_opener_gets_the_options_that_it_takes(registry: Registry) -> None:
    """One that it does not know, or needs, is named before the plugin's code runs."""
    registry.add("erp", huurschuld_ledgers=lambda: {"exact": exact})
    host = registry.load()
    with pytest.raises(
        UnknownField, match="ledger exact: folder: there is no such option; there are: add"
    ):
        open_ledger(host, "exact", folder="unknown option")
    with pytest.raises(MissingField, match="ledger exact: address: this option is required"):
        open_ledger(host, "exact")
    for wrong in (3, 1.5, True, math.inf, ["here"], {"is": "here"}, dt.date(2026, 10, 20)):
        with pytest.raises(InvalidValue, match="ledger exact: address: a text is expected"):
            open_ledger(host, "exact", address=wrong)


class Shy:
    """A channel that raises where it is asked whether it is idempotent."""

    def send(self, *_: object) -> None:
        """Send nothing."""

    @property
    def idempotent(self) -> bool:
        """Raise."""
        raise RuntimeError("mevrouw Jansen")


def test_a_channel_that_raises_as_an_attribute_is_read_is_a_failure(registry: Registry) -> None:
    """Looking at what a plugin opened runs its code, and is guarded as well."""
    registry.add("shy", huurschuld_channels=lambda: {"shy": Shy})
    with pytest.raises(PluginFailed, match=r"RuntimeError at test_host\.py") as caught:
        open_channel(registry.load(), "shy")
    assert "Jansen" not in str(caught.value)


class Person:
    """Shows who it is."""

    def __str__(self) -> str:
        return "mevrouw Jansen"

    __repr__ = __str__


class Own(InvalidValue):
    """An error that knows more, and shows it."""

    def __init__(self, who: object) -> None:
        super().__init__("/x", "wrong", "mend it")
        self.who = who

    def __str__(self) -> str:
        return "mevrouw Jansen"


class Uncoded(HuurschuldError):
    """An error without a code of its own."""


class UncodedInput(InputError):
    """An error of input without a code of its own."""


def noted() -> InvalidValue:
    """An error with a note, that came of another one."""
    error = InvalidValue("/x", "wrong", "mend it")
    error.add_note("mevrouw Jansen")
    error.__cause__ = error.__context__ = ValueError("mevrouw Jansen")
    return error


ANY: Any = Person()


@pytest.mark.parametrize(
    ("error", "kind", "expected"),
    [
        (noted(), InvalidValue, "invalid-value at /x: wrong; mend it"),
        (Own(ANY), InvalidValue, "invalid-value at /x: wrong; mend it"),
        (Uncoded("here", "wrong"), PluginFailed, "plugin-failed at erp: wrong"),
        (UncodedInput("here", "wrong"), InvalidValue, "invalid-value at here: wrong"),
        (InvalidValue(ANY, "wrong"), InvalidValue, "invalid-value at the root: wrong"),
        (InvalidValue(Cell(ANY, ANY, ANY), "wrong"), InvalidValue, "invalid-value at , line 0: wrong"),
        (InvalidValue("/x", ANY, ANY), InvalidValue, "invalid-value at /x: "),
        (InvalidValue("/a\nb\x1b[2J", "wrong"), InvalidValue, "invalid-value at /a b [2J: wrong"),
        (ImportError("mevrouw Jansen"), PluginFailed, "at erp: ImportError at test_host.py"),
        (RuntimeError("mevrouw Jansen"), PluginFailed, "at erp: RuntimeError at test_host.py"),
    ],
)
def test_an_error_of_a_plugin_is_reduced_to_what_huurschuld_defines(
    registry: Registry, error: Exception, kind: type[HuurschuldError], expected: str
) -> None:
    """Its code, place, problem and next step: no note, no cause, and nothing of a class of its own."""

    def opens() -> Any:
        raise error

    registry.add("erp", huurschuld_ledgers=lambda: {"erp": opens})
    with pytest.raises(HuurschuldError) as caught:
        open_ledger(registry.load(), "erp")
    assert type(caught.value) is kind
    assert expected in str(caught.value)
    shown = "".join(traceback.format_exception(caught.value))
    assert "Jansen" not in f"{shown}{caught.value.args}{vars(caught.value)}"
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)


@pytest.mark.parametrize("error", [asyncio.CancelledError("mevrouw Jansen"), GeneratorExit()])
def test_whatever_a_plugin_raises_at_import_the_others_are_loaded(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """It is left out; only an interruption from the keyboard ends the loading of them all."""

    def load(point: EntryPoint) -> object:
        if point.name == "broken":
            raise error
        return original(point)

    original = EntryPoint.load
    monkeypatch.setattr(EntryPoint, "load", load)
    registry.points.append(EntryPoint("broken", "broken", "huurschuld"))
    registry.add("sound", huurschuld_ledgers=lambda: {"sound": Ledger})
    found = statuses(registry.load())
    where = f"test_host.py:{load.__code__.co_firstlineno + 2}"
    assert found["broken"] == (State.FAILED, f"{type(error).__name__} at {where}")
    assert found["sound"] == (State.LOADED, "")
    error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        registry.load()


def exact(*, address: str) -> Ledger:
    """Opens a ledger by its address alone."""
    return Ledger(address=address)


def test_what_is_built_in_is_plugins_too() -> None:
    """Found by its entry point, allowed by default, named in the status."""
    host = load_plugins()
    assert [
        (it.name, it.state, it.provides) for it in host.plugins if it.origin.startswith("huurschuld ")
    ] == [
        ("bip", State.LOADED, ("helper directory bip",)),
        ("database", State.LOADED, ("ledger database",)),
        ("ddas", State.LOADED, ("exporter ddas",)),
        (
            "feedback",
            State.LOADED,
            ("enricher feedback", "feedback channel feedback-drop", "feedback channel feedback-web"),
        ),
        ("meldpunt", State.LOADED, ("channel file-drop", "channel meldpunt")),
        ("portfolio", State.LOADED, ("ledger portfolio", "enricher portfolio")),
        ("register", State.LOADED, ("contact source register",)),
        ("vera", State.LOADED, ("ledger vera", "contact source vera")),
    ]

"""Check an installed plugin: run its kits, and report the result of each check."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Final

from attrs import asdict, evolve, field, frozen

from huurschuld import __version__
from huurschuld.errors import PluginFailed
from huurschuld.hooks import API_VERSION
from huurschuld.plugins.host import (
    LOAD_SECONDS,
    PluginStatus,
    State,
    check_loaded,
    load_apart,
    with_files,
)
from huurschuld.rules.document import policy_hash
from huurschuld.rules.policy import Policy
from huurschuld.testing.kit_run import CheckResult, KitResult, Result, run_kits

FORMAT: Final = "huurschuld-conformance/1"


def _object(**members: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _list_of(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


_TEXT: Final = {"type": "string"}
_MAYBE: Final = {"type": ["string", "null"]}
_YES_OR_NO: Final = {"type": "boolean"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_CHECK: Final = _object(
    check=_TEXT, promise=_TEXT, result={"enum": list(Result)}, reason=_TEXT, own=_YES_OR_NO
)
_KIT: Final = _object(provides=_TEXT, kit=_TEXT, passed=_YES_OR_NO, error=_TEXT, checks=_list_of(_CHECK))
SCHEMA: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_object(
        format={"const": FORMAT},
        plugin=_TEXT,
        distribution=_MAYBE,
        version=_MAYBE,
        huurschuld=_TEXT,
        interface={"type": "integer"},
        python=_TEXT,
        passed=_YES_OR_NO,
        complete=_YES_OR_NO,
        counts=_object(**{str(it): _COUNT for it in Result}),
        without_kit=_list_of(_TEXT),
        kits=_list_of(_KIT),
    ),
}
"""The JSON Schema of `conformance.json`."""

_MEMBERS: Final = (
    *("plugin", "distribution", "version", "huurschuld", "interface", "python"),
    *("passed", "complete", "counts"),
)
_KITS: Final[Mapping[str, str]] = {
    "ledger": "LedgerAdapterTests",
    "policy": "PolicyTests",
    "channel": "ChannelTests",
    "enricher": "EnricherTests",
    "contact source": "ContactSourceTests",
    "helper directory": "HelperDirectoryTests",
    "exporter": "ExporterTests",
}
"""The kit for each kind of thing that a plugin provides."""


@frozen
class KitReport:
    """The results of the kit of one thing that a plugin provides.

    Attributes:
        provides: what the kit is about: `ledger NAME`, `contact source NAME` and the like.
        kit: the class, as `module:Class`.
        checks: the result of each check.
        error: why the kit could not be run; empty if it was.
    """

    provides: str
    kit: str
    checks: tuple[CheckResult, ...]
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether it was run, and nothing failed."""
        results = [it.result for it in self.checks]
        return not self.error and Result.PASSED in results and Result.FAILED not in results

    def document(self) -> dict[str, object]:
        """Return its JSON object."""
        return {
            **{name: getattr(self, name) for name in ("provides", "kit", "passed", "error")},
            "checks": [asdict(it) for it in self.checks],
        }


@frozen
class Conformance:
    """The results of all kits of a plugin.

    Attributes:
        plugin: the name of its entry point.
        distribution, version: the distribution that it comes with; None if it is not installed as one.
        huurschuld: the version of huurschuld.
        interface: the version of the plugin interface.
        python: the version of Python.
        kits: the results of each kit.
        without_kit: what it provides without a kit, as `enricher NAME`.
    """

    plugin: str
    distribution: str | None
    version: str | None
    kits: tuple[KitReport, ...]
    without_kit: tuple[str, ...] = ()
    huurschuld: str = __version__
    interface: int = API_VERSION
    python: str = field(factory=platform.python_version)

    @property
    def counts(self) -> dict[str, int]:
        """How many checks have each result."""
        counted = Counter(it.result for kit in self.kits for it in kit.checks)
        return {str(result): counted[result] for result in Result}

    @property
    def passed(self) -> bool:
        """Whether every kit was run and nothing failed; something may be left out."""
        return bool(self.kits) and all(kit.passed for kit in self.kits)

    @property
    def complete(self) -> bool:
        """Whether it passed, nothing is left out, and everything that it provides has a kit."""
        return not self.not_checked and self.passed

    @property
    def not_checked(self) -> tuple[str, ...]:
        """What stands in the way of `complete`, by name: what failed, has no kit, or leaves out what."""
        return (
            *(f"{it.provides} did not pass" for it in self.kits if not it.passed),
            *(f"{it} has no kit" for it in self.without_kit),
            *(
                f"{kit.provides} leaves out {it.check}"
                for kit in self.kits
                for it in kit.checks
                if it.result is Result.LEFT_OUT
            ),
        )

    def document(self) -> dict[str, object]:
        """Return its JSON object, which `docs/testing-a-plugin.md` describes; it names no machine."""
        return {
            "format": FORMAT,
            **{name: getattr(self, name) for name in _MEMBERS},
            "without_kit": list(self.without_kit),
            "kits": [it.document() for it in self.kits],
        }

    def to_json(self) -> str:
        """Return the text of `conformance.json`."""
        return json.dumps(self.document(), indent=2, ensure_ascii=False) + "\n"


def check_plugin(
    name: str,
    installed: Iterable[EntryPoint] | None = None,
    seconds: float = 3_600,
    *,
    files: Iterable[Path] = (),
) -> Conformance:
    """Run the kits of a plugin that is installed, or a file.

    Args:
        name: the plugin, by the name of its entry point.
        installed: the entry points to choose from; those of this environment by default.
        seconds: how long the kits may take together.
        files: plugins that are files, besides the installed ones; their kits may stand beside them.

    Raises:
        UnknownPlugin: no plugin has that name.
        DuplicatePlugin: a file has the name of an installed plugin.
        PluginFailed: it cannot be loaded, or has no kits, or one for what it does not provide.
    """
    known, of_files = with_files(files, installed)
    with load_apart([name], known, load_seconds=LOAD_SECONDS) as host:
        status = next(it for it in host.plugins if it.name == name)
        provided = host.policies
    check_loaded((it for it in of_files if it.name == name), [status])
    if status.state is not State.LOADED:
        raise PluginFailed(name, status.reason, "repair the plugin, then check it")
    _check_kits(status)
    results = run_kits(dict.fromkeys(status.kits.values()), seconds, [it.path.parent for it in of_files])
    [dist] = [it.dist for it in known if it.name == name]
    return Conformance(
        name,
        dist.name if dist else None,
        dist.version if dist else None,
        tuple(
            _report(what, kit, _of_one(kit, results, status), provided)
            for what, kit in status.kits.items()
        ),
        tuple(it for it in status.provides if it not in status.kits),
    )


def _check_kits(status: PluginStatus) -> None:
    if not status.kits:
        remedy = "provide huurschuld_kits: see docs/testing-a-plugin.md"
        raise PluginFailed(status.name, "it has no kits to check it with", remedy)
    for what in status.kits:
        if _kind(what) not in _KITS:
            remedy = f"kits are for {', '.join(f'{kind} NAME' for kind in _KITS)}"
            raise PluginFailed(status.name, "it gives a kit for an unknown kind of thing", remedy)
        if what not in status.provides:
            problem = f"it gives a kit for {what}, which it does not provide"
            raise PluginFailed(status.name, problem, "correct the name")


def _of_one(kit: str, results: Mapping[str, KitResult], status: PluginStatus) -> KitResult:
    """Return the result of a kit, with an error if it stands for several things: it opens only one."""
    names = [what for what, its in status.kits.items() if its == kit]
    if len(names) > 1:
        error = f"one class stands for {' and '.join(names)}: give each a class of its own"
        return evolve(results[kit], error=results[kit].error or error)
    return results[kit]


def _kind(what: str) -> str:
    """Return the kind in `contact source NAME`; empty if it is none."""
    return next((kind for kind in _KITS if what.startswith(f"{kind} ")), "")


def _report(what: str, kit: str, found: KitResult, provided: Mapping[str, Policy]) -> KitReport:
    needed = _KITS[_kind(what)]
    error = found.error
    if not error and needed not in found.bases:
        error = f"it subclasses another kit than {needed}"
    if not error and _kind(what) == "policy":
        own = policy_hash(provided[what.removeprefix("policy ")])
        if found.policies != (own,):
            error = "its make_policy does not give the policy that the plugin provides"
    return KitReport(what, kit, found.checks, error)

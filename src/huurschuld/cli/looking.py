"""What is available: `policies`, `plugins`; and `conform`, whether the rules answer as they must."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from huurschuld.analysis.conformance import COLUMNAR, conform as run_conformance
from huurschuld.cli import display_policies
from huurschuld.cli.options import EngineOption, Lang, LangOption, TextFormat, policy_of
from huurschuld.cli.plugin_files import plugin_files
from huurschuld.cli.session import ConfigOption, session
from huurschuld.cli.terminal import bar, console, printable, say, write
from huurschuld.errors import ExtraNeeded
from huurschuld.model.files import write_text
from huurschuld.rules.document import canonical_policy, policy_document
from huurschuld.rules.engines.choice import missing_engines


def conform(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file or folder of cases.")],
    output: Annotated[
        TextFormat, typer.Option("--format", help="text, or json: one object a case.")
    ] = TextFormat.TEXT,
    engine: EngineOption = None,
    config: ConfigOption = None,
) -> None:
    """Run conformance cases; exit with 1 where one differs."""
    counts = {True: 0, False: 0}
    with session(config) as it:
        for result in run_conformance(path, engine, it.host.policies):
            counts[result.passed] += 1
            if output is TextFormat.JSON:
                write(json.dumps(result.document(), ensure_ascii=False) + "\n")
            elif not result.passed:
                expected = json.dumps(result.expected, ensure_ascii=False)
                actual = json.dumps(result.actual, ensure_ascii=False)
                case = printable(result.case)
                say(f"{case}: expected {expected}, found {actual}\n")
    if output is TextFormat.TEXT:
        say(f"{counts[True]} passed, {counts[False]} failed\n")
    if counts[False]:
        raise typer.Exit(1)


def policies(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[POLICY]", help="One policy, by name or as a TOML file, rule by rule."),
    ] = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """List the policies and the engines, or show one policy rule by rule with its sources."""
    with session(config) as it:
        host = it.host
        chosen = list(host.policies.values()) if name is None else [policy_of(host, name)]
    if output is TextFormat.JSON and name is None:
        documents = [policy_document(policy) for policy in chosen]
        write(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
    elif output is TextFormat.JSON:
        write(canonical_policy(chosen[0]) + "\n")
    elif name is None:
        missing = missing_engines()
        if find_spec("narwhals") is None:
            missing[COLUMNAR] = "narwhals is not installed"
        display_policies.show_policies(console(), chosen, missing, lang.value)
    else:
        display_policies.show_policy(console(), chosen[0], lang.value)


def plugins(
    check: Annotated[
        str | None,
        typer.Option("--check", metavar="NAME", help="Run the kit tests of this plugin instead."),
    ] = None,
    file: Annotated[
        Path, typer.Option("--output", help="With --check: where to write the report.")
    ] = Path("conformance.json"),
    config: ConfigOption = None,
) -> None:
    """List the installed plugins and the status of each, or check one with its kits."""
    if check is not None:
        _check(check, file, plugin_files())
        return
    with session(config, reporting=False) as it:
        display_policies.show_plugins(console(), it.host)


def _check(name: str, file: Path, files: Iterable[Path]) -> None:
    """Run the kits of a plugin, write the report, and exit with 1 where something fails."""
    for needed in ("hypothesis", "pytest"):
        if find_spec(needed) is None:
            raise ExtraNeeded("--check", f"kits need {needed}", "install huurschuld[testing]")
    from huurschuld.testing.check import check_plugin  # noqa: PLC0415 - needs that

    with bar() as shown:
        shown.add_task("checking", total=None)
        report = check_plugin(name, files=files)
    write_text(file, report.to_json())
    for kit in report.kits:
        write(f"{kit.provides}: {kit.error or 'run'}\n")
        for one in kit.checks:
            if one.result != "passed":
                write(f"  {one.result}: {one.check}\n    {one.promise}\n    {one.reason}\n")
    for what in report.without_kit:
        say(f"{what}: no kit, so it was not checked\n")
    counted = "   ".join(f"{result} {count}" for result, count in report.counts.items())
    say(f"{counted}   (all of it is in {file.name})\n")
    if report.complete:
        say("complete: all that it provides was checked, and passed\n")
    for what in report.not_checked:
        say(f"not complete: {what}\n")
    if not report.passed:
        raise typer.Exit(1)

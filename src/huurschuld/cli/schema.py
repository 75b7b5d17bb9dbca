"""The JSON Schemas of what is read and written: `schema`."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from huurschuld.cli.terminal import write
from huurschuld.model.casefile import case_schema
from huurschuld.portfolio.extras import import_extra


class SchemaName(StrEnum):
    """What there is a schema of."""

    CASE_FILE = "case-file"
    PERSON_EXPORT = "person-export"


def schema(
    name: Annotated[
        SchemaName,
        typer.Argument(metavar="[NAME]", help="case-file, or person-export: what `case export` gives."),
    ] = SchemaName.CASE_FILE,
) -> None:
    """Print the JSON Schema of a case file, or of an export of a person."""
    found = case_schema() if name is SchemaName.CASE_FILE else _export_schema()
    write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def _export_schema() -> dict[str, object]:
    module = import_extra(
        "huurschuld.cases.exported_schema", "cases", "NAME", "an export is made of a store of cases"
    )
    made: dict[str, object] = module.export_schema()
    return made

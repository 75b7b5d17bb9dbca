"""The JSON Schema of a case file: `schema`."""

from __future__ import annotations

import json

from huurschuld.cli.terminal import write
from huurschuld.model.casefile import case_schema


def schema() -> None:
    """Print the JSON Schema of a case file."""
    write(json.dumps(case_schema(), indent=1) + "\n")

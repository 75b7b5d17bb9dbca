"""The channels `meldpunt` and `file-drop`: a referral to the GGD's Meldpunt or the municipality.

`meldpunt` posts it over HTTPS, `file-drop` puts it into a folder as a file. There is no public standard
for the landlord's signal, so the names of the fields are options. What is sent is the contact details
and the amount of the arrears, and nothing else (Besluit gemeentelijke schuldhulpverlening, art. 2).

| module | holds |
|---|---|
| `payload` | the JSON that is sent |
| `web`, `drop` | over HTTPS; into a folder |
| `receiving` | the receiver's side of both |
"""

from __future__ import annotations

from collections.abc import Mapping

from huurschuld.hooks import OpenChannel, hookimpl
from huurschuld.plugins.meldpunt.drop import open_file_drop
from huurschuld.plugins.meldpunt.web import open_meldpunt

__all__ = ["huurschuld_channels", "open_file_drop", "open_meldpunt"]

api_version = 1


@hookimpl
def huurschuld_channels() -> Mapping[str, OpenChannel]:
    """Return the channels `meldpunt`, which takes a `url`, and `file-drop`, which takes a `folder`."""
    return {"meldpunt": open_meldpunt, "file-drop": open_file_drop}

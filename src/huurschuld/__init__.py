"""When and how to step in before rent arrears become an eviction: rules as data, with reasons.

Everything public is here, flat. `__init__.pyi` lists it; nothing is loaded before its first use.
"""

import lazy_loader

__version__ = "0.1.0"

_find, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
_RENAMED = {"Further": "EnricherTables", "further_of": "read_enricher"}


def __getattr__(name: str) -> object:
    """Give a public name; a former one with a warning."""
    if name in _RENAMED:
        from huurschuld.former_names import warn_renamed  # noqa: PLC0415 - it is rarely needed

        warn_renamed(f"huurschuld.{name}", f"huurschuld.{_RENAMED[name]}")
    found: object = _find(_RENAMED.get(name, name))
    return found

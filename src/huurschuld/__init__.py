"""When and how to step in before rent arrears become an eviction: rules as data, with reasons.

Everything public is here, flat. `__init__.pyi` lists it; nothing is loaded before its first use.
"""

__version__ = "0.2.0.dev0"


_FORMER = {"Further": "EnricherTables", "further_of": "read_enricher"}


def __getattr__(name: str) -> object:
    """Read the list of names on first use: that takes as long as starting Python itself."""
    known = globals()
    if "__all__" not in known:
        import lazy_loader  # noqa: PLC0415 - only then

        attached = lazy_loader.attach_stub(__name__, __file__)
        known.update(zip(("_find", "__dir__", "__all__"), attached, strict=True))
    if name in _FORMER:
        from huurschuld.former_names import warn_renamed  # noqa: PLC0415 - rarely needed

        warn_renamed(f"huurschuld.{name}", f"huurschuld.{_FORMER[name]}")
    return known[name] if name == "__all__" else known["_find"](_FORMER.get(name, name))


def __dir__() -> list[str]:
    """The public names."""
    return list(__getattr__("__all__"))  # type: ignore[call-overload] # a list of texts

"""When and how to step in before rent arrears become an eviction: rules as data, with reasons.

Everything public is here, flat. `__init__.pyi` lists it; nothing is loaded before its first use.
"""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Read the list of names on first use: that takes as long as starting Python itself."""
    import lazy_loader  # noqa: PLC0415 - only then

    names = ("__getattr__", "__dir__", "__all__")
    attached = dict(zip(names, lazy_loader.attach_stub(__name__, __file__), strict=True))
    globals().update(attached)
    return attached[name] if name in attached else attached["__getattr__"](name)


def __dir__() -> list[str]:
    """The public names."""
    return list(__getattr__("__all__"))  # type: ignore[call-overload] # a list of texts

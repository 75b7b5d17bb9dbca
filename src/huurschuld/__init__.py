"""When and how to step in before rent arrears become an eviction: rules as data, with reasons.

Everything public is here, flat. `__init__.pyi` lists it; nothing is loaded before its first use.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""The errors of a monitor.

::

    MonitorError                 of huurschuld.errors.HuurschuldError
    ├── NoMonitor                no-monitor
    │   └── MonitorDamaged       monitor-damaged
    ├── MonitorExists            monitor-exists
    ├── MonitorBusy              monitor-busy
    └── MonitorFailed            monitor-failed

The place is the name of the file, which holds nothing of a person.
"""

from __future__ import annotations

from huurschuld.errors import HuurschuldError


class MonitorError(HuurschuldError):
    """A monitor that cannot be used, or not in this way."""


class NoMonitor(MonitorError):
    """The file is missing, damaged, readable by others, or not a monitor of this release."""

    code = "no-monitor"


class MonitorDamaged(NoMonitor):
    """Something in the file is not as it was written; nothing of it was used."""

    code = "monitor-damaged"


class MonitorExists(MonitorError):
    """A file already exists where a monitor was to be created; it is left unchanged."""

    code = "monitor-exists"


class MonitorBusy(MonitorError):
    """Another process is watching with it; nothing was done."""

    code = "monitor-busy"


class MonitorFailed(MonitorError):
    """The file could not be read or written; the disk may be full."""

    code = "monitor-failed"

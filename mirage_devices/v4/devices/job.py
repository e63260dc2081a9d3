"""Jobs."""

from __future__ import annotations

from attr import frozen

from functoria import Impl, Job, job
from mirage_devices.v4.device import Device


@frozen
class Noop(Device[Job]):
    """A job that does nothing."""

    type = job
    module = "Unit"
    name = "noop"


noop: Impl[Job] = Noop()
"""A job that does nothing."""

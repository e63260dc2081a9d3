"""The agents that Qubes requires of its guests, for commands and for the screen."""

from __future__ import annotations

from collections.abc import Sequence

from functoria import Impl, Info, Job, if_impl, job, noop
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.qubesdb import QUBES
from mirage_devices.v3.targets import is_qubes


class Rexec(Device[Job]):
    """Handles commands of Qubes until the guest is shut down."""

    type = job
    module = "Qubes.RExec"
    name = "qrexec"
    packages = (QUBES,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return code that calls Qubes.RExec.connect, and disconnects when the guest is to end."""
        self.expect(values, 0)
        return (
            f"{module}.connect ~domid:0 () >>= fun qrexec ->\n"
            "  Lwt.async (fun () ->\n"
            f"    OS.Lifecycle.await_shutdown_request () >>= fun _ -> {module}.disconnect qrexec);\n"
            "  return ()"
        )


class Gui(Device[Job]):
    """Handles events of Qubes' screen."""

    type = job
    module = "Qubes.GUI"
    name = "gui"
    packages = (QUBES,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ~domid:0 () >>= fun gui ->\n  Lwt.async (fun () -> {module}.listen gui);\n  return ()"


qrexec_init: Impl[Job] = if_impl(is_qubes, Rexec(), noop)
"""On qubes, the agent for commands; elsewhere nothing."""
gui_init: Impl[Job] = if_impl(is_qubes, Gui(), noop)
"""On qubes, the agent for the screen; elsewhere nothing."""

"""Traces of what threads do, for mirage-trace-viewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attr import frozen

from functoria import Impl, Info, Job, Key, Type, job, package
from functoria.sexp import Sexp
from mirage_devices.refusal import unsupported
from mirage_devices.v3 import keys
from mirage_devices.v3.arguments import count
from mirage_devices.v3.device import Device
from mirage_devices.v3.targets import by_family, is_solo5, is_unix

tracing: Type[Job] = job
"""A job that starts tracing."""

_PROFILE = package("mirage-profile", max="1.0.0")
_HINT = "tracing needs lwt.tracing, which is not installed: opam pin add lwt https://github.com/mirage/lwt.git#tracing"


@frozen
class MProfTrace(Device[Job]):
    """mirage-profile's tracing, to a file on Unix, to memory shared with the host on Xen."""

    size: Key[int]

    type = tracing
    module = "MProf"
    name = "mprof_trace"
    eager = True
    packages = by_family(
        unix=(_PROFILE, package("mirage-profile-unix", max="1.0.0")),
        xen=(_PROFILE, package("mirage-profile-xen", max="1.0.0")),
    )

    @property
    def keys(self) -> tuple[Key[int]]:
        return (self.size,)

    def configure(self, info: Info) -> None:
        if is_solo5.evaluate(info.get):
            raise unsupported(
                self,
                f"tracing is not implemented on the Solo5 targets, such as {info.context['target']}",
            )

    def rules(self, info: Info) -> Iterable[Sexp]:
        """Check that the installed Lwt supports tracing; otherwise the build fails with a hint."""
        yield (
            "rule",
            ("targets", "lwt-tracing.checked"),
            ("action", ("with-stdout-to", "lwt-tracing.checked", ("system", _CHECK))),
        )
        yield ("alias", ("name", "default"), ("deps", "lwt-tracing.checked"))

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        if is_unix.evaluate(info.get):
            return (
                f'let buffer = MProf_unix.mmap_buffer ~size:{self.size.call} "trace.ctf" in\n'
                f"  let trace_config = {module}.Trace.Control.make buffer MProf_unix.timestamper in\n"
                f"  {module}.Trace.Control.start trace_config;\n"
                "  return ()"
            )
        return (
            f"let trace_pages = MProf_xen.make_shared_buffer ~size:{self.size.call} in\n"
            "  let buffer = trace_pages |> Io_page.to_cstruct |> Cstruct.to_bigarray in\n"
            f"  let trace_config = {module}.Trace.Control.make buffer MProf_xen.timestamper in\n"
            f"  {module}.Trace.Control.start trace_config;\n"
            "  MProf_xen.share_with (module Gnt.Gntshr) (module OS.Xs) ~domid:0 trace_pages\n"
            "  |> OS.Main.run;\n"
            "  return ()"
        )


_CHECK = f"ocamlfind query lwt.tracing >/dev/null 2>&1 || {{ echo '{_HINT}' >&2; exit 1; }}"


def mprof_trace(size: int) -> Impl[Job]:
    """Traces kept in a ring buffer, whose size in bytes is the key tracing_size, by default `size`. Not on Solo5.

    The installed Lwt must support tracing; otherwise the build fails with a hint.
    """
    return MProfTrace(keys.tracing_size(count.accept(size, of="size of mprof_trace")))

"""The Xen family: the unikernel is a guest, linked by ld with the libraries of mirage-xen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from functoria import package
from mirage_devices.v3.backends import freestanding, xen_files
from mirage_devices.v3.backends.base import Backend

if TYPE_CHECKING:
    from functoria import File, Info
    from functoria.sexp import Sexp

_LINK = (
    freestanding.PRELUDE
    + r"""
c_objects=$(artifacts xen_linkopts "$@")
libraries=$(pkg-config mirage-xen --static --libs)
case $(uname -m) in
  arm*)
    # Xen boots a binary image here, not an ELF file; and the compiler's own library has what ARM code calls.
    libgcc=$(gcc -print-libgcc-file-name)
    # shellcheck disable=SC2086 # flags are words
    ld -d -static -nostdlib "$object" $own $c_objects $libraries "$libgcc" -o "${result%.xen}.elf"
    objcopy -O binary "${result%.xen}.elf" "$result"
    ;;
  *)
    # shellcheck disable=SC2086 # flags are words
    ld -d -static -nostdlib "$object" $own $c_objects $libraries -o "$result"
    ;;
esac
"""
)


@frozen
class Xen(Backend):
    """A target whose unikernel is a Xen guest."""

    family = "xen"
    packages = (package("mirage-xen", min="3.1.0", max="3.2.0"),)
    compiler = "4.05.0"

    def result(self, info: Info) -> str:
        """NAME.xen"""
        return f"{info.output}.xen"

    def program(self, info: Info, flags: Sequence[str]) -> Iterable[Sexp]:
        """NAME.xen, by link.sh."""
        return freestanding.program(info, flags, "mirage_xen", "mirage-xen-posix", self.result(info))

    def files(self, info: Info) -> Mapping[str, str | File]:
        """link.sh; for xen itself also what its tools start the guest from."""
        guest = xen_files.files(info) if self.name == "xen" else {}
        return {freestanding.SCRIPT: _LINK, **guest}


TARGETS = (Xen("xen", "`Xen"), Xen("qubes", "`Qubes"))

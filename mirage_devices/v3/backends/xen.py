"""The Xen family: the unikernel is a guest, linked by ld with the libraries of mirage-xen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from functoria import package
from mirage_devices.v3.backends import freestanding
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


class Guest(Backend):
    """A target whose unikernel is a guest of Xen."""

    family = "xen"
    packages = (package("mirage-xen", min="3.1.0", max="3.2.0"),)
    compiler = "4.05.0"

    def result(self, info: Info) -> str:
        """Return NAME.xen."""
        return f"{info.output}.xen"

    def program(self, info: Info, flags: Sequence[str]) -> Iterable[Sexp]:
        """Return the stanzas that make NAME.xen by link.sh."""
        return freestanding.program(info, flags, "mirage_xen", "mirage-xen-posix", self.result(info))

    def files(self, info: Info) -> Mapping[str, str | File]:
        """Return link.sh."""
        return {freestanding.SCRIPT: _LINK}


class Xen(Guest):
    """Xen itself, whose own tools start the guest."""

    def check(self, info: Info) -> None:
        """Refuse names that the files for Xen's tools cannot express."""
        from mirage_devices.v3.backends import xen_files

        xen_files.check(info)

    def files(self, info: Info) -> Mapping[str, str | File]:
        """Return link.sh, and the files from which Xen's tools start the guest."""
        from mirage_devices.v3.backends import xen_files

        return {**super().files(info), **xen_files.files(info)}


class Qubes(Guest):
    """Qubes, which runs on Xen and starts its guests itself."""

    qubes = True


TARGETS = (Xen("xen", "`Xen"), Qubes("qubes", "`Qubes"))

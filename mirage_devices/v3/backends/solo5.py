"""The Solo5 family: the unikernel is a guest of a Solo5 hypervisor, linked with the bindings of the target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from functoria import Package, package, quote
from mirage_devices.v3.backends import freestanding
from mirage_devices.v3.backends.base import Backend

if TYPE_CHECKING:
    from functoria import File, Info
    from functoria.sexp import Sexp

_LINK = r"""
c_objects=$(artifacts freestanding_linkopts "$@")
libraries=$(pkg-config mirage-solo5 --static --libs)
ld=$(pkg-config {bindings} --variable=ld)
ldflags=$(pkg-config {bindings} --variable=ldflags)
ldpostflags=$(pkg-config {bindings} --variable=ldpostflags)
# shellcheck disable=SC2086 # flags are words
"${{ld:-ld}}" $ldflags "$object" $own $c_objects $libraries -o "$result" $ldpostflags
"""
_TENDER = """
# The tender: the process that runs the unikernel, with the modules that its devices need.
solo5-hvt-configure "$(pkg-config {bindings} --variable=libdir)/src"{modules}
make -f Makefile.solo5-hvt solo5-hvt
"""
_MODULES = {"mirage-net-solo5": "net", "mirage-block-solo5": "blk"}


class Solo5(Backend):
    """A target whose unikernel is a guest of a Solo5 hypervisor."""

    family = "solo5"
    packages = (package("mirage-solo5", min="0.5.0", max="0.6.0"),)
    more: ClassVar[tuple[str, ...]] = ()
    """The files that link.sh makes besides the unikernel."""

    @property
    def bindings(self) -> str:
        """The package with the bindings for the target; its pkg-config file has the same name."""
        return f"solo5-bindings-{self.name}"

    def all_packages(self) -> tuple[Package, ...]:
        """Return mirage-solo5 and the bindings, which contain no OCaml library."""
        return (package(self.bindings, min="0.4.0", max="0.5.0", ocamlfind=[]), *self.packages)

    def result(self, info: Info) -> str:
        """Return NAME with the target's name as suffix."""
        return f"{info.output}.{self.name}"

    def program(self, info: Info, flags: Sequence[str]) -> Iterable[Sexp]:
        """Return the stanzas that link the unikernel by link.sh."""
        return freestanding.program(info, flags, "mirage_solo5", "ocaml-freestanding", self.result(info), self.more)

    def files(self, info: Info) -> Mapping[str, str | File]:
        """Return link.sh."""
        return {freestanding.SCRIPT: self.script(info)}

    def script(self, info: Info) -> str:
        """Return the text of link.sh, which links the unikernel."""
        return freestanding.PRELUDE + _LINK.format(bindings=self.bindings)


class Hvt(Solo5):
    """Hardware virtualisation. Its tender is built for each unikernel, with a GDB server if debugging is enabled."""

    debuggable = True
    more = ("solo5-hvt",)

    def script(self, info: Info) -> str:
        """Return the text of link.sh, which makes the tender too."""
        modules = [_MODULES[library] for library in info.libraries if library in _MODULES]
        modules += ["gdb"] if info.context["target_debug"] else []
        words = "".join(f" {quote.sh(module)}" for module in modules)
        return super().script(info) + _TENDER.format(bindings=self.bindings, modules=words)


class Virtio(Solo5):
    """Virtio devices, as KVM and other hypervisors have them."""

    def check(self, info: Info) -> None:
        """Refuse names that a libvirt domain cannot express."""
        from mirage_devices.v3.backends import libvirt

        libvirt.check(info)

    def files(self, info: Info) -> Mapping[str, str | File]:
        """Return link.sh, and a domain for libvirt."""
        from mirage_devices.v3.backends import libvirt

        return {**super().files(info), libvirt.name(info): libvirt.virtio(info)}


class Muen(Solo5):
    """The separation kernel Muen."""

    block_devices = False


TARGETS = (Virtio("virtio", "`Virtio"), Hvt("hvt", "`Hvt"), Muen("muen", "`Muen"), Solo5("genode", "`Genode"))

"""The Solo5 family: the unikernel is a guest of a Solo5 hypervisor, linked with the bindings of the target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from functoria import Package, package, quote
from mirage_devices.v3.backends import freestanding, libvirt
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


@frozen
class Solo5(Backend):
    """A target whose unikernel is a guest of a Solo5 hypervisor."""

    family = "solo5"
    packages = (package("mirage-solo5", min="0.5.0", max="0.6.0"),)

    @property
    def bindings(self) -> str:
        """The package that has the bindings for the target, and its pkg-config file."""
        return f"solo5-bindings-{self.name}"

    def all_packages(self) -> tuple[Package, ...]:
        """mirage-solo5, and the bindings, which hold no OCaml library."""
        return (package(self.bindings, min="0.4.0", max="0.5.0", ocamlfind=[]), *self.packages)

    def result(self, info: Info) -> str:
        """NAME with the target's name as suffix."""
        return f"{info.output}.{self.name}"

    def program(self, info: Info, flags: Sequence[str]) -> Iterable[Sexp]:
        """The unikernel, by link.sh; for hvt also its tender."""
        more = ("solo5-hvt",) if self.name == "hvt" else ()
        return freestanding.program(info, flags, "mirage_solo5", "ocaml-freestanding", self.result(info), more)

    def files(self, info: Info) -> Mapping[str, str | File]:
        """link.sh; for virtio also a domain for libvirt."""
        script = freestanding.PRELUDE + _LINK.format(bindings=self.bindings)
        if self.name == "hvt":
            modules = [_MODULES[library] for library in info.libraries if library in _MODULES]
            modules += ["gdb"] if info.context["target_debug"] else []
            script += _TENDER.format(bindings=self.bindings, modules="".join(" " + quote.sh(m) for m in modules))
        domain = {libvirt.name(info): libvirt.virtio(info)} if self.name == "virtio" else {}
        return {freestanding.SCRIPT: script, **domain}


TARGETS = tuple(
    Solo5(name, variant)
    for name, variant in (("virtio", "`Virtio"), ("hvt", "`Hvt"), ("muen", "`Muen"), ("genode", "`Genode"))
)

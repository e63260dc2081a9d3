"""Domains for libvirt, as XML: one for Xen, one for virtio under KVM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mirage_devices.guests import disk_name, element, kvm_domain, xen_disk, xen_domain, xml_text
from mirage_devices.v3.hardware import Disk, Interface

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from functoria import Info


def name(info: Info) -> str:
    """Return the file's name."""
    return f"{info.output}_libvirt.xml"


def check(info: Info) -> None:
    """Refuse names that XML cannot express. Raises InvalidName."""
    for text in (info.output, *(disk.image for disk in info.all(Disk))):
        xml_text(text)


def xen(info: Info, bridges: list[str]) -> str:
    """Return the domain of a paravirtualised Xen guest, with an interface on each of `bridges`."""

    def devices() -> Iterator[Element]:
        for number, disk in enumerate(info.all(Disk), 1):
            source, target = element("source", file=disk.image), element("target", dev=xen_disk(number), bus="xen")
            yield element("disk", source, target, type="file", device="disk")
        for bridge in bridges:
            yield element("interface", element("source", bridge=bridge), type="bridge")

    return xen_domain(info.output, f"{info.output}.xen", devices())


def virtio(info: Info) -> str:
    """Return the domain of a KVM guest with virtio devices: raw images as disks, and the default bridge as network."""

    def devices() -> Iterator[Element]:
        for number, disk in enumerate(info.all(Disk)):
            yield element(
                "disk",
                element("driver", name="qemu", type="raw"),
                element("source", file=disk.image),
                element("target", dev=disk_name("vd", number), bus="virtio"),
                type="file",
                device="disk",
            )
        for number, _ in enumerate(info.all(Interface)):
            yield element(
                "interface",
                element("source", bridge="virbr0"),
                element("model", type="virtio"),
                element("alias", name=str(number)),
                type="bridge",
            )

    return kvm_domain(info.output, f"{info.output}.virtio", devices())

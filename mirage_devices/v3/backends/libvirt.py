"""Domains for libvirt, as XML: one for Xen, one for virtio under KVM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mirage_devices.guests import add, disk_name, domain, xml, xml_text
from mirage_devices.v3.hardware import Disk, Interface

if TYPE_CHECKING:
    from functoria import Info


def name(info: Info) -> str:
    """The file's name."""
    return f"{info.output}_libvirt.xml"


def check(info: Info) -> None:
    """Refuse names that XML cannot say. Raises InvalidName."""
    for text in (info.output, *(disk.image for disk in info.all(Disk))):
        xml_text(text)


def xen(info: Info, disks: list[tuple[str, str]], interfaces: list[str]) -> str:
    """Return the domain of a paravirtualised Xen guest. `disks` are pairs of device and image; each bridge has an interface."""
    root = domain("xen", info.output, f"{info.output}.xen", machine=("armv7l", "xenpv", "linux"))
    add(root, "on_crash", text="preserve")
    devices = add(root, "devices")
    for device, image in disks:
        disk = add(devices, "disk", type="file", device="disk")
        add(disk, "source", file=image)
        add(disk, "target", dev=device, bus="xen")
    for bridge in interfaces:
        add(add(devices, "interface", type="bridge"), "source", bridge=bridge)
    console = add(devices, "console", type="pty")
    add(console, "target", type="xen", port="0")
    return xml(root)


def virtio(info: Info) -> str:
    """Return the domain of a KVM guest with virtio devices: raw images as disks, and the default bridge as network."""
    root = domain("kvm", info.output, f"{info.output}.virtio", machine=("x86_64", "pc", "hvm"))
    devices = add(root, "devices")
    add(devices, "emulator", text="/usr/bin/qemu-system-x86_64")
    for number, block in enumerate(info.all(Disk)):
        disk = add(devices, "disk", type="file", device="disk")
        add(disk, "driver", name="qemu", type="raw")
        add(disk, "source", file=block.image)
        add(disk, "target", dev=disk_name("vd", number), bus="virtio")
    for number, _ in enumerate(info.all(Interface)):
        interface = add(devices, "interface", type="bridge")
        add(interface, "source", bridge="virbr0")
        add(interface, "model", type="virtio")
        add(interface, "alias", name=str(number))
    add(add(devices, "serial", type="pty"), "target", port="0")
    add(add(devices, "console", type="pty"), "target", type="serial", port="0")
    add(devices, "memballoon", model="none")
    return xml(root)

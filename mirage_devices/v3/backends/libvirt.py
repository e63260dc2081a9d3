"""Domains for libvirt, as XML: one for Xen, one for virtio under KVM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functoria.errors import InvalidName
from functoria.quote import checked

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from functoria import Info

_MEMORY_KIB = 256 * 1024


def name(info: Info) -> str:
    """The file's name."""
    return f"{info.output}_libvirt.xml"


def xen(info: Info, disks: list[tuple[str, str]], interfaces: list[str]) -> str:
    """A paravirtualised Xen guest, with `disks` as pairs of device and image, and an interface on each bridge."""
    root = _domain("xen", info, f"{info.output}.xen", machine=("armv7l", "xenpv", "linux"))
    os = root.find("os")
    assert os is not None
    # libvirt's driver for libxl starts no guest on ARM without a command line, be it blank.
    _add(os, "cmdline", text=" ")
    _add(root, "on_crash", text="preserve")
    devices = _add(root, "devices")
    for device, image in disks:
        disk = _add(devices, "disk", type="file", device="disk")
        _add(disk, "source", file=image)
        _add(disk, "target", dev=device, bus="xen")
    for bridge in interfaces:
        _add(_add(devices, "interface", type="bridge"), "source", bridge=bridge)
    console = _add(devices, "console", type="pty")
    _add(console, "target", type="xen", port="0")
    return _text(root)


def virtio(info: Info) -> str:
    """A KVM guest with virtio devices: a raw image for each block device, the default bridge for each network."""
    from mirage_devices.v3.devices.block import BlockFile
    from mirage_devices.v3.devices.network import Netif

    root = _domain("kvm", info, f"{info.output}.virtio", machine=("x86_64", "pc", "hvm"))
    devices = _add(root, "devices")
    _add(devices, "emulator", text="/usr/bin/qemu-system-x86_64")
    for number, block in enumerate(info.all(BlockFile)):
        disk = _add(devices, "disk", type="file", device="disk")
        _add(disk, "driver", name="qemu", type="raw")
        _add(disk, "source", file=block.image)
        _add(disk, "target", dev=disk_name("vd", number), bus="virtio")
    for number, _ in enumerate(info.all(Netif)):
        interface = _add(devices, "interface", type="bridge")
        _add(interface, "source", bridge="virbr0")
        _add(interface, "model", type="virtio")
        _add(interface, "alias", name=str(number))
    _add(_add(devices, "serial", type="pty"), "target", port="0")
    _add(_add(devices, "console", type="pty"), "target", type="serial", port="0")
    _add(devices, "memballoon", model="none")
    return _text(root)


def _domain(kind: str, info: Info, kernel: str, machine: tuple[str, str, str]) -> Element:
    from xml.etree.ElementTree import Element

    arch, model, os_type = machine
    root = Element("domain", type=kind)
    _add(root, "name", text=info.output)
    _add(root, "memory", text=str(_MEMORY_KIB), unit="KiB")
    _add(root, "currentMemory", text=str(_MEMORY_KIB), unit="KiB")
    _add(root, "vcpu", text="1", placement="static")
    os = _add(root, "os")
    _add(os, "type", text=os_type, arch=arch, machine=model)
    _add(os, "kernel", text=kernel)
    _add(root, "clock", offset="utc", adjustment="reset")
    return root


def disk_name(stem: str, number: int) -> str:
    """What Linux calls the disk of this number, from 0: with the stem xvd, 1 is xvdb and 26 is xvdaa."""
    letters = ""
    while number >= 0:
        number, letter = divmod(number, 26)
        letters = chr(ord("a") + letter) + letters
        number -= 1
    return stem + letters


def _add(parent: Element, tag: str, *, text: str | None = None, **attributes: str) -> Element:
    from xml.etree.ElementTree import SubElement

    element = SubElement(parent, tag, {key: _said(value) for key, value in attributes.items()})
    element.text = text
    return element


def _said(text: str) -> str:
    """`text`, if XML has a way to say it: it has none for most control characters."""
    if any((char < " " and char != "\t") or char in "\ufffe\uffff" for char in checked(text, language="XML")):
        raise InvalidName(f"{text!r} holds a control character, which XML cannot say", objects=[text])
    return text


def _text(root: Element) -> str:
    from xml.etree.ElementTree import indent, tostring

    indent(root)
    head = "<!-- Made by functoria. Changes here are lost when it is configured again. -->\n"
    return head + tostring(root, encoding="unicode") + "\n"

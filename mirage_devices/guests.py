"""Files for the tools of hypervisors, in any release: settings of xl, domains of libvirt, names of disks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from functoria.emit.emitter import header
from functoria.errors import InvalidName
from functoria.quote import checked

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MEMORY_MIB = 256
"""The memory of a guest."""
_BRIDGES = ("xenbr", "br", "virbr")


def bridges(count: int) -> list[str]:
    """Return the names of this machine's first `count` bridges; br0 and so on if none has a usual name."""
    stem = next((stem for stem in _BRIDGES if Path(f"/sys/class/net/{stem}0").exists()), "br")
    return [f"{stem}{number}" for number in range(count)]


def disk_name(stem: str, number: int) -> str:
    """Return Linux's name for a disk, numbered from 0: with the stem xvd, 1 is xvdb and 26 is xvdaa."""
    letters = ""
    while number >= 0:
        number, letter = divmod(number, 26)
        letters = chr(ord("a") + letter) + letters
        number -= 1
    return stem + letters


def xen_disk(number: int) -> str:
    """Return the name of a disk in a Xen guest, numbered from 1, because the guest boots from xvda."""
    return disk_name("xvd", number)


def xenstore_id(number: int) -> int:
    """Return the id in XenStore of the disk with this number, as block drivers count them; the guest boots from 0."""
    return (202 << 8) | (number << 4) if number < 16 else (1 << 28) | (number << 8)


def xl_string(text: str) -> str:
    """Return `text` as a string in xl's syntax. Raises InvalidName for both kinds of quotes, a backslash or a line break."""
    checked(text, language="xl")
    mark = '"' if "'" in text else "'"
    if mark in text or "\\" in text:
        raise InvalidName(f"{text!r} cannot be expressed in an xl configuration: choose a name without quotes or \\")
    return f"{mark}{text}{mark}"


def xl_disks(targets: Iterable[str]) -> str:
    """Return xl's setting `disk` for these images; the first disk is xvdb."""
    disks = (f"format=raw, vdev={xen_disk(n)}, access=rw, target={target}" for n, target in enumerate(targets, 1))
    return f"disk = [ {', '.join(map(xl_string, disks))} ]\n"


def xl_networks(bridges: Iterable[str]) -> str:
    """Return xl's setting `vif` for networks on these bridges."""
    return f"vif = [ {', '.join(xl_string(f'bridge={bridge}') for bridge in bridges)} ]\n"


def xen_domain(name: str, kernel: str, devices: Iterable[Element] = ()) -> str:
    """Return libvirt's domain for a paravirtualised Xen guest with `devices` and a console."""
    console = element("console", element("target", type="xen", port="0"), type="pty")
    return _domain(
        "xen",
        name,
        # libvirt's libxl driver does not start a guest on ARM without a command line, even a blank one.
        element(
            "os",
            element("type", text="linux", arch="armv7l", machine="xenpv"),
            element("kernel", text=kernel),
            element("cmdline", text=" "),
        ),
        element("clock", offset="utc", adjustment="reset"),
        element("on_crash", text="preserve"),
        element("devices", *devices, console),
    )


def kvm_domain(name: str, kernel: str, devices: Iterable[Element] = ()) -> str:
    """Return libvirt's domain for a KVM guest with `devices` and a console."""
    return _domain(
        "kvm",
        name,
        element("os", element("type", text="hvm", arch="x86_64", machine="pc"), element("kernel", text=kernel)),
        element("clock", offset="utc", adjustment="reset"),
        element(
            "devices",
            element("emulator", text="/usr/bin/qemu-system-x86_64"),
            *devices,
            element("serial", element("target", port="0"), type="pty"),
            element("console", element("target", type="serial", port="0"), type="pty"),
            element("memballoon", model="none"),
        ),
    )


def _domain(kind: str, name: str, *parts: Element) -> str:
    from xml.etree.ElementTree import indent, tostring

    memory = str(MEMORY_MIB * 1024)
    root = element(
        "domain",
        element("name", text=name),
        element("memory", text=memory, unit="KiB"),
        element("currentMemory", text=memory, unit="KiB"),
        element("vcpu", text="1", placement="static"),
        *parts,
        type=kind,
    )
    indent(root)
    return header("<!--", " -->") + tostring(root, encoding="unicode") + "\n"


def element(tag: str, *inside: Element, text: str | None = None, **attributes: str) -> Element:
    """Return an XML element. Raises InvalidName for text that XML cannot represent."""
    from xml.etree.ElementTree import Element

    made = Element(tag, {key: xml_text(value) for key, value in attributes.items()})
    made.text = text if text is None else xml_text(text)
    made.extend(inside)
    return made


def xml_text(text: str) -> str:
    """Return `text`. Raises InvalidName for control characters that XML cannot represent."""
    if any((char < " " and char != "\t") or char in "\ufffe\uffff" for char in checked(text, language="XML")):
        raise InvalidName(f"{text!r} contains a control character, which XML cannot express", objects=[text])
    return text

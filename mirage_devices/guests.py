"""What the tools of hypervisors read, in any release: strings of xl's configuration, domains of libvirt, names of disks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from functoria.emit.emitter import header
from functoria.errors import InvalidName
from functoria.quote import checked

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_BRIDGES = ("xenbr", "br", "virbr")
_MEMORY_KIB = 256 * 1024


def bridge_stem() -> str:
    """Return the name of this machine's bridges, without number; `br` if it has none with a usual name."""
    return next((stem for stem in _BRIDGES if Path(f"/sys/class/net/{stem}0").exists()), "br")


def disk_name(stem: str, number: int) -> str:
    """Return Linux's name for the disk with this number, from 0: with the stem xvd, 1 is xvdb and 26 is xvdaa."""
    letters = ""
    while number >= 0:
        number, letter = divmod(number, 26)
        letters = chr(ord("a") + letter) + letters
        number -= 1
    return stem + letters


def xl_string(text: str) -> str:
    """Return `text` as a string of xl's configuration, which cannot express both kinds of quotes, or a line break."""
    checked(text, language="xl")
    mark = '"' if "'" in text else "'"
    if mark in text or "\\" in text:
        raise InvalidName(f"{text!r} cannot be said in a configuration of xl: choose a name without quotes or \\")
    return f"{mark}{text}{mark}"


def domain(kind: str, name: str, kernel: str, machine: tuple[str, str, str]) -> Element:
    """Return a libvirt domain without devices. `machine` is its architecture, its model, and its type of operating system."""
    from xml.etree.ElementTree import Element

    arch, model, os_type = machine
    root = Element("domain", type=kind)
    add(root, "name", text=name)
    add(root, "memory", text=str(_MEMORY_KIB), unit="KiB")
    add(root, "currentMemory", text=str(_MEMORY_KIB), unit="KiB")
    add(root, "vcpu", text="1", placement="static")
    os = add(root, "os")
    add(os, "type", text=os_type, arch=arch, machine=model)
    add(os, "kernel", text=kernel)
    if kind == "xen":
        # On ARM, libvirt's driver for libxl requires a command line, even a blank one.
        add(os, "cmdline", text=" ")
    add(root, "clock", offset="utc", adjustment="reset")
    return root


def add(parent: Element, tag: str, *, text: str | None = None, **attributes: str) -> Element:
    """Append a new element to `parent`. Raises InvalidName for text that XML cannot express."""
    from xml.etree.ElementTree import SubElement

    element = SubElement(parent, tag, {key: xml_text(value) for key, value in attributes.items()})
    element.text = text if text is None else xml_text(text)
    return element


def xml_text(text: str) -> str:
    """Return `text`. Raises InvalidName if XML cannot express it, as is the case for most control characters."""
    if any((char < " " and char != "\t") or char in "\ufffe\uffff" for char in checked(text, language="XML")):
        raise InvalidName(f"{text!r} holds a control character, which XML cannot say", objects=[text])
    return text


def xml(root: Element) -> str:
    """Return the text of an XML file."""
    from xml.etree.ElementTree import indent, tostring

    indent(root)
    return header("<!--", " -->") + tostring(root, encoding="unicode") + "\n"

"""What hypervisors start the unikernel from: Solo5's manifest of its devices, xl's configuration, libvirt's domain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from functoria.emit.emitter import File, header
from functoria.quote import checked
from mirage_devices.guests import add, bridge_stem, disk_name, domain, xl_string, xml
from mirage_devices.v4.emit.layout import Layout

if TYPE_CHECKING:
    from functoria import Info

_MEMORY_MIB = 256


def emit(info: Info) -> Mapping[str, File]:
    """The files of the target's hypervisor, in the folder mirage; none for unix and Unikraft."""
    layout = Layout.of(info)
    files: dict[str, str] = {}
    if layout.target.manifest:
        files |= {"manifest.json": _manifest(info, layout), "manifest.ml": ""}
    started: list[str] = []
    for tool in layout.target.started_by:
        started += _xl_files(info, layout) if tool == "xl" else [_domain(info, layout)]
    files |= dict(zip(layout.guest, started, strict=True))
    return {f"mirage/{name}": File(text) for name, text in files.items()}


def _manifest(info: Info, layout: Layout) -> str:
    """The devices that Solo5 gives the unikernel; on Xen it finds its own."""
    named = [] if layout.target.family == "xen" else [*layout.root.networks(info), *layout.root.blocks(info)]
    devices = [{"name": checked(name, language="a manifest"), "type": kind} for name, kind in named]
    return json.dumps({"type": "solo5.manifest", "version": 1, "devices": devices}, indent=2) + "\n"


def _xl_files(info: Info, layout: Layout) -> tuple[str, str]:
    """NAME.xl, filled in for the machine that configures, and NAME.xl.in, to be filled in."""
    images = [name for name, _ in layout.root.blocks(info)]
    networks = [name for name, _ in layout.root.networks(info)]
    stem = bridge_stem()
    # The last network that was configured is the first of the guest.
    bridges = [f"{stem}{number}" for number in range(len(networks))]
    return (
        xl(info.title, layout.image, str(_MEMORY_MIB), images, images, bridges),
        xl(
            "@NAME@",
            "@KERNEL@",
            "@MEMORY@",
            images,
            [f"@BLOCK:{i}@" for i in images],
            [f"@NETWORK:{n}@" for n in networks],
        ),
    )


def xl(name: str, kernel: str, memory: str, images: list[str], targets: list[str], bridges: list[str]) -> str:
    """A configuration of xl. The first disk is xvdb; `targets` are what the disks are made of."""
    disks = [
        xl_string(f"format=raw, vdev={disk_name('xvd', number)}, access=rw, target={target}")
        for number, (_, target) in enumerate(zip(images, targets, strict=True), 1)
    ]
    vifs = [xl_string(f"bridge={bridge}") for bridge in bridges]
    return (
        f"{header('#')}\nname = {xl_string(name)}\nkernel = {xl_string(kernel)}\ntype = 'pvh'\nmemory = {memory}\n"
        f"on_crash = 'preserve'\n\ndisk = [ {', '.join(disks)} ]\n\n"
        '# With Open vSwitch set vif.default.script="vif-openvswitch" in /etc/xen/xl.conf.\n'
        f"vif = [ {', '.join(vifs)} ]\n"
    )


def _domain(info: Info, layout: Layout) -> str:
    """A domain of libvirt: a paravirtualised guest of Xen, or one of KVM."""
    if layout.target.family == "xen":
        root = domain("xen", info.title, layout.image, ("armv7l", "xenpv", "linux"))
        add(root, "on_crash", text="preserve")
        devices = add(root, "devices")
        add(add(devices, "console", type="pty"), "target", type="xen", port="0")
    else:
        root = domain("kvm", info.title, layout.image, ("x86_64", "pc", "hvm"))
        devices = add(root, "devices")
        add(devices, "emulator", text="/usr/bin/qemu-system-x86_64")
        add(add(devices, "serial", type="pty"), "target", port="0")
        add(add(devices, "console", type="pty"), "target", type="serial", port="0")
        add(devices, "memballoon", model="none")
    return xml(root)

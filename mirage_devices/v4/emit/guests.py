"""Files that hypervisors start the unikernel from: Solo5's manifest of its devices, xl's configuration, libvirt's domain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from functoria.emit.emitter import File, header
from functoria.quote import checked
from mirage_devices.guests import MEMORY_MIB, bridges, kvm_domain, xen_domain, xl_disks, xl_networks, xl_string
from mirage_devices.v4.emit.layout import Layout

if TYPE_CHECKING:
    from functoria import Info


def emit(info: Info) -> Mapping[str, File]:
    """Emit the files of the target's hypervisor, in the folder mirage; none for unix and Unikraft."""
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
    """Return the manifest: the devices that Solo5 gives the unikernel; on Xen it finds its own."""
    named = [] if layout.target.family == "xen" else [*layout.root.networks(info), *layout.root.blocks(info)]
    devices = [{"name": checked(name, language="a manifest"), "type": kind} for name, kind in named]
    return json.dumps({"type": "solo5.manifest", "version": 1, "devices": devices}, indent=2) + "\n"


def _xl_files(info: Info, layout: Layout) -> tuple[str, str]:
    """Return NAME.xl, filled in for this machine, and the template NAME.xl.in."""
    images = [name for name, _ in layout.root.blocks(info)]
    networks = [name for name, _ in layout.root.networks(info)]
    return (
        # The last network that was configured is the first of the guest.
        _xl(info.title, layout.image, str(MEMORY_MIB), images, bridges(len(networks))),
        _xl("@NAME@", "@KERNEL@", "@MEMORY@", [f"@BLOCK:{i}@" for i in images], [f"@NETWORK:{n}@" for n in networks]),
    )


def _xl(name: str, kernel: str, memory: str, disks: list[str], bridges: list[str]) -> str:
    """Return a configuration of xl."""
    return (
        f"{header('#')}\nname = {xl_string(name)}\nkernel = {xl_string(kernel)}\ntype = 'pvh'\nmemory = {memory}\n"
        f"on_crash = 'preserve'\n\n{xl_disks(disks)}\n"
        '# With Open vSwitch set vif.default.script="vif-openvswitch" in /etc/xen/xl.conf.\n'
        f"{xl_networks(bridges)}"
    )


def _domain(info: Info, layout: Layout) -> str:
    """Return a domain of libvirt: a paravirtualised guest of Xen, or one of KVM."""
    domain = xen_domain if layout.target.family == "xen" else kvm_domain
    return domain(info.title, layout.image)

"""Files that the tools of Xen start a guest from: xl's configuration, complete and as a template, and a script for xe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from functoria import File, quote
from functoria.emit.emitter import header
from mirage_devices.guests import MEMORY_MIB, bridges, xl_disks, xl_networks, xl_string
from mirage_devices.v3.backends import libvirt
from mirage_devices.v3.hardware import Disk, Interface

if TYPE_CHECKING:
    from functoria import Info


_XE = r"""#!/bin/sh
{head}set -e

for tool in xe xe-unikernel-upload; do
  command -v "$tool" >/dev/null 2>&1 || {{ echo "$0: $tool is not installed" >&2; exit 1; }}
done
if [ ! -e "$HOME/.xe" ]; then
  echo "$0: write $HOME/.xe first, with lines server=HOST, username=USER and password=PASSWORD" >&2
  exit 1
fi

echo "Uploading the unikernel"
VDI=$(xe-unikernel-upload --path {kernel})
VM=$(xe vm-create name-label={name})
xe vm-param-set uuid="$VM" PV-bootloader=pygrub
NETWORK=$(xe network-list bridge=xenbr0 params=uuid --minimal)
xe vif-create vm-uuid="$VM" network-uuid="$NETWORK" device=0
VBD=$(xe vbd-create vm-uuid="$VM" vdi-uuid="$VDI" device=0)
xe vbd-param-set uuid="$VBD" bootable=true
xe vbd-param-set uuid="$VBD" other-config:owner=true
{disks}
echo "Starting $VM"
xe vm-start uuid="$VM"
"""
_XE_DISK = r"""
echo "Uploading a disk, device {number}"
SIZE=$(stat --format '%s' {image})
POOL=$(xe pool-list params=uuid --minimal)
SR=$(xe pool-list uuid="$POOL" params=default-SR --minimal)
VDI=$(xe vdi-create type=user name-label={image} virtual-size="$SIZE" sr-uuid="$SR")
xe vdi-import uuid="$VDI" filename={image}
VBD=$(xe vbd-create vm-uuid="$VM" vdi-uuid="$VDI" device={number})
xe vbd-param-set uuid="$VBD" other-config:owner=true
"""


def files(info: Info) -> Mapping[str, str | File]:
    """Return NAME.xl, NAME.xl.in, NAME.xe and NAME_libvirt.xml."""
    images = [disk.image for disk in info.all(Disk)]
    networks = [info.get(each.interface) for each in info.all(Interface)]
    on = bridges(len(networks))
    name, kernel = info.output, f"{info.output}.xen"
    return {
        f"{name}.xl": _xl(name, kernel, str(MEMORY_MIB), images, on),
        f"{name}.xl.in": _xl(
            "@NAME@", "@KERNEL@", "@MEMORY@", [f"@BLOCK:{i}@" for i in images], [f"@NETWORK:{n}@" for n in networks]
        ),
        f"{name}.xe": File(_xe(name, kernel, images), executable=True),
        libvirt.name(info): libvirt.xen(info, on),
    }


def check(info: Info) -> None:
    """Refuse names that xl's configuration or a libvirt domain cannot express. Raises InvalidName."""
    libvirt.check(info)
    for name in (info.output, *(disk.image for disk in info.all(Disk))):
        xl_string(name)
    for each in info.all(Interface):
        xl_string(info.get(each.interface))


def _xl(name: str, kernel: str, memory: str, disks: list[str], bridges: list[str]) -> str:
    """Return a configuration of xl."""
    return (
        f"{header('#')}\nname = {xl_string(name)}\nkernel = {xl_string(kernel)}\nbuilder = 'linux'\nmemory = {memory}\n"
        f"on_crash = 'preserve'\n\n{xl_disks(disks)}\n"
        '# Open vSwitch: set vif.default.script="vif-openvswitch" in /etc/xen/xl.conf,\n'
        f"# or write script=vif-openvswitch, before bridge= below.\n{xl_networks(bridges)}"
    )


def _xe(name: str, kernel: str, images: list[str]) -> str:
    disks = "".join(_XE_DISK.format(number=number, image=quote.sh(image)) for number, image in enumerate(images, 1))
    return _XE.format(head=header("#"), name=quote.sh(name), kernel=quote.sh(kernel), disks=disks)

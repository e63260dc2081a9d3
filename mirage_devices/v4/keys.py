"""Keys of MirageOS 4.11, which only exist when configuring."""

from __future__ import annotations

from typing import TypeVar

from functoria import Key, arg
from functoria.converter import Converter
from mirage_devices.v4.arguments import group_of
from mirage_devices.v4.targets import MIRAGE, REGISTER

T = TypeVar("T")
UNIKERNEL = "UNIKERNEL PARAMETERS"
"""The section of the help page with the keys of devices."""

OVERLAYS = (
    "opam-overlays:https://github.com/dune-universe/opam-overlays.git",
    "mirage-overlays:https://github.com/dune-universe/mirage-opam-overlays.git",
)
"""Repositories with versions of packages that dune can build, unlike many releases."""


def _name_and_url(text: str) -> str:
    name, _, url = text.partition(":")
    if not name or not url or any(char.isspace() for char in text):
        raise ValueError("a name and a URL, joined by a colon")
    return text


repository = arg.custom("NAME:URL", runtime="Cmdliner.Arg.string", parse=_name_and_url, literal=repr, instance=str)
"""An opam repository, as NAME:URL."""

extra_repos: Key[tuple[str, ...]] = Key.opt(
    "extra-repos",
    arg.list(repository),
    default=OVERLAYS,
    docs=MIRAGE,
    docv="NAME1:URL1,NAME2:URL2",
    env="MIRAGE_EXTRA_REPOS",
    stage="configure",
    doc="Overlay repositories to lock the unikernel's packages with.",
    registered_by=REGISTER,
)
"""Overlay repositories to lock the unikernel's packages with."""

no_extra_repo: Key[bool] = Key.flag(
    "no-extra-repo",
    docs=MIRAGE,
    stage="configure",
    doc="Lock the unikernel's packages without overlay repositories.",
    registered_by=REGISTER,
)
"""Lock the unikernel's packages without overlay repositories."""

no_depext: Key[bool] = Key.flag(
    "no-depext",
    docs=MIRAGE,
    stage="configure",
    doc="Leave system packages to the user: make installs none.",
    registered_by=REGISTER,
)
"""Do not let make install system packages."""


def _grouped(name: str, group: str | None) -> str:
    before = group_of(group, f"the key {name}")
    return name if before is None else f"{before}-{name}"


def configure_key(name: str, converter: Converter[T], *, default: T, doc: str, group: str | None = None) -> Key[T]:
    """Make a key of your own among those of devices: NAME, or GROUP-NAME. Raises InvalidName and InvalidValue."""
    return Key.opt(
        _grouped(name, group),
        converter,
        default=default,
        docs=UNIKERNEL,
        docv=name.upper() if isinstance(name, str) else None,
        stage="configure",
        doc=doc,
    )


def configure_flag(name: str, *, doc: str, group: str | None = None) -> Key[bool]:
    """Make a flag of your own among the keys of devices: NAME, or GROUP-NAME. Raises InvalidName and InvalidValue."""
    return Key.flag(_grouped(name, group), docs=UNIKERNEL, stage="configure", doc=doc)


def kv_ro(*, group: str | None = None) -> Key[str]:
    """The way a directory is served: `crunch`, compiled into the unikernel, or `direct`, from the file system."""
    return Key.opt(
        _grouped("kv_ro", group),
        arg.enum(["crunch", "direct"]),
        default="crunch",
        docs=UNIKERNEL,
        docv="KV_RO",
        stage="configure",
        doc="How directories are served: crunch, compiled into the unikernel, or direct, from the file system.",
    )


def block(*, group: str | None = None) -> Key[str]:
    """The storage of a block device: `xenstore`, `file` or `ramdisk`."""
    return Key.opt(
        _grouped("block", group),
        arg.enum(["xenstore", "file", "ramdisk"]),
        default="ramdisk",
        docs=UNIKERNEL,
        docv="BLOCK_TYPE",
        stage="configure",
        doc="What block devices are over: a device of Xen (xenstore), a file, or memory (ramdisk).",
    )


def net(*, group: str | None = None) -> Key[str | None]:
    """The network stack: the host's (`host`, formerly `socket`), or OCaml's (`ocaml`, formerly `direct`)."""
    return Key.opt(
        _grouped("net", group),
        arg.some(arg.enum(["host", "socket", "direct", "ocaml"])),
        default=None,
        docs=UNIKERNEL,
        docv="NET",
        stage="configure",
        doc="Which network stack is used: host (once called socket), or ocaml (once called direct).",
    )


def no_dhcp(*, group: str | None = None) -> Key[bool]:
    """Whether DHCP is disabled."""
    return Key.flag(
        _grouped("no-dhcp", group), docs=UNIKERNEL, stage="configure", doc="Ask no server of DHCP for an address."
    )


def utcp(*, group: str | None = None) -> Key[bool]:
    """Whether TCP is µTCP."""
    return Key.flag(
        _grouped("utcp", group), docs=UNIKERNEL, stage="configure", doc="Use µTCP, another implementation of TCP."
    )


def disk_name(default: str = "docteur") -> Key[str]:
    """The name of a disk of docteur in the manifest."""
    return Key.opt(
        "disk-name", arg.string, default=default, stage="configure", doc="The name of the disk in the manifest."
    )


def disk_output(default: str = "disk.img") -> Key[str]:
    """The file of a disk of docteur."""
    return Key.opt("disk-output", arg.string, default=default, stage="configure", doc="The file that is the disk.")

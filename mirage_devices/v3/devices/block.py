"""Block devices: files, disks of Xen, memory, and images made of directories.

The rules for directories from which the build makes images are the same as for `crunch`: see [kv_ro](kv_ro.md).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from attr import frozen

from functoria import Impl, Info, Type, Value, arg, match_impl, package, quote
from functoria.beside import place
from functoria.sexp import Sexp
from mirage_devices.directories import made_of
from mirage_devices.guests import xenstore_id
from mirage_devices.refusal import unsupported
from mirage_devices.v3 import keys
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.images import directory, printed, slug, source
from mirage_devices.v3.devices.kv_ro import KvRo, kv_ro
from mirage_devices.v3.hardware import Disk
from mirage_devices.v3.targets import by_family, chosen, is_xen, target


class Block:
    """Label of `block` for type checkers."""


block: Type[Block] = Type("block")
"""A block device, which reads and writes sectors."""

_XEN = package("mirage-block-xen", min="1.5.0", max="2.0.0", sublibs=["front"])
FILE_PACKAGES = by_family(
    unix=(package("mirage-block-unix", min="2.5.0", max="3.0.0"),),
    xen=(_XEN,),
    solo5=(package("mirage-block-solo5", min="0.4.0", max="0.5.0"),),
)
"""The packages of a block device over a file."""


# The same files give the same archive, except for the times in it with the tar of BSD or macOS.
_TAR = r"""if tar --version | grep -q bsdtar; then set -- -s ',^\./,,' --uid 0 --gid 0
else set -- --transform='s,^\./,,' --mtime=@0 --mode=u=rw,go=r --owner=0 --group=0 --no-unquote; fi
find -L . -type f -print0 | LC_ALL=C sort -z | tar --format=ustar "$@" --numeric-owner -chf - --null -T -"""
"""Prints an archive of the files below the working directory, in a format that tar-mirage always read."""


class BlockFile(Disk[Block]):
    """A block device over the file `image`, a path relative to the directory in which the unikernel is started.

    On Xen it is identified by a number instead: its index, from 1, among the block devices over files (`Info.number`).
    """

    type = block
    module = "Block"
    name = "block"
    packages = FILE_PACKAGES

    def configure(self, info: Info) -> None:
        if not chosen.evaluate(info.get).block_devices:
            raise unsupported(
                self,
                f"block devices are not supported on the target {info.get(target)}: choose another with -t",
            )

    def claims(self, info: Info) -> Iterable[str]:
        yield f"block file {posixpath.normpath(self.image)}"
        if is_xen.evaluate(info.get):
            yield f"disk {self.disk(info)} of Xen"

    def disk(self, info: Info) -> int:
        """The id under which Xen has it."""
        return xenstore_id(info.number(self, Disk) + 1)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        where = str(self.disk(info)) if is_xen.evaluate(info.get) else self.image
        return f"{module}.connect {self.ocaml_string(where)}"


@frozen
class NamedFile(BlockFile):
    """A block device over an existing file."""

    image: str

    def sources(self, info: Info) -> Iterable[str]:
        """Return the file, so that a unikernel built elsewhere has a link to it if it is beside the configuration."""
        return (self.image,) if place(self.image) not in (None, ".") else ()


@frozen
class TarImage(BlockFile):
    """A block device over a tar archive of a directory, made by the build."""

    directory: str

    @property
    def image(self) -> str:
        """The name of the image: tar_block.img, with the directory's name."""
        return slug("tar_block", self.directory) + ".img"

    def sources(self, info: Info) -> Iterable[str]:
        return (source(self.directory),)

    def rules(self, info: Info) -> Iterable[Sexp]:
        """Make the archive with tar. Names in it are relative to the directory, like keys."""
        limits = f"tar made no archive of {self.directory}: it holds names of 100 bytes, in directories of 155"
        command = f"{_TAR} || {{ echo {quote.sh(limits)} >&2; exit 1; }}"
        action = printed("tar", "the system has a package of it", self.directory, command, info)
        yield from made_of(self.directory, self.image, action, info)


@frozen
class Xenstore(Device[Block]):
    """A disk of Xen, by its id in XenStore, a number or a name such as /dev/xvdi1."""

    id: str

    type = block
    module = "Block"
    name = "block"
    packages = (_XEN,)

    def configure(self, info: Info) -> None:
        if not is_xen.evaluate(info.get):
            raise unsupported(
                self,
                f"ids of XenStore name block devices on the targets xen and qubes only, not on {info.context['target']}",
            )

    def claims(self, info: Info) -> Iterable[str]:
        return (f"disk {self.id} of Xen",)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect {self.ocaml_string(self.id)}"


@frozen
class Ramdisk(Device[Block]):
    """A block device in memory, under a label."""

    label: str

    type = block
    module = "Ramdisk"
    packages = (package("mirage-block-ramdisk"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ~name:{self.ocaml_string(self.label)}"


class Archive(Device[Block, KvRo]):
    """A key/value store over a tar archive."""

    type = block >> kv_ro
    module = "Tar_mirage.Make_KV_RO"
    packages = (package("tar-mirage", min="0.9.0", max="0.10.0"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (device,) = self.expect(values, 1)
        return f"{module}.connect {device}"


def block_of_file(file: str) -> Impl[Block]:
    """The file `file`, a path relative to the directory in which the unikernel is started.

    On Xen it is the n-th such disk. Not available on muen.
    """
    return NamedFile(arg.string.accept(file, of="file of block_of_file"))


def block_of_xenstore_id(id: str) -> Impl[Block]:
    """The Xen disk with this id in XenStore, a number or a name. Only on xen and qubes."""
    return Xenstore(arg.string.accept(id, of="id of block_of_xenstore_id"))


def ramdisk(name: str) -> Impl[Block]:
    """A block device in memory, empty when the unikernel starts."""
    return Ramdisk(arg.string.accept(name, of="name of ramdisk"))


def generic_block(name: str, group: str | None = None, key: Value[str] | None = None) -> Impl[Block]:
    """The block device selected by the key [GROUP-]block: xenstore (with the id `name`), file (with that path), or a ramdisk.

    `key` is a value to use instead of that key.
    """
    own = keys.block(group)
    choices = {"xenstore": block_of_xenstore_id(name), "file": block_of_file(name)}
    return match_impl(
        own.value if key is None else key, choices, default=ramdisk(name), keys=[own] if key is None else []
    )


def archive(block: Impl[Block]) -> Impl[KvRo]:
    """A key/value store over `block`, which contains a tar archive."""
    return Archive() @ block


def archive_of_files(dir: str = ".") -> Impl[KvRo]:
    """A key/value store over a tar archive of the directory `dir` of the project, made by the build.

    Keys are relative to `dir`. Names of files are limited to 100 bytes, and those of their directories to 155; otherwise
    the build stops. With GNU tar the same files always give the same archive. Raises InvalidValue for an empty name.
    """
    return archive(TarImage(directory(dir, "archive_of_files")))

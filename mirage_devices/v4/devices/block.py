"""Block devices: disks."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from attr import frozen

from functoria import Impl, Info, Type, Value, match_impl
from functoria.errors import InvalidValue
from functoria.printable import worded
from mirage_devices.guests import xenstore_id
from mirage_devices.refusal import unsupported
from mirage_devices.v4 import keys, runtime_args
from mirage_devices.v4.arguments import beside, text_of
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.disk import Disk
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg
from mirage_devices.v4.targets import by_family, chosen, is_xen, target


class Block:
    """Label of `block` for type checkers."""


block: Type[Block] = Type("block")
"""A block device, to read and write by sectors."""

_XEN = package("mirage-block-xen", compatible="2.1.0", sublibs=["front"])


@frozen
class BlockFile(Disk[Block]):
    """A block device over a file. Hypervisors identify it by the file's name, Xen by a number."""

    file: str

    type = block
    module = "Block"
    name = "block"
    own_packages = by_family(
        unix=(package("mirage-block-unix", compatible="2.12.0"),),
        solo5=(package("mirage-block-solo5", compatible="0.8.0"),),
        xen=(_XEN,),
        unikraft=(package("mirage-block-unikraft", compatible="1.0.0"),),
    )

    def configure(self, info: Info) -> None:
        if not chosen.evaluate(info.get).block_devices:
            raise unsupported(
                self,
                f"block devices are not supported on the target {info.get(target)}: choose another with -t",
            )

    def claims(self, info: Info) -> Iterable[str]:
        return (f"block file {posixpath.normpath(self.file)}",)

    def sources(self, info: Info) -> Iterable[str]:
        """Return the file, so that a unikernel built elsewhere has a link to it if it is beside the configuration."""
        return beside(self.file)

    def disk(self, info: Info) -> str:
        """The file's name."""
        return self.file

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return a call of connect with the file's name, or on Xen the number."""
        self.expect(values, 0)
        where = str(xenstore_id(info.number(self, Disk) + 1)) if is_xen.evaluate(info.get) else self.file
        return f"{module}.connect {self.ocaml_string(where)}"


def block_of_file(file: str) -> Impl[Block]:
    """A block device over `file`, a path relative to the directory in which the unikernel is started."""
    return BlockFile(text_of(file, "file of block_of_file"))


@frozen
class XenstoreBlock(Device[Block]):
    """A Xen block device, by its id in XenStore."""

    id: str

    type = block
    module = "Block"
    name = "block"
    own_packages = (_XEN,)

    def configure(self, info: Info) -> None:
        if not is_xen.evaluate(info.get):
            raise unsupported(
                self,
                f"XenStore IDs are for the targets xen and qubes, not for {info.get(target)}: use block_of_file there",
            )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect {self.ocaml_string(self.id)}"


def block_of_xenstore_id(id: str) -> Impl[Block]:
    """The block device with this id in XenStore, on xen and qubes."""
    return XenstoreBlock(text_of(id, "id of block_of_xenstore_id"))


@frozen
class Ramdisk(Device[Block]):
    """A block device in memory."""

    label: str

    type = block
    module = "Ramdisk"
    name = "ramdisk"
    own_packages = (package("mirage-block-ramdisk"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ~name:{self.ocaml_string(self.label)}"


def ramdisk(name: str) -> Impl[Block]:
    """A block device in memory."""
    return Ramdisk(text_of(name, "name of ramdisk"))


def generic_block(name: str, *, group: str | None = None, key: Value[str] | None = None) -> Impl[Block]:
    """The block device `name` of the kind selected by the key [GROUP-]block: `xenstore`, `file` or `ramdisk`.

    `key` is a value to use instead of that key.
    """
    cases = {"xenstore": block_of_xenstore_id(name), "file": block_of_file(name)}
    kind = keys.block(group=group).value if key is None else key
    return match_impl(kind, cases, default=ramdisk(name))


@frozen
class CcmBlock(Device[Block, Block]):
    """A block device whose sectors are encrypted with AES-CCM."""

    key: RuntimeArg
    nonce_len: int | None

    type = block >> block
    module = "Block_ccm.Make"
    name = "ccm_block"
    own_packages = (package("mirage-block-ccm", compatible="2.0.0"),)

    @property
    def runtime_args(self) -> tuple[RuntimeArg]:
        """The runtime argument for the key, in hexadecimal."""
        return (self.key,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        device, key = self.expect(values, 2)
        nonce = "None" if self.nonce_len is None else f"(Some {self.nonce_len})"
        return (
            f"let key = match {key} with None -> raise (Invalid_argument __LOC__) | Some key -> key in\n"
            '  let key = if String.length key > 2 && String.sub key 0 2 = "0x" then '
            "String.sub key 2 (String.length key - 2) else key in\n"
            f"  {module}.connect ?nonce_len:{nonce} ~key:(Cstruct.of_hex key) {device}"
        )


def ccm_block(key: RuntimeArg, block: Impl[Block], *, nonce_len: int | None = None) -> Impl[Block]:
    """`block` with sectors encrypted by `key`, a runtime argument with an optional hexadecimal text.

    `nonce_len` is the length of the nonce in bytes. Raises InvalidValue if it is not a number.
    """
    if nonce_len is not None and (isinstance(nonce_len, bool) or not isinstance(nonce_len, int) or nonce_len < 0):
        raise InvalidValue(
            f"nonce_len of ccm_block must be a number of bytes, not {worded(nonce_len)}", objects=[nonce_len]
        )
    return CcmBlock(runtime_args.given(key, "key of ccm_block"), nonce_len) @ block

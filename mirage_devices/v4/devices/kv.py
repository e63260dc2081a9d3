"""Stores of keys and values, to read and to write.

`crunch` serves all files of a directory. For one of the project the rule is that of MirageOS 4.11. Where dune would hand on
another content than the directory has when the project is written (outside of the project, hidden directories, files called
`dune`), a rule lists the files in each build instead, and they are served exactly. Of the project's own directory `.`, or
one that contains it, the build's products and directories whose names begin with `.` or `_` are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVarTuple

from attr import frozen

from functoria import Impl, Info, Type, Value, match_impl, quote
from functoria.beside import place
from functoria.errors import InvalidValue
from functoria.printable import worded
from functoria.sexp import Verbatim
from mirage_devices.directories import entered, made_of
from mirage_devices.v4 import keys, runtime_args
from mirage_devices.v4.arguments import beside
from mirage_devices.v4.device import Connecting, Device
from mirage_devices.v4.devices.block import Block, block
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg
from mirage_devices.v4.targets import family

if TYPE_CHECKING:
    from functoria.sexp import Sexp


Ts = TypeVarTuple("Ts")


class KvRo:
    """Label of `kv_ro` for type checkers."""


class KvRw:
    """Label of `kv_rw` for type checkers."""


kv_ro: Type[KvRo] = Type("kv_ro")
"""A store of keys and values, to read."""
kv_rw: Type[KvRw] = Type("kv_rw")
"""A store of keys and values, to read and to write."""


def directory_named(name: str, what: str) -> str:
    """Return `name` if it is the path of a directory, the argument of `what`; raise InvalidValue otherwise."""
    if not isinstance(name, str) or not name or "\0" in name or "\n" in name:
        raise InvalidValue(f"{what} serves a directory, and {worded(name)} is not the path of one", objects=[name])
    return name


@frozen
class Crunch(Device[KvRo]):
    """A directory that is compiled into the unikernel."""

    directory: str

    type = kv_ro
    own_packages = (package("mirage-kv-mem", compatible="4.0.0"), package("crunch", compatible="4.0.0", build=True))

    @property
    def module(self) -> str:
        """The module that ocaml-crunch makes, and its file: Static_, and the directory's name."""
        kept = (char if char.isascii() and char.isalnum() else "_" for char in self.directory.lower())
        return f"Static_{''.join(kept)}"

    @property
    def name(self) -> str:
        """The module's name in lower case."""
        return self.module.lower()

    def _exactly(self, info: Info) -> bool:
        """Whether a rule on dune's source tree would serve other contents than the directory has."""
        where = place(self.directory)
        outside = where is None or where == "." or any(part[0] in "._" for part in PurePosixPath(where).parts)
        return outside or self.directory.rstrip("/") in info.beside.unlike

    def sources(self, info: Info) -> Iterable[str]:
        return (self.directory.rstrip("/") + "/" * self._exactly(info),)

    def rules(self, info: Info) -> Iterable[Sexp]:
        """Make the module with ocaml-crunch: from dune's source tree, or from the directory itself where that differs."""
        name = f"{self.module}.ml"
        if self._exactly(info):
            yield from made_of(self.directory, name, _printed(self.directory, info), info, promote=False)
            return
        yield (
            "rule",
            ("targets", name, f"{name}i"),
            ("deps", ("source_tree", self.directory)),
            ("action", ("run", "ocaml-crunch", "-o", name, self.directory)),
        )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ()"


def _printed(directory: str, info: Info) -> Sexp:
    """Return the action that prints the module; dune finds or builds ocaml-crunch for the building machine."""
    tool = 'set -e\ntool="TOOL"\ncase $tool in\n/*) ;;\n*) tool=$(pwd)/$tool ;;\nesac'
    script = quote.dune(f'{tool}\n{entered(directory, info)}\n"$tool" -m lwt .')
    return (
        "with-stdout-to",
        Verbatim("%{targets}"),
        ("system", Verbatim(script.replace("TOOL", "%{bin:ocaml-crunch}", 1))),
    )


def crunch(directory: str) -> Impl[KvRo]:
    """The files in `directory`, compiled into the unikernel."""
    return Crunch(directory_named(directory, "crunch"))


class Direct(Device[*Ts]):
    """A directory of the file system, the field `directory`."""

    directory: str

    module = "Mirage_kv_unix"
    own_packages = (package("mirage-kv-unix", compatible="2.1.0"),)

    def sources(self, info: Info) -> Iterable[str]:
        """Return the directory, so that a unikernel built elsewhere has a link to it if it is beside the configuration."""
        return beside(self.directory)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect {self.ocaml_string(self.directory)}"


@frozen
class DirectKvRo(Direct[KvRo]):
    """A directory of the file system, to read."""

    directory: str

    type = kv_ro
    name = "kv_ro"


@frozen
class DirectKvRw(Direct[KvRw]):
    """A directory of the file system, to write too."""

    directory: str

    type = kv_rw
    name = "kv_rw"


def direct_kv_ro(directory: str) -> Impl[KvRo]:
    """The files in `directory`: of the file system on unix, macosx and Unikraft, compiled into the unikernel elsewhere."""
    direct = DirectKvRo(directory_named(directory, "direct_kv_ro"))
    return match_impl(family, {"unix": direct, "unikraft": direct}, default=crunch(directory))


def generic_kv_ro(directory: str, *, group: str | None = None, key: Value[str] | None = None) -> Impl[KvRo]:
    """The files in `directory`, as selected by the key [GROUP-]kv_ro, `crunch` or `direct`, or by the value `key`."""
    kind = keys.kv_ro(group=group).value if key is None else key
    return match_impl(kind, {"crunch": crunch(directory)}, default=direct_kv_ro(directory))


def direct_kv_rw(directory: str) -> Impl[KvRw]:
    """The files in `directory` of the file system, to write too."""
    return DirectKvRw(directory_named(directory, "direct_kv_rw"))


@frozen
class MemoryKvRw(Device[KvRw]):
    """A store in memory, empty at first."""

    type = kv_rw
    module = "Mirage_kv_mem"
    name = "kv_rw"
    own_packages = (package("mirage-kv-mem", compatible="3.0.0"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ()"


def kv_rw_mem() -> Impl[KvRw]:
    """A store in memory, empty at first."""
    return MemoryKvRw()


@frozen
class TarKvRo(Connecting[Block, KvRo]):
    """A tar archive on a block device."""

    type = block >> kv_ro
    module = "Tar_mirage.Make_KV_RO"
    name = "tar_kv_ro"
    own_packages = (package("tar-mirage", min="1.0.0", max="4.0.0"),)


@frozen
class TarKvRw(Connecting[Block, KvRw]):
    """A tar archive on a block device, to append to."""

    type = block >> kv_rw
    module = "Tar_mirage.Make_KV_RW"
    name = "tar_kv_rw"
    own_packages = (package("tar-mirage", min="2.2.0", max="4.0.0"),)


@frozen
class FatRo(Connecting[Block, KvRo]):
    """A FAT file system on a block device."""

    type = block >> kv_ro
    module = "Fat.KV_RO"
    name = "fat_ro"
    own_packages = (package("fat-filesystem", compatible="0.15.0"),)


def tar_kv_ro(block: Impl[Block]) -> Impl[KvRo]:
    """The tar archive on `block`."""
    return TarKvRo() @ block


def tar_kv_rw(block: Impl[Block]) -> Impl[KvRw]:
    """The tar archive on `block`, to append to."""
    return TarKvRw() @ block


def fat_ro(block: Impl[Block]) -> Impl[KvRo]:
    """The FAT file system on `block`."""
    return FatRo() @ block


@frozen
class Chamelon(Device[Block, KvRw]):
    """A littlefs file system on a block device."""

    program_block_size: RuntimeArg

    type = block >> kv_rw
    module = "Kv.Make"
    name = "chamelon"
    own_packages = (package("chamelon", min="0.0.8", sublibs=["kv"]),)

    @property
    def runtime_args(self) -> tuple[RuntimeArg]:
        return (self.program_block_size,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        device, size = self.expect(values, 2)
        return (
            f"{module}.connect ~program_block_size:{size} {device}\n"
            f'  >|= Result.map_error (Fmt.str "%a" {module}.pp_error)\n  >|= Result.fold ~ok:Fun.id ~error:failwith'
        )


def chamelon(block: Impl[Block], *, program_block_size: RuntimeArg) -> Impl[KvRw]:
    """The littlefs file system on `block`, which writes `program_block_size` bytes at once."""
    return Chamelon(runtime_args.given(program_block_size, "program_block_size of chamelon")) @ block

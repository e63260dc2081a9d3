"""Read-only key/value stores.

For `crunch`, `archive_of_files` and `fat_of_files`, the build makes an image of all files in a directory, and makes it again
when one of them changes:

- The path of the directory is relative to the configuration, possibly with `..`, or absolute. Links are followed.
- dune ignores the directory: a file `dune` in it is served like any other, and so are hidden files.
- If it is the project's own directory `.`, or one that contains the project, the build's products and directories whose names
  begin with `.` or `_`, such as `.git`, are left out.
- An empty directory is a store without files. If the directory does not exist, the build stops.

On Unix `direct_kv_ro` reads the directory itself, by a path relative to the directory in which the unikernel is started.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attr import frozen

from functoria import Impl, Info, Type, if_impl, package
from functoria.sexp import Sexp
from mirage_devices.directories import made_of
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.images import directory, printed, slug, source
from mirage_devices.v3.targets import is_unix


class KvRo:
    """Label of `kv_ro` for type checkers."""


kv_ro: Type[KvRo] = Type("kv_ro")
"""A read-only key/value store."""


@frozen
class Crunch(Device[KvRo]):
    """The files of a directory, as an OCaml module made by the build."""

    directory: str

    type = kv_ro
    packages = (
        package("io-page", min="2.0.0", max="3.0.0"),
        package("crunch", min="2.0.0", max="3.0.0", build=True),
    )

    @property
    def name(self) -> str:
        name = slug("static", self.directory)
        return "static_here" if name == "static" else name

    @property
    def module(self) -> str:
        return self.name.capitalize()

    def sources(self, info: Info) -> Iterable[str]:
        return (source(self.directory),)

    def rules(self, info: Info) -> Iterable[Sexp]:
        """Make the module with ocaml-crunch."""
        action = printed("ocaml-crunch", "opam install crunch", self.directory, "ocaml-crunch -m lwt .", info)
        yield from made_of(self.directory, f"{self.name}.ml", action, info, promote=False)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ()"


@frozen
class Direct(Device[KvRo]):
    """A directory of the host, relative to the one in which the unikernel is started."""

    directory: str

    type = kv_ro
    module = "Kvro_fs_unix"
    packages = (package("mirage-fs-unix", min="1.5.0", max="2.0.0"),)

    @property
    def name(self) -> str:
        return slug("direct", self.directory)

    def sources(self, info: Info) -> Iterable[str]:
        return (source(self.directory),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect {self.ocaml_string(self.directory)}"


def crunch(dir: str) -> Impl[KvRo]:
    """The files of the directory `dir` of the project, linked into the unikernel. Raises InvalidValue for an empty name."""
    return Crunch(directory(dir, "crunch"))


def direct_kv_ro(dir: str) -> Impl[KvRo]:
    """On Unix the directory `dir` itself, read at run time; on other targets `crunch`.

    A relative path starts in the directory in which the unikernel is started. Raises InvalidValue for an empty name.
    """
    return if_impl(is_unix, Direct(directory(dir, "direct_kv_ro")), crunch(dir))

"""Disks that docteur makes of a git repository or a directory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from attr import frozen

from functoria import Impl, Info, Key, match_impl
from functoria.device import list_of
from functoria.errors import InvalidValue
from functoria.printable import worded
from functoria.sexp import Verbatim
from mirage_devices.refusal import unsupported
from mirage_devices.v4 import keys, runtime_args
from mirage_devices.v4.arguments import text_of
from mirage_devices.v4.device import Device, Install
from mirage_devices.v4.devices.disk import Disk
from mirage_devices.v4.devices.kv import KvRo, kv_ro
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg
from mirage_devices.v4.targets import family

if TYPE_CHECKING:
    from functoria.sexp import Sexp

Mode = Literal["fast", "light"]


@frozen
class Docteur(Device[KvRo]):
    """A disk made by docteur from `remote`, read in one of two modes from a file."""

    remote: str
    mode: Mode
    output: Key[str]
    branch: str | None
    more: tuple[str, ...]
    analyze: RuntimeArg

    type = kv_ro
    name = "docteur"
    own_packages = (package("docteur-unix", min="0.0.6"),)
    library = "Docteur_unix"

    @property
    def runtime_args(self) -> tuple[RuntimeArg]:
        """The runtime argument for analysing the disk when it is opened."""
        return (self.analyze,)

    @property
    def module(self) -> str:
        return f"{self.library}.{self.mode.capitalize()}"

    @property
    def keys(self) -> tuple[Key[str], ...]:
        return (self.output,)

    def configure(self, info: Info) -> None:
        """Refuse a file in another folder, where no rule of dune can make it."""
        output = info.get(self.output)
        if "/" in output or not output.strip("."):
            raise unsupported(
                self,
                f"--{self.output.name} is {output!r}, but the disk is made in the folder of the project: "
                "give a name without folders",
            )

    def disk(self, info: Info) -> str:
        """Return the unikernel's name for the disk."""
        return info.get(self.output)

    def rules(self, info: Info) -> Iterable[Sexp]:
        """Make the disk with docteur.make, on the building machine."""
        output = info.get(self.output)
        tree: tuple[Sexp, ...] = ()
        if self.remote.startswith("relativize://"):
            tree = (("source_tree", self.remote.removeprefix("relativize://")),)
        elif self.remote.startswith("file://"):
            tree = (("source_tree", "/" + self.remote.removeprefix("file://").lstrip("/")),)
        branch = () if self.branch is None else ("-b", self.branch)
        return [
            (
                "rule",
                ("targets", output),
                ("enabled_if", ("=", Verbatim("%{context_name}"), Verbatim('"default"'))),
                ("deps", (Verbatim(":make"), Verbatim("%{bin:docteur.make}")), *self.more, *tree),
                ("action", ("run", Verbatim("%{make}"), self.remote, *branch, output)),
            )
        ]

    def install(self, info: Info) -> Install:
        """Return the disk."""
        return Install(etc=(info.get(self.output),))

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (analyze,) = self.expect(values, 1)
        return (
            "Lwt.map\n    (fun result -> Rresult.R.(failwith_error_msg\n"
            f'      (reword_error (fun error -> msgf "%a" {module}.pp_error error) result)))\n'
            f"    ({module}.connect ~analyze:{analyze} {self.ocaml_string(self.disk(info))})"
        )


@frozen
class Solo5Docteur(Docteur, Disk[KvRo]):
    """The same disk, read from a block device of a hypervisor that is named by a key."""

    disk_key: Key[str]

    own_packages = (package("docteur-solo5", min="0.0.6"),)
    library = "Docteur_solo5"

    @property
    def keys(self) -> tuple[Key[str], ...]:
        return (self.output, self.disk_key)

    def disk(self, info: Info) -> str:
        """The name of the device."""
        return info.get(self.disk_key)


def docteur(
    remote: str,
    *,
    mode: Mode = "fast",
    name: Key[str] | None = None,
    output: Key[str] | None = None,
    analyze: RuntimeArg = runtime_args.analyze,
    branch: str | None = None,
    extra_deps: Sequence[str] = (),
) -> Impl[KvRo]:
    """The files of `remote`: a git repository's URL, or a directory as `file://PATH` or `relativize://PATH`.

    The build makes a disk of them. `mode` is `fast` or `light`, which needs less memory. The key `output` names the disk's file,
    and `name` the hypervisor's device for it. `branch` is a git reference. `extra_deps` are files on which the disk depends. The
    runtime argument `analyze` is whether the disk is analysed when it is opened. Raises InvalidValue for invalid arguments.
    """
    text_of(remote, "remote of docteur")
    if branch is not None:
        text_of(branch, "branch of docteur")
    for key in (name, output):
        if key is not None and (not isinstance(key, Key) or not isinstance(key.default, (str, type(None)))):
            raise InvalidValue(f"name and output of docteur must be keys of text, not {worded(key)}", objects=[key])
    if mode not in ("fast", "light"):
        raise InvalidValue(f"the mode of docteur must be fast or light, not {worded(mode)}", objects=[mode])
    more = list_of(extra_deps, str, "extra_deps", "docteur")
    file = keys.disk_output() if output is None else output
    given = (remote, mode, file, branch, more, runtime_args.given(analyze, "analyze of docteur"))
    solo5 = Solo5Docteur(*given, keys.disk_name() if name is None else name)
    return match_impl(family, {"solo5": solo5, "xen": solo5}, default=Docteur(*given))

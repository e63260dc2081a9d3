"""The places and names of a unikernel's files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from attr import frozen

from mirage_devices.refusal import unsupported
from mirage_devices.v4.device import Install, installed
from mirage_devices.v4.targets import Target, target, target_named

if TYPE_CHECKING:
    from functoria import Info
    from functoria.device import AnyDevice
    from mirage_devices.v4.application import Mirage


@frozen(slots=False, eq=False)
class Layout:
    """The names of a unikernel's files for one target."""

    info: Info
    target: Target

    @classmethod
    def of(cls, info: Info) -> Layout:
        """Return the layout of the unikernel of `info`."""
        return cls(info, target_named(info.get(target)))

    @property
    def root(self) -> Mirage:
        """The root device of the unikernel."""
        return cast("Mirage", self.info.root)

    @property
    def package(self) -> str:
        """The name of its opam package."""
        return self.info.root.opam_name(self.info)

    @property
    def project(self) -> str:
        """The name of its dune project, in which dune allows no dots."""
        return (self.root.output or f"{self.info.title}-{self.target.name}").replace(".", "_")

    @property
    def image(self) -> str:
        """The file that is the unikernel."""
        return f"{self.info.output}{self.target.suffix}"

    @property
    def guest(self) -> tuple[str, ...]:
        """The files in the folder mirage from which tools of the hypervisor start the unikernel."""
        title = self.info.title
        names = {"xl": (f"{title}.xl", f"{title}.xl.in"), "libvirt": (f"{title}_libvirt.xml",)}
        return tuple(name for tool in self.target.started_by for name in names[tool])

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The generated files in the folder mirage that dune needs; each is copied beside the unikernel's own."""
        info = self.info
        named = [f"mirage/{info.root.executable(info)}.ml"]
        if self.target.manifest:
            named += ["mirage/manifest.json", "mirage/manifest.ml"]
        named += [f"mirage/{name}" for name in self.guest]
        named += [name for _, brought in info.brought for name in brought if name.startswith("mirage/")]
        return tuple(dict.fromkeys(named))

    @cached_property
    def libraries(self) -> tuple[str, ...]:
        """The libraries to link: those of all packages in order of name, then the unikernel's own, those of jobs first."""
        root = self.info.nodes[-1]
        jobs: Any = root.deps[len(root.device.init) :]
        local = [library for node in jobs for library in node.device.libraries]
        return tuple(dict.fromkeys([*self.info.libraries, *local, *self.info.local_libraries]))

    @cached_property
    def install(self) -> Install:
        """The files to install: the unikernel, then those of devices."""
        more = installed(self.info.nodes, self.info)
        _check(more, (self.image, *self.guest))
        programs = {self.image: self.image, **{built: name for _, each in more for built, name in each.bin}}
        etc = dict.fromkeys(name for _, each in more for name in each.etc)
        return Install(tuple(programs.items()), tuple(sorted({*(name for name in self.guest if ".xl" in name), *etc})))

    @property
    def promoted(self) -> tuple[tuple[str, str, str], ...]:
        """The files of dist: the name, the file that it is a copy of, and the dune context that makes it."""
        context = self.target.context
        programs = [(name, built, context) for built, name in self.install.bin]
        return (*programs, *((installed_name(path), path, "default") for path in self.install.etc))


def installed_name(path: str) -> str:
    """Return the name of an installed file, also in dist, because dune makes files only in the folder of their rule."""
    return PurePosixPath(path).name


def _check(installs: Sequence[tuple[AnyDevice, Install]], own: Sequence[str]) -> None:
    """Refuse files to install outside of the project, names with folders, and names used twice or by `own` files."""
    taken = {name.casefold(): f"a file {name} of the build" for name in (*own, "dune")}
    for device, install in installs:
        files = [*install.bin, *((path, installed_name(path)) for path in install.etc)]
        for path, name in files:
            parts = PurePosixPath(path)
            if parts.is_absolute() or ".." in parts.parts or not parts.name:
                raise unsupported(
                    device, f"{path!r} is installed, but is not a file below the project: name one that is"
                )
            if installed_name(name) != name:
                raise unsupported(
                    device, f"{path} is installed as {name!r}, which is not a plain name: leave folders out"
                )
            other = taken.setdefault(name.casefold(), path)
            if other != path:
                raise unsupported(device, f"{path} is installed as {name}, and so is {other}: give one another name")

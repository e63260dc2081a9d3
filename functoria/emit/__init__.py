"""The files that a plan consists of: a module per kind of file, each from plan to text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from functoria.emit import dune, key_gen, main_ml, makefile, opam
from functoria.emit.dune import stanzas
from functoria.errors import InvalidName
from functoria.graph.hooks import call, called, wrong
from functoria.graph.info import File
from functoria.quote import checked

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.graph.info import Info
    from functoria.plan.plan import Plan

__all__ = ["emit", "stanzas"]


def emit(plan: Plan) -> Mapping[str, File]:
    """All files of `plan`, by name. Raises DeviceError where devices fail, or two claim one file."""
    info, root = plan.info, plan.root.device
    files = {
        "main.ml": File(main_ml.text(plan)),
        "key_gen.ml": File(key_gen.text(plan)),
        "dune-project": File(dune.project(plan)),
        "dune": File(dune.text(plan.stanzas)),
        "Makefile": File(makefile.text(plan)),
        f"{root.opam_name(info)}.opam": File(opam.text(plan)),
    }
    owners: dict[str, Any] = dict.fromkeys(files, root)
    for node in dict.fromkeys(plan.devices):
        for name, made in _files(node.device, info):
            if files.setdefault(name, made) != made:
                raise wrong(
                    node.device,
                    f"two different files claim the name {name}: the second is of {type(node.device).__name__}",
                )
            owners.setdefault(name, node.device)
    _check_names(owners, [root.result(info), *plan.products], root)
    return files


def _check_names(owners: Mapping[str, AnyDevice], products: Sequence[str], root: AnyDevice) -> None:
    """Refuse names that are one file or stand in each other's way, and a product that would replace one of the files."""
    for name, device in (*owners.items(), *((name, root) for name in products)):
        path = PurePosixPath(name)
        if str(path) != name or not path.parts or path.is_absolute() or ".." in path.parts:
            raise _misnamed(device, f"{name!r} is no name for a file: write a plain path below the project", name)
        try:
            checked(name, language="the name of a file")
        except InvalidName as error:
            raise _misnamed(device, error.message, name) from None
        for parent in path.parents[:-1]:
            if str(parent) in owners:
                raise wrong(
                    device,
                    f"{name} of {called(device)} is inside of {parent}, which is a file: choose another name for one of them",
                )
    for name in products:
        if name in owners or name == "main.exe" or PurePosixPath(name).parts[0] == "_build":
            raise InvalidName(
                f"building would make {name}, which is a file of the project: choose another name", objects=[root, name]
            )


def _files(device: AnyDevice, info: Info) -> Iterator[tuple[str, File]]:
    found = call(device, "files", info)
    if not isinstance(found, Mapping):
        raise wrong(device, f"files of {called(device)} returned {found!r}, but must return a mapping")
    for name, file in found.items():
        made = File(file) if isinstance(file, str) else file
        if not isinstance(name, str) or not isinstance(made, File) or not isinstance(made.text, str):
            raise wrong(
                device,
                f"files of {called(device)} gave {file!r} for {name!r}, but a name goes with text or with a File",
            )
        try:
            text = checked(made.text, language=f"the file {name}", lines=True)
        except InvalidName as error:
            raise _misnamed(device, f"{name!r}: {error.message}", name) from None
        yield name, made._replace(text=text)


def _misnamed(device: AnyDevice, message: str, name: str) -> InvalidName:
    return InvalidName(f"{called(device)}: {message}", objects=[device, name], locations=[device.location])

"""The files that a plan consists of: a module per kind of file, each from plan to text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from functoria.emit import dune, key_gen, main_ml, makefile, opam
from functoria.errors import DeviceError
from functoria.information import File

if TYPE_CHECKING:
    from functoria.plan import Plan

__all__ = ["emit"]


def emit(plan: Plan) -> Mapping[str, File]:
    """All files of `plan`, by name. Raises DeviceError where devices fail, or two claim one file."""
    info, root = plan.info, plan.root.device
    files = {
        "main.ml": File(main_ml.text(plan)),
        "key_gen.ml": File(key_gen.text(plan)),
        "dune-project": File(dune.project(plan)),
        "dune": File(dune.text(plan)),
        "Makefile": File(makefile.text(plan)),
        f"{root.opam_name(info)}.opam": File(opam.text(plan)),
    }
    for node in dict.fromkeys(plan.devices):
        for name, file in node.device.files(info).items():
            made = file if isinstance(file, File) else File(file)
            if files.setdefault(name, made) != made:
                raise DeviceError(
                    f"two different files claim the name {name}: the second is of {type(node.device).__name__}",
                    objects=[node.device],
                    locations=[node.device.location],
                )
    return files

"""New projects, from the templates that catalogues of devices have for each release.

A template is a folder of files whose names end with `.tmpl`, in which `@NAME@` stands for the name of the unikernel,
`@PROGRAM@` for where building it puts the program, and `@LIBRARY@` for what pip installs this library by; `dot-` at the
beginning of a name stands for a dot. The folder `every` has files for all templates; a template's own file with the same name
is appended to that of `every`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from functoria.errors import ConfigError, FileConflict, InvalidName, WriteError
from functoria.installed import requirement
from functoria.names import LETTERS, WORD

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from functoria.ocaml.release import Release

_EVERY = "every"
_END = ".tmpl"
_MOST = 64
"""The maximal length of a name, which is part of the names of files and packages."""


def templates(release: Release) -> list[str]:
    """Return the names of the templates of `release`."""
    return sorted(each.name for each in _folder(release).iterdir() if each.is_dir() and each.name != _EVERY)


def checked_name(name: str) -> str:
    """Return `name` if it is valid for a unikernel and its directory. Raises InvalidName, with a suggestion."""
    allowed = WORD | {"-"}
    if name and len(name) <= _MOST and name[0] in LETTERS and allowed.issuperset(name):
        return name
    near = "".join(char if char in allowed else "-" for char in name).strip("-_0123456789")[:_MOST].rstrip("-")
    hint = f": such as {near}" if near else ""
    raise InvalidName(
        f"{name!r} is not a name for a unikernel: write letters, digits, - and _, beginning with a letter, {_MOST} at most{hint}",
        objects=[name],
    )


def make(name: str, directory: Path, release: Release, template: str) -> list[Path]:
    """Write a project for the unikernel `name` to `directory`, and return its files.

    The configuration is planned before anything is written, so that a name that the build cannot use is refused. Raises
    InvalidName, ConfigError for an unknown template, FileConflict if a file is there already, and WriteError.
    """
    checked_name(name)
    contents = _contents(name, release, template)
    there = [path for path in contents if os.path.lexists(directory / path)]
    if there or (os.path.lexists(directory) and not directory.is_dir()):
        what = directory / there[0] if there else directory
        raise FileConflict(
            f"{what} is there already: choose another directory, with -d, or move it away", objects=[what]
        )
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=directory.parent))
        try:
            _write(made, contents)
            program = _program(made / "config.py")
            _write(made, {path: text.replace("@PROGRAM@", program) for path, text in contents.items()})
            _move(made, directory, list(contents))
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise WriteError(f"cannot write {directory}: {error.strerror or error}", objects=[directory]) from error
    return [directory / path for path in contents]


def _folder(release: Release) -> Traversable:
    if not release.templates:
        raise ConfigError(f"{release} has no templates for new projects", objects=[release])
    return files(release.templates) / "templates"


def _contents(name: str, release: Release, template: str) -> dict[str, str]:
    """Return the files of a project, by their paths, sorted."""
    known = templates(release)
    if template not in known:
        from functoria.misspelling import instead

        raise ConfigError(f"{release} has no template {template}: {instead(template, known)}", objects=[template])
    found: dict[str, str] = {}
    for folder in (_EVERY, template):
        for path, text in _files(_folder(release) / folder):
            said = text.replace("@NAME@", name).replace("@LIBRARY@", requirement("testing"))
            found[path] = found.get(path, "") + said
    return dict(sorted(found.items()))


def _files(folder: Traversable) -> Iterator[tuple[str, str]]:
    left: list[tuple[str, Traversable]] = [("", folder)]
    while left:
        before, place = left.pop()
        for each in place.iterdir():
            name = f"{before}{'.' + each.name[4:] if each.name.startswith('dot-') else each.name}"
            if each.is_dir():
                left.append((f"{name}/", each))
            elif name.endswith(_END):
                yield name.removesuffix(_END), each.read_text(encoding="utf-8")


def _write(directory: Path, contents: dict[str, str]) -> None:
    for path, text in contents.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")


def _program(config: Path) -> str:
    """Plan the configuration, and return where its build puts the program. Raises InvalidName for a name that it cannot use."""
    from functoria.loading.configuration import load

    try:
        plan = load(config).plan()
        plan.files()
        return str(plan.root.device.result(plan.info))
    except InvalidName as error:
        raise InvalidName(f"the unikernel cannot have that name: {error.message}", objects=error.objects) from None
    finally:
        shutil.rmtree(config.parent / "__pycache__", ignore_errors=True)


def _move(made: Path, directory: Path, paths: Sequence[str]) -> None:
    """Move the files at `paths` to `directory`, all at once if there is no such directory yet."""
    if not directory.exists():
        made.chmod(0o777 & ~_mask())
        made.rename(directory)
        return
    done: list[Path] = []
    try:
        for path in paths:
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            os.link(made / path, directory / path)  # unlike a rename, a link never replaces a file
            done.append(directory / path)
    except OSError:
        for each in done:
            each.unlink(missing_ok=True)
        raise


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""A directory that a plan is written to: what would change there, writing, and removing what was written."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

from attrs import frozen

from functoria.errors import FileConflict, InvalidName, WriteError
from functoria.hook import called, iterated, wrong
from functoria.quote import checked
from functoria.state import NAME as STATE
from functoria.state import State, choices, fingerprint
from functoria.transaction import ASIDE, Step, commit, link_mark, locked, mark_of, recover

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.information import Info
    from functoria.plan import Plan

_SOURCES = (".ml", ".mli", ".mll", ".mly", ".c", ".h")


class Change(NamedTuple):
    """What writing would do to one file. `before` and `after` are its text, None for no text file."""

    kind: Literal["create", "replace", "remove"]
    name: str
    before: str | None
    after: str | None
    conflict: bool
    """Whether the file is not one that was written, or was edited since: only `force` changes it."""

    def lines(self) -> Iterator[str]:
        """The change line by line, as `diff -u` writes it."""
        before, after = ((text or "").splitlines(keepends=True) for text in (self.before, self.after))
        return difflib.unified_diff(before, after, f"{self.name} now", f"{self.name} then")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (" (not as it was written)" if self.conflict else "")


@frozen
class Project:
    """The directory of a configured unikernel."""

    directory: Path

    def diff(self, plan: Plan, *, sources: Path | None = None) -> list[Change]:
        """What writing `plan` would change. Nothing is touched."""
        written = State.load(self.directory)
        return [self._change(step, written) for step in self._steps(plan, sources, written) if step.name != STATE]

    def write(
        self, plan: Plan, *, sources: Path | None = None, config: Path | None = None, force: bool = False
    ) -> list[Path]:
        """Write `plan`: see `Plan.write`. `config` is the configuration file, for `functoria build` to find again."""
        self._links(plan, sources, plan.contents)  # whatever fails, fails before the directory is touched
        with locked(self.directory):
            edited = recover(self.directory)
            written = self._state(force)
            steps = self._steps(plan, sources, written, config)
            if written is None and not force:
                self._refuse_result(plan)
            self._refuse(steps, written, edited, force)
            if not steps:
                return []
            commit(self.directory, steps)
        return [self.directory / step.name for step in steps if step.after is not None and step.name != STATE]

    def clean(self, *, force: bool = False) -> list[Path]:
        """Remove what was written, and return the paths removed. Raises FileConflict for a file edited since."""
        if not self.directory.is_dir():
            return []
        with locked(self.directory):
            edited = recover(self.directory)
            written = self._state(force)
            if written is None:
                return []
            marks = {name: mark_of(self.directory / name) for name in (*map(_checked, written.files), STATE)}
            steps = [Step(name, mark, None) for name, mark in marks.items() if mark not in (None, "directory")]
            self._refuse(steps, written, edited, force)
            commit(self.directory, steps)
            for parent in sorted({(self.directory / step.name).parent for step in steps}, reverse=True):
                if parent != self.directory and parent.is_dir() and not any(parent.iterdir()):
                    parent.rmdir()
        return [self.directory / step.name for step in steps if step.name != STATE]

    def _state(self, force: bool) -> State | None:
        try:
            return State.load(self.directory)
        except FileConflict:
            if not force:
                raise
            return None

    def _steps(self, plan: Plan, sources: Path | None, written: State | None, config: Path | None = None) -> list[Step]:
        """What differs from `plan` in the directory; the state file comes last."""
        steps: list[Step] = []
        marks: dict[str, str] = {}
        for name, file in plan.contents.items():
            content = file.text.encode()
            mark = marks[_checked(name)] = fingerprint(content, executable=file.executable)
            steps.append(Step(name, mark_of(self.directory / name), mark, content, file.executable))
        for name, target in self._links(plan, sources, marks).items():
            found, mark = mark_of(self.directory / name), link_mark(target)
            if found is not None and not found.startswith("link:"):
                continue
            marks[name] = mark
            steps.append(Step(name, found, mark, link=target))
        for name in written.files if written else ():
            if name not in marks:
                steps.append(Step(_checked(name), mark_of(self.directory / name), None))
        known = None if config is None else os.path.relpath(config, self.directory)
        if known is None and written is not None:
            known = written.config
        state = State(plan.app.title, known, plan.app.root.output, choices(plan), marks).text().encode()
        steps.append(Step(STATE, mark_of(self.directory / STATE), fingerprint(state), state))
        return [step for step in steps if step.before != step.after]

    def _links(self, plan: Plan, sources: Path | None, files: Iterable[str]) -> dict[str, str]:
        """Links to the unikernel's own modules in `sources`, where that is another directory."""
        if sources is None or not sources.is_dir() or _same(sources, self.directory):
            return {}
        beside = [path for path in sorted(sources.iterdir()) if not path.name.startswith((".", "_"))]
        names = [path.name for path in beside if path.suffix in _SOURCES and path.is_file()]
        for node in plan.devices:
            for name in _sources(node.device, plan.info):
                if _same(sources, sources / name):
                    names += [path.name for path in beside if not _inside(self.directory, path)]
                elif (sources / name).exists():
                    names.append(name)
        links: dict[str, str] = {}
        for name in sorted(dict.fromkeys(map(_plain, names)), key=lambda name: len(PurePosixPath(name).parts)):
            # What a directory that is linked holds is there already.
            if name not in files and not any(str(parent) in links for parent in PurePosixPath(name).parents):
                parent = (self.directory / _checked(name)).parent
                links[name] = os.path.relpath(os.path.realpath(sources / name), os.path.realpath(parent))
        return links

    def _refuse(self, steps: list[Step], written: State | None, edited: list[str], force: bool) -> None:
        for step in steps:
            for parent in (self.directory / step.name).parents:
                if parent == self.directory:
                    break
                if os.path.islink(parent) or (
                    os.path.lexists(parent) and not parent.is_dir() and step.after is not None
                ):
                    raise FileConflict(f"{parent} is no directory: move it away", objects=[step.name])
            if step.before == "directory":
                raise FileConflict(f"{self.directory / step.name} is a directory: move it away", objects=[step.name])
        names = [step.name for step in steps if self._conflicts(step, written)] + edited
        if names and not force:
            shown = ", ".join(str(self.directory / name) for name in dict.fromkeys(names))
            verb = "was" if len(names) == 1 else "were"
            raise FileConflict(
                f"{shown} {verb} not written by functoria, or edited since: move {'it' if len(names) == 1 else 'them'} "
                "away, or use --force",
                objects=names,
            )

    def _refuse_result(self, plan: Plan) -> None:
        """Refuse a directory where a file stands that building would replace."""
        result = str(plan.root.device.result(plan.info))
        if os.path.lexists(self.directory / result) and not (self.directory / "_build" / "default" / result).exists():
            raise FileConflict(
                f"{self.directory / result} is in the way of the unikernel, which building puts there: move it away, name the "
                "unikernel otherwise, or use --force",
                objects=[result],
            )

    def _conflicts(self, step: Step, written: State | None) -> bool:
        if step.before is None or step.name == STATE:
            return False
        return written is None or written.files.get(step.name) != step.before

    def _change(self, step: Step, written: State | None) -> Change:
        kind: Literal["create", "replace", "remove"] = "replace"
        if step.before is None or step.after is None:
            kind = "create" if step.before is None else "remove"
        path = self.directory / step.name
        before = path.read_bytes().decode(errors="replace") if path.is_file() else None
        after = step.content.decode() if step.content is not None else None
        return Change(kind, step.name, before, after, self._conflicts(step, written))


def _plain(name: str) -> str:
    return str(PurePosixPath(_checked(name)))


def _sources(device: AnyDevice, info: Info) -> Iterator[str]:
    for name in iterated(device, "sources", "paths", info):
        if not isinstance(name, str):
            raise wrong(device, f"sources of {called(device)} gave {name!r}, but must give paths as text")
        yield name


def _same(one: Path, two: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(two)


def _inside(one: Path, two: Path) -> bool:
    return Path(os.path.realpath(one)).is_relative_to(os.path.realpath(two))


def _checked(name: str) -> str:
    """`name`, if it is a path inside of the directory, and not one of this module's own."""
    path = PurePosixPath(checked(name, language="a file name"))
    if path.is_absolute() or ".." in path.parts or not path.parts or path.parts[0] in (STATE, ASIDE):
        raise InvalidName(f"{name!r} is no name for a file of the project", objects=[name])
    return name


def readable(directory: Path) -> State:
    """The state of a directory that was configured. Raises WriteError where it was not."""
    state = State.load(directory)
    if state is None:
        raise WriteError(f"{directory} is not configured: run functoria configure first", objects=[directory])
    return state

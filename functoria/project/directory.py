"""A directory that a plan is written to: what would change there, writing, and removing what was written."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

from attrs import field, frozen

from functoria.errors import FileConflict, InvalidName, WriteError
from functoria.graph.hooks import called, iterated, wrong
from functoria.project.state import NAME as STATE
from functoria.project.state import State, choices, fingerprint
from functoria.project.transaction import (
    DIRECTORY,
    SPECIAL,
    Step,
    View,
    above,
    commit,
    inside,
    link_mark,
    locked,
    recover,
)
from functoria.quote import checked

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.graph.info import Info
    from functoria.plan.plan import Plan

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


def _directory(path: Path | str) -> Path:
    try:
        if b"\0" not in os.fsencode(path):
            return Path(path)
    except (TypeError, ValueError):
        pass
    raise InvalidName(f"{path!r} is no path of a directory", objects=[path])


@frozen
class Project:
    """The directory of a configured unikernel. Raises InvalidName for what is no path."""

    directory: Path = field(converter=_directory)

    def diff(self, plan: Plan, *, sources: Path | None = None) -> list[Change]:
        """What writing `plan` would change. Nothing is touched."""
        if os.path.lexists(self.directory) and not self.directory.is_dir():
            raise WriteError(f"{self.directory} is no directory", objects=[self.directory])
        now = View(self.directory)
        written = State.read(now.path(STATE))
        steps = self._steps(plan, self._links(plan, sources), now, written)
        changes = [self._change(step, written, now) for step in steps if step.name != STATE]
        return changes + [Change("replace", name, None, None, True) for name in self._in_the_way(plan, written)]

    def write(
        self, plan: Plan, *, sources: Path | None = None, config: Path | None = None, force: bool = False
    ) -> list[Path]:
        """Write `plan`: see `Plan.write`. `config` is the configuration file, for `functoria build` to find again."""
        links = self._links(plan, sources)  # whatever fails, fails before the directory is touched
        with locked(self.directory):
            edited = recover(self.directory)
            written = self._state(force)
            steps = self._steps(plan, links, View(self.directory), written, config)
            for name in () if force else self._in_the_way(plan, written):
                raise FileConflict(
                    f"{self.directory / name} is in the way of what building puts there: move it away, have that named "
                    "otherwise, or use --force",
                    objects=[name],
                )
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
            view = View(self.directory)
            marks = {name: view.mark(name) for name in (*map(_checked, written.files), STATE)}
            steps = [Step(name, mark, None) for name, mark in marks.items() if mark not in (None, DIRECTORY, SPECIAL)]
            self._refuse(steps, written, edited, force)
            commit(self.directory, steps)
        return [self.directory / step.name for step in steps if step.name != STATE]

    def _state(self, force: bool) -> State | None:
        try:
            return State.load(self.directory)
        except FileConflict:
            if not force:
                raise
            return None

    def _steps(
        self, plan: Plan, links: Mapping[str, str], now: View, written: State | None, config: Path | None = None
    ) -> list[Step]:
        """What differs from `plan` in the directory: what goes, then what comes, the state file last."""
        coming: list[Step] = []
        names = {*map(_checked, plan.contents), *links}
        gone = [_checked(name) for name in (written.files if written else ()) if name not in names]
        then = now.without(gone)
        for name, file in plan.contents.items():
            content = file.text.encode()
            mark = fingerprint(content, executable=file.executable)
            coming.append(Step(name, then.mark(name), mark, content, file.executable))
        for name, target in links.items():
            found = then.mark(name)
            if found is None or found.startswith("link:"):
                coming.append(Step(name, found, link_mark(target), link=target))
            elif written is not None and name in written.files:
                gone.append(name)
        marks = {step.name: step.after for step in coming if step.after is not None}
        known = None if config is None else os.path.relpath(config, self.directory)
        if known is None and written is not None:
            known = written.config
        made = State(plan.app.title, known, plan.app.root.output, choices(plan), marks, sorted(plan.products))
        content = made.text().encode()
        coming.append(Step(STATE, now.mark(STATE), fingerprint(content), content))
        steps = [*(Step(name, now.mark(name), None) for name in gone), *coming]
        return [step for step in steps if step.before != step.after]

    def _in_the_way(self, plan: Plan, written: State | None) -> list[str]:
        """The files of others where building `plan` puts its own."""
        ours = () if written is None else (*written.products, *written.files)
        return [name for name in plan.products if name not in ours and os.path.lexists(self.directory / name)]

    def _links(self, plan: Plan, sources: Path | None) -> dict[str, str]:
        """Links to the unikernel's own modules in `sources`, where that is another directory.

        Raises FileConflict for a module, or for what a device reads, that has the name of a file to be made.
        """
        made = {*plan.contents, *plan.products}
        read = list(dict.fromkeys(_plain(name) for node in plan.devices for name in _sources(node.device, plan.info)))
        if sources is None or not sources.is_dir() or _same(sources, self.directory):
            return {}
        beside = [path for path in sorted(sources.iterdir()) if not path.name.startswith((".", "_"))]
        names = [path.name for path in beside if path.suffix in _SOURCES and path.is_file()]
        names += [name for name in read if name != "." and (sources / name).exists()]
        before = _made_in(sources)
        within = {parent for name in plan.products for parent in above(name)}
        for name in names:
            if (name in made and name not in before) or name in within:
                raise FileConflict(f"{sources / name} has the name of what is made: rename one of them", objects=[name])
        if "." in read:
            names += [path.name for path in beside if not _inside(self.directory, path)]
        links: dict[str, str] = {}
        for name in sorted(dict.fromkeys(names), key=lambda name: len(PurePosixPath(name).parts)):
            # What a directory that is linked holds is there already.
            if name not in made and links.keys().isdisjoint(above(name)):
                # No directory that a link is put in is itself a link, once what goes is gone.
                parent = os.path.join(os.path.realpath(self.directory), os.path.dirname(name))
                links[name] = os.path.relpath(os.path.realpath(sources / name), parent)
        return links

    def _refuse(self, steps: list[Step], written: State | None, edited: list[str], force: bool) -> None:
        gone = {step.name for step in steps if step.after is None}
        for step in steps:
            for parent in (self.directory / name for name in above(step.name) if name not in gone):
                if os.path.islink(parent) or (
                    os.path.lexists(parent) and not parent.is_dir() and step.after is not None
                ):
                    raise FileConflict(f"{parent} is no directory: move it away", objects=[step.name])
            if step.before in (DIRECTORY, SPECIAL):
                kind = "a directory" if step.before == DIRECTORY else "no file"
                raise FileConflict(f"{self.directory / step.name} is {kind}: move it away", objects=[step.name])
        names = [step.name for step in steps if self._conflicts(step, written)] + edited
        if names and not force:
            shown = ", ".join(str(self.directory / name) for name in dict.fromkeys(names))
            verb = "was" if len(names) == 1 else "were"
            raise FileConflict(
                f"{shown} {verb} not written by functoria, or edited since: move {'it' if len(names) == 1 else 'them'} "
                "away, or use --force",
                objects=names,
            )

    def _conflicts(self, step: Step, written: State | None) -> bool:
        if step.before is None or step.name == STATE:
            return False
        return written is None or written.files.get(step.name) != step.before

    def _change(self, step: Step, written: State | None, now: View) -> Change:
        kind: Literal["create", "replace", "remove"] = "replace"
        if step.before is None or step.after is None:
            kind = "create" if step.before is None else "remove"
        path = now.path(step.name)
        text = step.before is not None and not step.before.startswith("link:") and path.is_file()
        before = path.read_bytes().decode(errors="replace") if text else None
        after = step.content.decode() if step.content is not None else None
        return Change(kind, step.name, before, after, self._conflicts(step, written))


def _plain(name: str) -> str:
    """`name` in its shortest form: `.` for the directory itself."""
    return "." if str(PurePosixPath(name)) == "." else str(PurePosixPath(_checked(name)))


def _sources(device: AnyDevice, info: Info) -> Iterator[str]:
    for name in iterated(device, "sources", "paths", info):
        if not isinstance(name, str):
            raise wrong(device, f"sources of {called(device)} gave {name!r}, but must give paths as text")
        yield name


def _same(one: Path, two: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(two)


def _inside(one: Path, two: Path) -> bool:
    return Path(os.path.realpath(one)).is_relative_to(os.path.realpath(two))


def _made_in(directory: Path) -> tuple[str, ...]:
    """What was written to `directory`, and what building may have made there; nothing where it was not configured."""
    try:
        state = State.load(directory)
    except FileConflict:
        state = None
    return () if state is None else (*state.files, *state.products)


def _checked(name: str) -> str:
    """`name`, if it is a path inside of the directory, and not one of this module's own."""
    if not inside(checked(name, language="a file name")) or PurePosixPath(name).parts[0] == STATE:
        raise InvalidName(f"{name!r} is no name for a file of the project", objects=[name])
    return name


def readable(directory: Path) -> State:
    """The state of a directory that was configured. Raises WriteError where it was not."""
    state = State.load(directory)
    if state is None:
        raise WriteError(f"{directory} is not configured: run functoria configure first", objects=[directory])
    return state

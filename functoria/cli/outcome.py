"""The outcome of configuring a directory, and its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functoria.cli.colour import DIFF, Line, Piece
from functoria.cli.planning import TARGET
from functoria.errors import FunctoriaError
from functoria.names import WORD

if TYPE_CHECKING:
    from functoria.key import Key
    from functoria.plan.plan import Plan
    from functoria.project.directory import Change
    from functoria.project.state import State

_FEW = 4
_PLAIN = WORD | frozenset("./-")


class Outcome:
    """The outcome of configuring one directory, or of a dry run."""

    def __init__(
        self,
        plan: Plan,
        directory: Path,
        before: State | None,
        changes: Sequence[Change],
        removed: Sequence[Path] = (),
        kept: Sequence[Path] = (),
    ) -> None:
        from functoria.project.state import choices

        self.plan, self.directory, self.before = plan, directory, before
        self.changes, self.removed, self.kept = changes, removed, kept
        self.choices = choices(plan)
        """The values given for keys, by name."""
        self.changed = {} if before is None else self._changed(before.context)
        """The keys whose values differ from last time, each with both values as text."""

    def _changed(self, before: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None]]:
        both = {name: (before.get(name), self.choices.get(name)) for name in sorted({*before, *self.choices})}
        keys = {key.name: key for key in self.plan.keys}
        texts = {name: tuple(_text(self.plan, keys, name, given) for given in values) for name, values in both.items()}
        return {name: (one, two) for name, (one, two) in texts.items() if one != two}

    @property
    def forgotten(self) -> dict[str, Any]:
        """The values that were given last time, but are not now, if that makes a difference."""
        before = {} if self.before is None else self.before.context
        return {name: before[name] for name in self.changed if name in before and name not in self.choices}

    def to_data(self, *, lines: bool = False) -> dict[str, Any]:
        """Return the result as plain data; with `lines`, each file with its change as a unified diff."""
        return {
            "name": self.plan.app.title,
            "target": self.plan.values.get(TARGET),
            "directory": str(self.directory),
            "choices": dict(self.choices),
            "changed": {name: {"before": one, "after": two} for name, (one, two) in self.changed.items()},
            "forgotten": self.forgotten,
            "files": [
                {
                    "kind": each.kind,
                    "name": each.name,
                    "conflict": each.conflict,
                    **({"diff": "".join(each.lines())} if lines else {}),
                }
                for each in self.changes
            ],
        }


def _text(plan: Plan, keys: Mapping[str, Key[Any]], name: str, given: Any) -> str | None:
    """Return the text of the value `given` for a key, or of its default. `keys` are those of the plan, by name."""
    known = plan.app.keys_by_name.get(name)
    if known is None:
        return None if given is None else str(given)
    key = keys.get(name, known[0])
    try:
        value = key.default if given is None else key.accept(given)
        return None if value is None else key.printed(value)
    except FunctoriaError:  # the configuration has changed since
        return str(given)


def looked(done: Outcome, lines: bool, many: bool) -> Iterator[Line]:
    """Print what would change: the files, and with `lines` their contents."""
    if many:
        yield [Piece(f"{done.directory}:", "heading")]
    for change in done.changes:
        yield [Piece(str(change), {"create": "added", "remove": "removed"}.get(change.kind, "name"))]
        for line in change.lines() if lines else ():
            text = line.removesuffix("\n").expandtabs()
            yield [Piece(text, "heading" if text.startswith(("+++ ", "--- ")) else DIFF.get(text[:1], ""))]


def told(done: Outcome, verbose: int) -> Iterator[Line]:
    """Print what was done, what changed since last time, and the next command."""
    names = [change.name for change in done.changes if change.kind != "remove"]
    for name in names if verbose else ():
        yield [Piece(f"wrote {done.directory / name}")]
    for path in done.removed:
        yield [Piece(f"removed {path}")]
    target = done.plan.values.get(TARGET)
    what = f" for {target}" if target is not None else ""
    yield [
        Piece(done.plan.app.title, "heading"),
        Piece(f": configured{what} in "),
        Piece(str(_near(done.directory)), "place"),
        Piece(f" ({_counted(len(names), len(done.kept))})"),
    ]
    new = [f"{name} {_or_none(one)} → {_or_none(two)}" for name, (one, two) in done.changed.items()]
    if new:
        yield [Piece("  changed: ", "faint"), Piece(", ".join(new))]
    if done.before is not None and names:
        more = f" and {len(names) - _FEW} more: -v lists them" if len(names) > _FEW else ""
        yield [Piece("  files: ", "faint"), Piece(", ".join(names[:_FEW]) + more)]
    for name, value in done.forgotten.items():
        option = next((key.options[-1] for key in done.plan.app.keys_by_name.get(name, ())), f"--{name}")
        again = option if value is True else f"{option}={done.changed[name][0]}"
        yield [Piece("  forgotten: ", "warning"), Piece(f"{again} of last time; give it again to keep it")]
    near = _near(done.directory)
    where = "" if str(near) == "." else f" -b {_quoted(near)}"
    yield [Piece("  next: ", "faint"), Piece(f"functoria build{where}", "name")]


def _counted(written: int, kept: int) -> str:
    """Return how many files were written, and how many are unchanged, as text."""
    if not written:
        return f"{_files(kept)} unchanged"
    return f"{_files(written)} written" + (f", {kept} unchanged" if kept else "")


def _files(count: int) -> str:
    return f"{count} file{'s' * (count != 1)}"


def _near(directory: Path) -> Path:
    """Return the path from the working directory to one that is in it, and any other as it was given."""
    try:
        return directory.relative_to(Path.cwd()) if directory.is_absolute() else directory
    except (OSError, ValueError):  # it is elsewhere, or the working directory no longer exists
        return directory


def _or_none(text: str | None) -> str:
    return "none" if text is None or text == "" else text


def _quoted(path: Path) -> str:
    """Return the path as a word of a shell. `shlex` is imported only if something needs quoting, because that takes 0.4 ms."""
    text = str(path)
    if _PLAIN.issuperset(text):
        return text
    import shlex

    return shlex.quote(text)

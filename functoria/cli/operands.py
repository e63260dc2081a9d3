"""The command diff, which compares two targets, choices, configurations, or revisions of one."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from functoria.cli.colour import DIFF, Line, Piece
from functoria.cli.config import load
from functoria.cli.output import say_data, say_line
from functoria.cli.planning import CHANGED, TARGET, Chosen, aside
from functoria.errors import ConfigError
from functoria.misspelling import meant

if TYPE_CHECKING:
    from functoria.plan.app import App
    from functoria.plan.compare import Digest, Edit

_STYLES = {"add": ("+", "added"), "remove": ("-", "removed"), "change": ("~", "name")}


def diff(chosen: Chosen, *, one: str, two: str, as_json: bool, exit_code: bool, verbose: int) -> None:
    """Print the differences between two operands, as typed edits."""
    from functoria.plan.compare import compare

    edits = compare(_digest(chosen, one), _digest(chosen, two))
    if as_json:
        say_data({"before": one, "after": two, "edits": [each.to_data() for each in edits]})
    for each in () if as_json else edits:
        for line in _told(each, verbose):
            say_line(line)
    if not edits and not as_json:
        say_line([Piece(f"{one} and {two} are alike")])
    if edits and exit_code:
        raise click.exceptions.Exit(CHANGED)


def _told(edit: Edit, verbose: int) -> Iterator[Line]:
    sign, style = _STYLES[edit.kind]
    head = [Piece(f"{sign} {edit.what} ", style), Piece(edit.name, "name")]
    if edit.what != "file":
        text = {"add": edit.after, "remove": edit.before}.get(edit.kind)
        if edit.kind == "change":
            text = f"{edit.before or 'none'} → {edit.after or 'none'}"
        shown = "" if text == edit.name or not text else f": {text.removeprefix(f'{edit.name} ')}"
        yield [*head, Piece(shown)]
        return
    from difflib import unified_diff

    lines = list(unified_diff((edit.before or "").splitlines(), (edit.after or "").splitlines(), lineterm="", n=2))[2:]
    added, removed = (sum(line.startswith(start) for line in lines) for start in "+-")
    yield [*head, Piece(f": {added} lines more, {removed} less" if edit.kind == "change" else "")]
    for line in lines if verbose else ():
        yield [Piece(f"    {line.expandtabs()}", DIFF.get(line[:1], ""))]


def _digest(chosen: Chosen, operand: str) -> Digest:
    """Plan `operand`: a configuration, choices KEY=VALUE, a target, or a git revision, `REV` or `REV:CONFIG`."""
    from functoria.plan.compare import Digest

    path = Path(operand)
    if path.suffix in (".py", ".ml") and path.is_file():
        with aside():
            return Digest.of(load(path).plan(dict(chosen.context)))
    choices = _choices(chosen, operand)
    if choices is not None:
        with aside():
            return Digest.of(chosen.plan(**choices))
    with _revision(chosen, operand) as file, aside():
        return Digest.of(load(file).plan(dict(chosen.context)))


def _choices(chosen: Chosen, operand: str) -> dict[str, str] | None:
    """Return the choices in `operand`; None if it has another form."""
    known = chosen.app.keys_by_name
    if operand in [value for key in known.get(TARGET, ()) for value in key.converter.spellings]:
        return {TARGET: operand}
    pairs = [each.partition("=") for each in operand.split(",")]
    if not all(sign for _, sign, _ in pairs):
        return None
    return {name.removeprefix("--"): value for name, _, value in pairs}


@contextlib.contextmanager
def _revision(chosen: Chosen, operand: str) -> Iterator[Path]:
    """Load the configuration of a revision from a temporary directory with all its files."""
    name, _, inside = operand.partition(":")
    place = chosen.file.resolve().parent
    root = _git(place, "rev-parse", "--show-toplevel")
    commit = (
        None if root is None or name.startswith("-") else _git(place, "rev-parse", "--verify", f"{name}^{{commit}}")
    )
    if root is None or commit is None:
        keys = chosen.app.keys_by_name.get(TARGET, ())
        hint = meant(operand, [value for key in keys for value in key.converter.spellings])
        raise click.UsageError(
            f"{operand} is not a configuration, a target, a choice as KEY=VALUE, or a revision of git"
            + (f": {hint}" if hint else ": give one of these")
        )
    config = inside or os.path.relpath(chosen.file.resolve(), root)
    with tempfile.TemporaryDirectory(prefix="functoria-") as directory:
        archive = Path(directory) / "archive.tar"
        if _git(Path(root), "archive", f"--output={archive}", commit) is None:
            raise ConfigError(f"git cannot give the files of {operand}: look with git show {name}", objects=[operand])
        _unpack(archive, Path(directory) / "tree")
        file = Path(directory) / "tree" / config
        if not file.is_file():
            raise ConfigError(
                f"{config} is not in the revision {name}: name the file as {name}:PATH", objects=[operand]
            )
        yield file


def _unpack(archive: Path, directory: Path) -> None:
    import tarfile

    with tarfile.open(archive) as files:
        files.extractall(directory, filter="data")


def _git(directory: Path, *words: str) -> str | None:
    """Return git's output in `directory`; None if it fails or is not installed."""
    try:
        done = subprocess.run(["git", *words], cwd=directory, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def of_diff(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the targets, and the keys for choices, that begin with `incomplete`, for completion."""
    app: App | None = getattr(context.command, "app", None)
    known = {} if app is None else app.keys_by_name
    targets = [value for key in known.get(TARGET, ()) for value in key.converter.alternatives]
    return [word for word in (*targets, *(f"{name}=" for name in known)) if word.startswith(incomplete)]

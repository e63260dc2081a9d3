"""The command diff."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from functoria.cli.colour import DIFF, Line, Piece
from functoria.cli.listed import Listed, Part
from functoria.cli.output import say_data, say_line
from functoria.cli.planning import CHANGED, TARGET, Chosen, application, file_among, planning
from functoria.cli.rich_output import say_table
from functoria.cli.standard import EXIT_CODE, FILE, JSON, RELEASE, VERBOSE

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from functoria.plan.compare import Edit


def _make(arguments: Sequence[str]) -> click.Command:
    words: list[click.Parameter] = [
        click.Argument([name], metavar=metavar, shell_complete=_names) for name, metavar in (("one", "A"), ("two", "B"))
    ]
    own = [*words, FILE, RELEASE, EXIT_CODE, JSON, VERBOSE]
    help = (
        "Compare A and B. Each is a target, choices as KEY=VALUE,KEY=VALUE, a configuration, or a git revision of the "
        "configuration, such as HEAD~1."
    )
    return planning(arguments, "diff", help, own, _diff, instead=file_among(arguments))


def _names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the targets, and the keys for choices, that begin with `incomplete`, and files, for completion."""
    from click.shell_completion import CompletionItem

    app = application(context)
    known = {} if app is None else app.keys_by_name
    targets = [value for key in known.get(TARGET, ()) for value in key.converter.alternatives]
    words = [word for word in (*targets, *(f"{name}=" for name in known)) if word.startswith(incomplete)]
    return [*map(CompletionItem, words), CompletionItem(incomplete, type="file")]


_STYLES = {"add": ("+", "added"), "remove": ("-", "removed"), "change": ("~", "name")}


def _diff(chosen: Chosen, *, one: str, two: str, as_json: bool, exit_code: bool, verbose: int) -> None:
    """Print the differences between two operands, as typed edits."""
    from functoria.cli.operands import digest
    from functoria.plan.compare import compare

    edits = compare(digest(chosen, one), digest(chosen, two))
    if as_json:
        say_data({"before": one, "after": two, "edits": [each.to_data() for each in edits]})
    elif sys.stdout.isatty() and not verbose:
        say_table([_cells(each) for each in edits])
    else:
        for each in edits:
            for line in _told(each, verbose):
                say_line(line)
    if not edits and not as_json:
        say_line([Piece(f"{one} and {two} are alike")])
    if edits and exit_code:
        raise click.exceptions.Exit(CHANGED)


def _cells(edit: Edit) -> list[Line]:
    """Return the first line of the description of an edit, in columns."""
    what, name, *rest = next(_told(edit, 0))
    return [[what], [name], [piece._replace(text=piece.text.removeprefix(": ")) for piece in rest]]


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
    yield [*head, Piece(f": {added} line{'s' * (added != 1)} more, {removed} less" if edit.kind == "change" else "")]
    for line in lines if verbose else ():
        yield [Piece(f"    {line.expandtabs()}", DIFF.get(line[:1], ""))]


COMMAND = Listed(Part.ASK, "compare targets, choices, configurations or revisions", _make)

"""The command query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from functoria.cli.listed import Listed, Part
from functoria.cli.output import say, say_data, say_text
from functoria.cli.planning import TARGET, Chosen, application, aside, planning
from functoria.cli.standard import FILE, JSON, OUTPUT, RELEASE, VERBOSE
from functoria.errors import FunctoriaError
from functoria.plan.compare import printed

if TYPE_CHECKING:
    from functoria.plan.plan import Plan


def _make(arguments: Sequence[str]) -> click.Command:
    name = click.Argument(["name"], shell_complete=_names)
    help = f"Print one part of a plan: {', '.join(_always())}, or a file such as main.ml."
    return planning(arguments, "query", help, [name, FILE, RELEASE, OUTPUT, JSON, VERBOSE], _query)


def _names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the possible queries that begin with `incomplete`, for completion."""
    app = application(context)
    try:
        files = [] if app is None else list(app.plan().contents)
    except FunctoriaError:
        files = []
    return [name for name in (*_always(), *files) if name.startswith(incomplete)]


def _targets(chosen: Chosen) -> list[str]:
    from functoria.plan.conditions import plans

    keys = chosen.app.keys_by_name.get(TARGET, ())
    return [
        value
        for key in keys[:1]
        for value, _ in plans(chosen.app, dict(chosen.context), key, key.converter.alternatives)
    ]


_ANSWERS: dict[str, Callable[[Plan], Sequence[str]]] = {
    "name": lambda plan: [plan.app.title],
    "output": lambda plan: [plan.info.output],
    "target": lambda plan: [str(plan.values.get(TARGET, ""))],
    "packages": lambda plan: [str(each) for each in plan.packages],
    "libraries": lambda plan: plan.libraries,
    "devices": lambda plan: [node.module for node in plan.devices],
    "keys": lambda plan: [f"{key.name}={printed(plan, key)}" for key in plan.keys],
    "files": lambda plan: list(plan.contents),
    "opam": lambda plan: _lines(next(text for name, text in plan.files().items() if name.endswith(".opam"))),
    "graph": lambda plan: _lines(plan.draw("dot")),
}


def _always() -> tuple[str, ...]:
    """Return the queries that every configuration answers, in addition to the names of its files."""
    return (*_ANSWERS, "targets")


def _query(chosen: Chosen, *, name: str, as_json: bool, verbose: int) -> None:
    """Print one artefact of a configuration: its packages, the text of a file, …"""
    with aside():
        if name == "targets":
            lines: Sequence[str] = _targets(chosen)
        else:
            plan = chosen.plan()
            if name in _ANSWERS:
                lines = _ANSWERS[name](plan)
            elif (file := _file(plan, name)) is not None:
                lines = _lines(plan.contents[file].text)
            else:
                known = [*_always(), *plan.contents]
                from functoria.misspelling import meant

                there = f"there are {', '.join(known)}"
                raise click.UsageError(f"there is nothing called {name} to query: {meant(name, known) or there}")
    if as_json:
        say_data(list(lines))
    elif name == "opam" or name not in _always():
        say_text(lines)
    else:
        for line in lines:
            say(line)


def _file(plan: Plan, name: str) -> str | None:
    """Return the file with this name, or the only one with it in a directory, such as mirage/main.ml; None without one."""
    found = [file for file in plan.contents if file.rpartition("/")[2] == name]
    return name if name in plan.contents else found[0] if len(found) == 1 else None


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


COMMAND = Listed(Part.ASK, "print one part of a plan, such as packages or main.ml", _make)

"""The command describe."""

from __future__ import annotations

from collections.abc import Sequence

import click

from functoria.cli.listed import Listed, Part
from functoria.cli.output import say_data, say_lines
from functoria.cli.planning import Chosen, planning
from functoria.cli.standard import FILE, JSON, OUTPUT, RELEASE, VERBOSE


def _make(arguments: Sequence[str]) -> click.Command:
    why = click.Option(["--why"], metavar="PACKAGE", help="Say why the package is there, and what set its bounds.")
    own: list[click.Parameter] = [FILE, RELEASE, OUTPUT, why, JSON, VERBOSE]
    return planning(arguments, "describe", "Say what a configuration consists of.", own, _describe)


def _describe(chosen: Chosen, *, why: str | None, as_json: bool, verbose: int) -> None:
    from functoria.plan.describe import describe

    plan = chosen.plan()
    if why is not None:
        say_lines(str(plan.why(why)))
    elif as_json:
        say_data(plan.to_json())
    else:
        say_lines(describe(plan, verbose=verbose > 0))


COMMAND = Listed(Part.ASK, "say what a configuration consists of", _make)

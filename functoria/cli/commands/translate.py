"""The command translate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from functoria.cli.destination import Destination, check_new, write
from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command
from functoria.cli.output import say_lines
from functoria.cli.standard import RELEASE, VERBOSE, files


def _make(arguments: Sequence[str]) -> click.Command:
    params: list[click.Parameter] = [
        click.Argument(["config"], required=False, metavar="[FILE]", shell_complete=files),
        RELEASE,
        click.Option(
            ["-o", "--output", "output"],
            metavar="FILE",
            type=Destination(),
            help="The output file. Default: print it.",
        ),
        VERBOSE,
    ]
    return Command("translate", params=params, callback=_translate, help="Translate a config.ml to Python.")


def _translate(config: str | None, release: str | None, output: Path | None, verbose: int) -> None:
    from functoria.ocaml.translate import translate

    if output is not None:
        check_new(output)
    text = translate(Path(config or "config.ml"), release=release)
    if output is None:
        say_lines(text.rstrip("\n"))
    else:
        write(output, text)


COMMAND = Listed(Part.WRITE, "translate a config.ml to Python", _make)

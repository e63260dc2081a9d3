"""The command new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command
from functoria.cli.output import say
from functoria.cli.standard import VERBOSE, directories, versions


def _make(arguments: Sequence[str]) -> click.Command:
    params: list[click.Parameter] = [
        click.Argument(["name"], metavar="NAME"),
        click.Option(
            ["--release"],
            metavar="VERSION",
            shell_complete=versions,
            help="The release of MirageOS: 3.3 or 4.11. Default: the newest.",
        ),
        click.Option(
            ["--template"],
            metavar="KIND",
            shell_complete=_templates,
            default="hello",
            help="The template: hello, network, block or key-value. Default: hello.",
        ),
        click.Option(
            ["-d", "--directory", "directory"],
            metavar="DIR",
            shell_complete=directories,
            help="The output directory. Default: NAME.",
        ),
        VERBOSE,
    ]
    return Command("new", params=params, callback=_new, help="Create a project for a new unikernel.")


def _templates(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the templates, of all releases, that begin with `incomplete`, for completion."""
    from functoria.ocaml.release import releases
    from functoria.starter import templates

    return sorted({each for release in releases() for each in templates(release) if each.startswith(incomplete)})


def _new(name: str, release: str | None, template: str, directory: str | None, verbose: int) -> None:
    from functoria.ocaml.release import named, releases
    from functoria.starter import checked_name, make

    known = releases()
    chosen = known[0] if release is None else named(release, known)
    place = Path(directory or checked_name(name))
    for path in make(name, place, chosen, template):
        say(f"wrote {path}")
    say(f"{name}: a project for {chosen} in {place}")
    say(f"  next: cd {place}, pip install -r requirements.txt, pytest, functoria configure -t unix -b build")


COMMAND = Listed(Part.WRITE, "create a project for a new unikernel", _make)

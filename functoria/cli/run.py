"""Run the command that the command line names, and report its failure."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from itertools import pairwise

import click

from functoria.cli import colour
from functoria.cli.group import Commands, completes
from functoria.cli.options import COLOR, HELP, showing
from functoria.cli.output import complain, recorded, say_lines, trace
from functoria.errors import FunctoriaError, MissingKey
from functoria.interruption import Interrupted

FAULT = 70
"""The exit status for a fault of this program itself (EX_SOFTWARE in sysexits.h)."""


def run(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` name, and return the exit status.

    That is 2 for wrong usage, but 1 with `--exit-code`, where 2 means that something changes.
    """
    usage = 1 if "--exit-code" in arguments else 2
    verbose = sum(a.count("v") for a in arguments if a in ("-v", "-vv", "-vvv")) + list(arguments).count("--verbose")
    try:
        colour.choose(_colour_of(arguments))
        group = Commands([COLOR, _VERSION, _HELP])
        if completes(group):
            return 0
        if not arguments:
            say_lines(_overview())
            return 0
        if not _somewhere() and not _ASKING.issuperset(arguments):
            return complain("the working directory no longer exists: change to another one", 1)
        with recorded() if verbose > 1 else contextlib.nullcontext():
            status = group.main(list(arguments), prog_name="functoria", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        return complain(error.format_message(), usage)
    except (click.Abort, KeyboardInterrupt) as error:
        # After the terminal's ^C, like click.
        return complain("interrupted", 130, before="\n" if isinstance(error, KeyboardInterrupt) else "")
    except Interrupted as error:
        return complain("interrupted", 128 + error.number)
    except FunctoriaError as error:
        if verbose > 1:
            trace()
        return complain(error, usage if isinstance(error, MissingKey) else 1, verbose=verbose > 0)
    except OSError:
        raise
    except Exception as error:
        trace()
        return complain(f"{type(error).__name__}: {error}: this is a bug in functoria: please report it", FAULT)


def _somewhere() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _colour_of(arguments: Sequence[str]) -> str:
    """Return the value of `--color`, by default `auto`. Errors may have to be coloured before options are parsed."""
    said = [word.removeprefix("--color=") for word in arguments if word.startswith("--color=")]
    said += [following for word, following in pairwise(arguments) if word == "--color"]
    return said[-1] if said and said[-1] in colour.WHENS else "auto"


def _version(context: click.Context) -> str:
    from functoria import __version__

    return f"functoria {__version__}"


def _overview(context: click.Context | None = None) -> str:
    from functoria.cli.overview import overview

    return overview()


_ASKING = {"--version", "--help", "-h"}
_VERSION = showing(["--version"], _version, "Print the version and exit.")
_HELP = showing(HELP, _overview, "Show this message and exit.")

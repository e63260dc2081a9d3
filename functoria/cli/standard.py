"""Options shared by several commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from functoria.loading.configuration import default

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Request completion of file names from the shell."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def directories(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Request completion of directory names from the shell."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


def _named(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.UsageError(f"{parameter.opts[0]} expects a directory, not '': the one here is called .")
    return value


FILE = click.Option(
    ["-f", "--file", "file"],
    metavar="FILE",
    shell_complete=files,
    default=default,
    help="The configuration. Default: config.py, or config.ml where there is only that.",
)
BY_OPTION = "name one with -f FILE"
"""The remedy for a configuration that cannot be read, in commands with the option `-f`."""
RELEASE = click.Option(
    ["--release"], metavar="VERSION", help="The release that a config.ml is for, where it does not say: 3.3, or 4.11."
)
BUILD_DIR = click.Option(
    ["-b", "--build-dir", "build_dir"],
    metavar="DIR",
    shell_complete=directories,
    callback=_named,
    help="Where to write. Default: beside the configuration; of several targets build/TARGET.",
)
HERE = click.Option(
    ["-b", "--build-dir", "build_dir"],
    metavar="DIR",
    shell_complete=directories,
    default=".",
    callback=_named,
    help="Where it was configured. Default: here.",
)
"""The option for a configured build directory."""
CONFIGURED = click.Option(
    ["-f", "--file", "file"],
    metavar="FILE",
    shell_complete=files,
    help="The configuration. Default: the one that it was configured with.",
)
"""The option for the configuration, in the same commands."""
OUTPUT = click.Option(
    ["-o", "--output", "output"], metavar="NAME", help="What the image is called. Default: as registered."
)
VERBOSE = click.Option(["-v", "--verbose", "verbose"], count=True, help="Say more; twice: with tracebacks.")
FORCE = click.Option(["--force"], is_flag=True, help="Overwrite and remove files that were edited, or are not ours.")
EXIT_CODE = click.Option(
    ["--exit-code"], is_flag=True, help="End with status 2 where something changes, and with 0 where nothing does."
)
TIMEOUT = click.Option(
    ["--lock-timeout", "lock_timeout"],
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=60.0,
    help="How long to wait for another process that is writing there. Default: 60.",
)
JSON = click.Option(["--json", "as_json"], is_flag=True, help="As JSON.")

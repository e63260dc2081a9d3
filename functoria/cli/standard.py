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


def versions(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the versions of the releases that begin with `incomplete`, for completion."""
    from functoria.ocaml.release import releases

    found = (".".join(str(each.version).split(".")[:2]) for each in releases())  # as the help of the option writes them
    return [version for version in found if version.startswith(incomplete)]


def _named(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.UsageError(f"{parameter.opts[0]} expects a directory, not '': the one here is called .")
    return value


FILE = click.Option(
    ["-f", "--file", "file"],
    metavar="FILE",
    shell_complete=files,
    default=default,
    help="The configuration. Default: config.py, or config.ml if only that exists.",
)
BY_OPTION = "name one with -f FILE"
"""The remedy for a configuration that cannot be read, in commands with the option `-f`."""
RELEASE = click.Option(
    ["--release"],
    metavar="VERSION",
    shell_complete=versions,
    help="The release of a config.ml that does not name it: 3.3 or 4.11.",
)
BUILD_DIR = click.Option(
    ["-b", "--build-dir", "build_dir"],
    metavar="DIR",
    shell_complete=directories,
    callback=_named,
    help="The output directory. Default: that of the configuration; for several targets build/TARGET.",
)
HERE = click.Option(
    ["-b", "--build-dir", "build_dir"],
    metavar="DIR",
    shell_complete=directories,
    default=".",
    callback=_named,
    help="The configured directory. Default: the current one.",
)
"""The option for a configured build directory."""
CONFIGURED = click.Option(
    ["-f", "--file", "file"],
    metavar="FILE",
    shell_complete=files,
    help="The configuration. Default: the one used to configure.",
)
"""The option for the configuration, in the same commands."""
OUTPUT = click.Option(
    ["-o", "--output", "output"], metavar="NAME", help="The name of the image. Default: as registered."
)
VERBOSE = click.Option(["-v", "--verbose", "verbose"], count=True, help="Print more; twice: also tracebacks.")
FORCE = click.Option(["--force"], is_flag=True, help="Overwrite and remove files that were edited or not generated.")
EXIT_CODE = click.Option(
    ["--exit-code"],
    is_flag=True,
    help="End with status 0 if nothing changes, 2 if something does, and 1 for errors, also of usage.",
)
TIMEOUT = click.Option(
    ["--lock-timeout", "lock_timeout"],
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=60.0,
    help="How long to wait for another process that writes there. Default: 60.",
)
JSON = click.Option(["--json", "as_json"], is_flag=True, help="Print JSON.")

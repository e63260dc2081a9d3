"""The commands: configure, describe, why, query, diff, build, clean, audit and help."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import attrs
import click

from functoria.cli import colour
from functoria.cli.config import default, load
from functoria.cli.group import SHELLS, Commands, Listed, completes, script
from functoria.cli.options import COLOR as _COLOR
from functoria.cli.options import Command
from functoria.cli.output import complain, recorded, say, say_data, say_lines, say_text, trace
from functoria.cli.planning import Chosen, file_among, planning
from functoria.errors import FileConflict, FunctoriaError, MissingKey, WriteError
from functoria.interruption import Interrupted, unwinding
from functoria.plan.plan import Plan
from functoria.printable import shown

_FILE = click.Option(
    ["-f", "--file", "file"],
    metavar="FILE",
    default=default,
    help="The configuration. Default: config.py, or config.ml where there is only that.",
)
_RELEASE = click.Option(
    ["--release"], metavar="VERSION", help="The release that a config.ml is for, where it does not say: 3.3, or 4.11."
)


def _named(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.UsageError(f"{parameter.opts[0]} expects a directory, not '': the one here is called .")
    return value


_BUILD_DIR = click.Option(
    ["-b", "--build-dir", "build_dir"],
    metavar="DIR",
    callback=_named,
    help="Where to write. Default: beside the configuration; of several targets build/TARGET.",
)
_HERE = click.Option(
    ["-b", "--build-dir", "build_dir"],
    metavar="DIR",
    default=".",
    callback=_named,
    help="Where it was configured. Default: here.",
)
_CONFIGURED = click.Option(
    ["-f", "--file", "file"], metavar="FILE", help="The configuration. Default: the one that it was configured with."
)
_OUTPUT = click.Option(
    ["-o", "--output", "output"], metavar="NAME", help="What the image is called. Default: as registered."
)
_VERBOSE = click.Option(["-v", "--verbose", "verbose"], count=True, help="Say more; twice: with tracebacks.")
_FORCE = click.Option(["--force"], is_flag=True, help="Overwrite and remove files that were edited, or are not ours.")
_BUILT = click.Option(["--built"], is_flag=True, help="Remove only what building made, so that it can be built again.")
_DRY_RUN = click.Option(
    ["--dry-run"], is_flag=True, help="Say what would be written, and write nothing; with -v, line by line."
)
_DIFF = click.Option(["--diff"], is_flag=True, help="Show what would be written as a unified diff, and write nothing.")
_EXIT_CODE = click.Option(
    ["--exit-code"], is_flag=True, help="End with status 2 where something changes, and with 0 where nothing does."
)
_ALL_TARGETS = click.Option(
    ["--all-targets"], is_flag=True, help="Configure for each target that the configuration can be for."
)
_GOING = click.Option(["--dry-run"], is_flag=True, help="Say what would be removed, and remove nothing.")
_TIMEOUT = click.Option(
    ["--lock-timeout", "lock_timeout"],
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=60.0,
    help="How long to wait for another process that is writing there. Default: 60.",
)
_WHY = click.Option(["--why"], metavar="PACKAGE", help="Say why the package is there, and what set its bounds.")
_JSON = click.Option(["--json", "as_json"], is_flag=True, help="As JSON.")


FAULT = 70
"""The exit status for a fault of this program itself (EX_SOFTWARE in sysexits.h)."""


def run(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` name, and return the exit status."""
    verbose = sum(a.count("v") for a in arguments if a in ("-v", "-vv", "-vvv")) + list(arguments).count("--verbose")
    try:
        colour.choose(_colour_of(arguments))
        group = Commands(_COMMANDS, [_COLOR, _VERSION, _HELP])
        if completes(group):
            return 0
        if not arguments:
            say_lines(_OVERVIEW)
            return 0
        if not _somewhere() and not _ASKING.issuperset(arguments):
            return complain("the working directory is not there any more: change to one that is", 1)
        with recorded() if verbose > 1 else contextlib.nullcontext():
            status = group.main(list(arguments), prog_name="functoria", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        return complain(error.format_message(), 2)
    except (click.Abort, KeyboardInterrupt) as error:
        # After the terminal's ^C, like click.
        return complain("interrupted", 130, before="\n" if isinstance(error, KeyboardInterrupt) else "")
    except Interrupted as error:
        return complain("interrupted", 128 + error.number)
    except FunctoriaError as error:
        if verbose > 1:
            trace()
        return complain(error, 2 if isinstance(error, MissingKey) else 1, verbose=verbose > 0)
    except OSError:
        raise
    except Exception as error:
        trace()
        return complain(f"{type(error).__name__}: {error}: this is a fault of functoria, please report it", FAULT)


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


def _show(text: Callable[[], str]) -> Callable[[click.Context, click.Parameter, bool], None]:
    """Return the callback of an option that prints something and exits."""

    def show(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            say_lines(text())
            context.exit()

    return show


def _version() -> str:
    from functoria import __version__

    return f"functoria {__version__}"


_ASKING = {"--version", "--help", "-h"}
_VERSION = click.Option(
    ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_show(_version), help="Say the version."
)
_HELP = click.Option(
    ["-h", "--help"],
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show(lambda: _OVERVIEW),
    help="Show this message.",
)


def _configure(arguments: Sequence[str]) -> click.Command:
    import functoria.project.directory  # noqa: F401 # before the configuration runs: see functoria.garbage
    from functoria.cli.configure import configure

    own: list[click.Parameter] = [
        *(
            _FILE,
            _RELEASE,
            _BUILD_DIR,
            _ALL_TARGETS,
            _OUTPUT,
            _DRY_RUN,
            _DIFF,
            _EXIT_CODE,
            _JSON,
            _FORCE,
            _TIMEOUT,
            _VERBOSE,
        )
    ]
    help = "Write what OCaml needs to build a configuration. Several targets are written to a directory each."
    return planning(arguments, "configure", help, own, configure, several=True)


def _describe(arguments: Sequence[str]) -> click.Command:
    own: list[click.Parameter] = [_FILE, _RELEASE, _OUTPUT, _WHY, _JSON, _VERBOSE]
    return planning(arguments, "describe", "Say what a configuration consists of.", own, _do_describe)


def _do_describe(chosen: Chosen, *, why: str | None, as_json: bool, verbose: int) -> None:
    from functoria.plan.describe import describe

    plan = chosen.plan()
    if why is not None:
        say_lines(str(plan.why(why)))
    elif as_json:
        say_data(plan.to_json())
    else:
        say_lines(describe(plan, verbose=verbose > 0))


def _why(arguments: Sequence[str]) -> click.Command:
    from functoria.cli.answers import of_why, why

    own: list[click.Parameter] = [click.Argument(["name"], shell_complete=of_why), _FILE, _RELEASE, _JSON, _VERBOSE]
    help = "Say why a package, a device or a key is there, what set its bounds, and with which choices it is there."
    return planning(arguments, "why", help, own, why)


def _query(arguments: Sequence[str]) -> click.Command:
    from functoria.cli.answers import names_of_answers, of_query, query

    own: list[click.Parameter] = [
        click.Argument(["name"], shell_complete=of_query),
        _FILE,
        _RELEASE,
        _OUTPUT,
        _JSON,
        _VERBOSE,
    ]
    help = f"Print one thing that a configuration has: {', '.join(names_of_answers())}, or a file such as main.ml."
    return planning(arguments, "query", help, own, query)


def _diff(arguments: Sequence[str]) -> click.Command:
    from functoria.cli.operands import diff, of_diff

    words: list[click.Parameter] = [
        click.Argument([name], metavar=metavar, shell_complete=of_diff)
        for name, metavar in (("one", "A"), ("two", "B"))
    ]
    own = [*words, _FILE, _RELEASE, _EXIT_CODE, _JSON, _VERBOSE]
    help = (
        "Say what differs between A and B. Each is a target, choices as KEY=VALUE,KEY=VALUE, a configuration, or a revision of "
        "git that the configuration is taken from, as HEAD~1."
    )
    return planning(arguments, "diff", help, own, diff, instead=file_among(arguments))


def _build(arguments: Sequence[str]) -> click.Command:
    def callback(build_dir: str, file: str | None, release: str | None, verbose: int) -> None:
        from functoria.project.build import build

        plan, config = configured(Path(build_dir), file, release)
        with unwinding():
            result = build(Path(build_dir), plan, config=config)
        say(f"built {result}")

    return Command(
        "build",
        params=[_HERE, _CONFIGURED, _RELEASE, _VERBOSE],
        callback=callback,
        help="Build what was configured, with dune.",
    )


def _clean(arguments: Sequence[str]) -> click.Command:
    def callback(
        build_dir: str,
        file: str | None,
        release: str | None,
        dry_run: bool,
        force: bool,
        built: bool,
        lock_timeout: float,
        verbose: int,
    ) -> None:
        from functoria.project.build import clean

        plan: Plan | None = None
        config: Path | None = None
        try:
            plan, config = configured(Path(build_dir), file, release)
        except (FileConflict, WriteError):
            raise
        except FunctoriaError as error:
            warnings.warn(shown(f"what devices and the build made is not removed: {error.message}"), stacklevel=1)
        with unwinding():
            removed = clean(
                Path(build_dir), plan, force=force, built=built, wait=lock_timeout, dry_run=dry_run, config=config
            )
        for path in removed:
            say(f"{'remove' if dry_run else 'removed'} {path}")
        if not dry_run:
            say(f"removed {len(removed)} files from {build_dir}")

    help = "Remove what configure wrote and build made."
    params: list[click.Parameter] = [_HERE, _CONFIGURED, _RELEASE, _BUILT, _GOING, _FORCE, _TIMEOUT, _VERBOSE]
    return Command("clean", params=params, callback=callback, help=help)


def configured(directory: Path, file: str | None = None, release: str | None = None) -> tuple[Plan, Path]:
    """Plan again what `directory` was configured for, and return the plan with its configuration, `file` if that is given.

    Prints the path of the configuration before running it. Raises WriteError if the directory is not configured, and
    ConfigError for a configuration on the word of the state file alone.
    """
    from functoria.project.configuration import configuration, way
    from functoria.project.directory import readable

    state = readable(directory)
    path = Path(file) if file is not None else configuration(directory, state)
    *_, last = way(path)
    say(f"configuration: {path}" + (f", a link to {last}" if last != path else ""))
    app = load(path, release)
    if state.output is not None:
        app = attrs.evolve(app, root=attrs.evolve(app.root, output=state.output))
    return app.plan(state.context), path


def _audit(arguments: Sequence[str]) -> click.Command:
    from functoria.cli.audit import command

    return command(arguments)


def _translate(arguments: Sequence[str]) -> click.Command:
    def callback(config: str | None, release: str | None, output: str | None, verbose: int) -> None:
        from functoria.ocaml.translate import translate

        text = translate(Path(config or "config.ml"), release=release)
        if output is None:
            say_lines(text.rstrip("\n"))
        elif os.path.lexists(output):
            raise FileConflict(f"{output} is there already: name another file with -o", objects=[output])
        else:
            Path(output).write_text(text)

    params: list[click.Parameter] = [
        click.Argument(["config"], required=False, metavar="[FILE]"),
        _RELEASE,
        click.Option(["-o", "--output", "output"], metavar="FILE", help="Write it there. Default: print it."),
        _VERBOSE,
    ]
    return Command("translate", params=params, callback=callback, help="Say in Python what a config.ml says.")


def _help(arguments: Sequence[str]) -> click.Command:
    def callback(command: str | None) -> None:
        if command is None:
            say_lines(_OVERVIEW)
            return
        if command not in _COMMANDS:
            from functoria.misspelling import instead

            raise click.UsageError(f"there is no command {command}: {instead(command, _COMMANDS)}")
        _COMMANDS[command].make(["--help"]).main(["--help"], prog_name=f"functoria {command}", standalone_mode=False)

    argument = click.Argument(["command"], required=False, shell_complete=_names)
    return Command("help", params=[argument], callback=callback, help="Explain a command.")


def _names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in _COMMANDS if name.startswith(incomplete)]


def _completion(arguments: Sequence[str]) -> click.Command:
    def callback(shell: str) -> None:
        say_text(script(shell, Commands(_COMMANDS, [])).strip("\n").split("\n"))

    argument = click.Argument(["shell"], type=click.Choice(SHELLS))
    help = (
        'Print what has a shell complete commands, options and values: for bash, eval "$(functoria completion bash)".'
    )
    return Command("completion", params=[argument], callback=callback, help=help)


_COMMANDS: dict[str, Listed] = {
    "configure": Listed(_configure, "write main.ml, key_gen.ml, opam, dune and make files for config.py"),
    "describe": Listed(_describe, "say what a configuration consists of"),
    "why": Listed(_why, "say why a package, a device or a key is there, and when"),
    "query": Listed(_query, "print one thing that a configuration has, such as packages or main.ml"),
    "diff": Listed(_diff, "say what differs between two targets, choices, configurations or revisions"),
    "build": Listed(_build, "build what was configured"),
    "clean": Listed(_clean, "remove what was written and built"),
    "audit": Listed(_audit, "say what the bounds of configurations admit in an opam repository"),
    "translate": Listed(_translate, "say in Python what a config.ml says"),
    "completion": Listed(_completion, "print what has bash, zsh or fish complete what is typed"),
    "help": Listed(_help, "explain a command: functoria help configure"),
}

_SUMMARIES = "\n".join(f"  {name:<11}{command.summary}" for name, command in _COMMANDS.items())
_OVERVIEW: str = f"""\
functoria describes a unikernel as a typed term, and writes what OCaml needs to build it.

usage: functoria COMMAND [OPTION]...

{_SUMMARIES}

A configuration's keys are options of configure, describe, why, query and diff: functoria configure --help lists them.
"""

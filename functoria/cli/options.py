"""Options of commands: general ones, and one for each key of the configuration."""

from __future__ import annotations

import itertools
import os
import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from functoria.cli import colour
from functoria.cli.columns import width
from functoria.cli.output import say_lines
from functoria.configuration_name import is_configuration
from functoria.errors import DuplicateKey, InvalidValue
from functoria.printable import shown

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from functoria.key import Key
    from functoria.location import Location
    from functoria.plan.app import App

OWN = "OPTIONS"
_NARROW = 60
"""The width of the terminal up to which the description of an option is below it, not beside it."""
RESERVED = frozenset(
    [
        *("-h", "--help", "-f", "--file", "-b", "--build-dir", "-o", "--output", "-v", "--verbose"),
        *(
            "--force",
            "--dry-run",
            "--lock-timeout",
            "--why",
            "--json",
            "--diff",
            "--exit-code",
            "--all-targets",
            "--color",
            "--release",
            "--eval",
            "--no-eval",
            "--dot",
            "--mermaid",
            "--svg",
            "--html",
        ),
    ]
)
"""The options of functoria's own commands."""


_BOOLEANS = {"true": ("true", "yes", "y", "1"), "false": ("false", "no", "n", "0", "")}
"""The values of a flag's environment variable, as in cmdliner."""


def _chosen(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None and not context.resilient_parsing:
        colour.choose(value)


COLOR = click.Option(
    ["--color"],
    type=click.Choice(colour.WHENS),
    expose_value=False,
    callback=_chosen,
    help="When to use colour. Default: auto, on terminals, unless NO_COLOR is set.",
)
"""An option of all commands."""


_FEW = 32
"""The most values of a key that its help lists."""


class KeyOption(click.Option):
    """The option of a key. Its value stays text, which the key parses."""

    def __init__(self, variants: tuple[Key[Any], ...], *, multiple: bool = False) -> None:
        key = variants[0]
        self.key = key
        self.section = shown(key.docs)
        flag = key.kind in ("flag", "alias")
        super().__init__(
            [*key.options, _parameter(key)],
            is_flag=flag,
            default=None,
            type=click.BOOL if flag else click.STRING,
            metavar=None if flag else shown(key.docv or "VALUE"),
            envvar=key.env,
            multiple=multiple,
            help=_help(key),
            callback=_checked(variants),
        )

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help, with the values that the key's own text does not name, such as others' targets."""
        self.help = _help(self.key, values=True)  # only now, because it takes time to look for what others bring
        return super().get_help_record(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the values of the key, where these are a few."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(value) for value in self.key.converter.spellings if value.startswith(incomplete)]

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return the variable's text, even if empty; for a flag, the value that cmdliner reads when the unikernel boots."""
        text = None if self.key.env is None else os.environ.get(self.key.env)
        if text is None or not self.is_flag:
            return text
        for said, words in _BOOLEANS.items():
            if text.lower() in words:
                return said
        allowed = "; ".join(f"{', '.join(filter(None, words))} for {said}" for said, words in _BOOLEANS.items())
        raise click.UsageError(f"{self.key.env}: {text!r} is neither true nor false: write {allowed}")


def _parameter(key: Key[Any]) -> str:
    # Two keys of different branches may be called a-b and a_b.
    return "key_" + "".join(char if char.isalnum() else f"_{ord(char)}_" for char in key.name)


def _help(key: Key[Any], *, values: bool = False) -> str:
    words = [" ".join(key.doc.split())] if key.doc else []
    words += _unnamed(key) if values and key.kind in ("opt", "required") else []
    if key.env:
        words.append(f"Also by the environment variable {key.env}.")
    if key.kind == "opt":
        words.append(f"Default: {key.printed(key.default) or 'none'}.")
    elif key.kind == "required":
        words.append("Required." if key.stage == "configure" else "Required here or when the unikernel runs.")
    elif key.kind == "alias":
        words.append(f"Sets {', '.join(of.name for of, _ in key.sets)}.")
    return shown(" ".join(words))


def _unnamed(key: Key[Any]) -> list[str]:
    """Say which values the key may have besides those that its documentation names."""
    alternatives = key.converter.alternatives
    left = [text for text in alternatives if not re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", key.doc)]
    if not left or len(left) > _FEW:
        return []
    return [f"{'One of' if len(left) == len(alternatives) else 'Or'} {', '.join(left)}."]


def _checked(variants: tuple[Key[Any], ...]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def check(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value is None:
            return None
        for key, each in itertools.product(variants, value if isinstance(value, tuple) else (value,)):
            try:
                key.accept(each)
            except InvalidValue as error:
                source = context.get_parameter_source(str(parameter.name))
                where = f"{key.env}: " if source is ParameterSource.ENVIRONMENT else ""
                raise click.UsageError(where + error.message) from None
        return value

    return check


def key_options(
    app: App, own: Sequence[click.Parameter], *, several: str | None = None, among: Collection[Key[Any]] | None = None
) -> list[click.Parameter]:
    """Make an option for each configurable key, or each of those `among` them. The key called `several` may be repeated.

    Raises DuplicateKey if a key shares an option with `own` options or another key.
    """
    taken: dict[str, Key[Any] | None] = dict.fromkeys(
        [*RESERVED, *(option for parameter in own for option in parameter.opts)]
    )
    options: list[click.Parameter] = []
    for variants in app.keys_by_name.values():
        variants = variants if among is None else tuple(key for key in variants if key in among)
        if not variants or not variants[0].configurable:
            continue
        key = variants[0]
        for option in key.options:
            if option in taken:
                other = taken[option]
                if other is not None:
                    what = f"the keys {other.name} and {key.name} both claim {option}"
                    raise DuplicateKey.between(what, other, key)
                raise DuplicateKey(
                    f"the key {key.name} claims {option}, which is an option of functoria: give the key other flags=",
                    objects=[key],
                    locations=[key.location],
                )
            taken[option] = key
        options.append(KeyOption(variants, multiple=key.name == several))
    return options


def context_of(app: App, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values given for keys, by name."""
    context = {}
    for name, variants in app.keys_by_name.items():
        value = values.get(_parameter(variants[0]))
        if value not in (None, ()):
            context[name] = value
    return context


def origins_of(app: App) -> dict[str, str]:
    """Return where the running command got the values of keys: the command line, or an environment variable."""
    context = click.get_current_context()
    found = {}
    for name, variants in app.keys_by_name.items():
        source = context.get_parameter_source(_parameter(variants[0]))
        if source is ParameterSource.COMMANDLINE:
            found[name] = "command line"
        elif source is ParameterSource.ENVIRONMENT:
            found[name] = f"environment {variants[0].env}"
    return found


class Command(click.Command):
    """A command whose help groups options by section, and whose errors list what is allowed."""

    def __init__(self, name: str, late: Sequence[Key[Any]] = (), **more: Any) -> None:
        super().__init__(name, add_help_option=False, **more)
        self.context_settings.setdefault("terminal_width", width(sys.stdout))
        self.params += [COLOR, _HELP]
        self.app: App | None = None
        """Returns the application whose keys are options, for completion."""
        self._late = {option: key for key in late for option in key.options}
        """Options that only the unikernel has."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the help as printable text."""
        return "\n".join(map(shown, super().get_help(ctx).split("\n")))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a list of options for each section."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(getattr(parameter, "section", OWN), []).append(record)
        for section, records in sections.items():
            with formatter.section(section):
                formatter.write_dl(records, col_max=30 if formatter.width > _NARROW else 6)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse like click, but never take an option for another's value, and suggest similar options for an unknown one."""
        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        options = {name: p for p in self.get_params(ctx) if isinstance(p, click.Option) for name in p.opts}
        words, said = iter(args), list[str]()
        for word in words:
            name = _unfinished(word, options)
            values = [] if name is None else list(islice(words, 1))
            if name is not None and "".join(values).partition("=")[0] in options:
                raise click.UsageError(_expects(name, options))
            complete = "--" not in said and (name is None or values)
            said += [_long(word, options) if complete else word, *values]
        args = said
        self._refuse_repeated(ctx, args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name in self._late:
                key = self._late[error.option_name]
                raise click.UsageError(
                    f"{error.option_name} is an option of the unikernel, given when it runs, not when it is configured"
                    + (f" (key {key.name}, at {key.location})" if key.location else "")
                    + ": leave it out here"
                ) from None
            from functoria.misspelling import meant

            late = self._late_options()
            if error.option_name in late:
                place = late[error.option_name]
                raise click.UsageError(
                    f"{error.option_name} is an option of the unikernel, given when it runs, not when it is configured"
                    + (f" (at {place})" if place else "")
                    + ": leave it out here"
                ) from None
            names = [*options, *ctx.help_option_names, *self._late, *late]
            hint = meant(error.option_name, names) or f"{ctx.command_path} --help lists those that there are"
            raise click.UsageError(f"there is no option {error.option_name}: {hint}") from None
        except click.BadOptionUsage as error:
            name = error.option_name
            if name in options and (options[name].is_flag or options[name].count):
                remedy = "leave it out for false" if isinstance(options[name], KeyOption) else f"write {name} alone"
                raise click.UsageError(f"{name} takes no value: {remedy}") from None
            raise click.UsageError(_expects(name, options)) from None
        except click.BadParameter as error:
            raise click.UsageError(refused(error, ctx.command_path)) from None
        except click.UsageError as error:
            if "unexpected extra argument" not in error.message:
                raise
            raise click.UsageError(self._surplus(ctx, error.message.partition("(")[2].removesuffix(")"))) from None

    def _late_options(self) -> Mapping[str, Location | None]:
        """Return options of the unikernel that are not of keys."""
        if self.app is None:
            return {}
        from functoria.device import Device

        return self.app.root.late_options(each for each in self.app.survey.terms if isinstance(each, Device))

    def _surplus(self, ctx: click.Context, word: str) -> str:
        """Return the message for a word that is neither an option nor a value."""
        takes_file = any("--file" in parameter.opts for parameter in self.params)
        if takes_file and is_configuration(word):
            return f"{self.name} takes no argument {word}: the configuration is named by -f {word}"
        return f"{self.name} takes no argument {word}: {ctx.command_path} --help lists what it takes"

    def _refuse_repeated(self, ctx: click.Context, args: list[str]) -> None:
        """Refuse an option with a value that is given twice; click would silently use the last value."""
        parameters = [_several(parameter) for parameter in self.get_params(ctx)]
        try:
            given, _, _ = click.Command(self.name, params=parameters).make_parser(ctx).parse_args(list(args))
        except click.UsageError:
            return  # reported when it is parsed again below
        for parameter in self.get_params(ctx):
            values = given.get(str(parameter.name), ())
            if _once(parameter) and len(values) > 1:
                name = max(parameter.opts, key=len)
                shown = ", ".join(value if isinstance(value, str) else " ".join(value) for value in values)
                raise click.UsageError(f"{name} is given {len(values)} times ({shown}): give it once")


def refused(error: click.BadParameter, command: str) -> str:
    """Describe what click refuses of the parameters of `command`: a missing one, or a value."""
    parameter = error.param
    if parameter is None:
        return error.format_message()
    name = max(parameter.opts, key=len) if isinstance(parameter, click.Option) else str(parameter.name).upper()
    if isinstance(error, click.MissingParameter):
        wanted = parameter.metavar or name
        if isinstance(parameter, click.Option) and parameter.metavar:
            wanted = f"{name} {wanted}"
        if isinstance(parameter.type, click.Choice):
            return f"{command} expects {wanted}: give one of {', '.join(map(str, parameter.type.choices))}"
        return f"{command} expects {wanted}: {command} --help explains it"
    path = re.fullmatch(r"(?s)(?:Path|File|Directory) '(.*)' does not exist\.", error.message)
    if path is not None:
        from functoria.misspelling import beside

        return (
            f"{name}: there is no file or directory {path[1]}: {beside(Path(path[1]), ('',)) or 'name one that exists'}"
        )
    number = re.match(r"(?s)('.*') is not a valid|(.*) is not in the range", error.message)
    if number is not None and isinstance(parameter.type, (click.IntRange, click.FloatRange)):
        kind = "a whole number" if isinstance(parameter.type, click.IntRange) else "a number"
        least = f" of {parameter.type.min:g} or more" if parameter.type.min is not None else ""
        return f"{name} expects {kind}{least}, not {number[1] or number[2]}"
    wrong = re.match(r"(?s)'(.*)' is not one of ", error.message)
    if wrong is None or not isinstance(parameter.type, click.Choice):
        return f"{name}: {error.message.removesuffix('.')}"
    from functoria.misspelling import meant

    choices = [str(each) for each in parameter.type.choices]
    hint = meant(wrong[1], choices)
    return f"{name}: {wrong[1]!r} is not one of {', '.join(choices)}{hint and ': '}{hint}"


HELP = ["-h", "--help"]


def showing(names: list[str], text: Callable[[click.Context], str], help: str) -> click.Option:
    """Return an option that prints what `text` returns, and ends the command."""

    def show(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            say_lines(text(context))
            context.exit()

    # click translates the help of its own option when that is made, which imports `locale` and takes 1 ms.
    return click.Option(names, is_flag=True, expose_value=False, is_eager=True, callback=show, help=help)


def help_option(text: Callable[[click.Context], str]) -> click.Option:
    """Return the option -h of a command, which prints what `text` returns."""
    return showing(HELP, text, "Show this message and exit.")


_HELP = help_option(click.Context.get_help)


def _once(parameter: click.Parameter) -> bool:
    """Return whether `parameter` is an option that takes a single value."""
    return isinstance(parameter, click.Option) and not (parameter.multiple or parameter.count or parameter.is_flag)


def _several(parameter: click.Parameter) -> click.Parameter:
    """Return `parameter`, or a copy of it that keeps every value."""
    if not _once(parameter):
        return parameter
    several = copy(parameter)
    several.multiple = True
    return several


def _unfinished(word: str, options: Mapping[str, click.Option]) -> str | None:
    """Return the option in `word`, which may combine short ones, that takes the next word as its value."""
    names = [word] if word.startswith("--") else [f"-{letter}" for letter in word[1:]] if word.startswith("-") else []
    for number, name in enumerate(names, 1):
        if name not in options:
            return None
        if not options[name].is_flag and not options[name].count:
            return name if number == len(names) else None
    return None


def _long(word: str, options: Mapping[str, click.Option]) -> str:
    """Return `word`, or the long name of that option.

    For a short option, click first makes an error for a long one with that name, which imports `locale` and `difflib` and
    takes 2 ms.
    """
    return max(options[word].opts, key=len) if word in options else word


def _expects(name: str, options: Mapping[str, click.Option]) -> str:
    option = options.get(name)
    if not isinstance(option, KeyOption):
        return (
            f"{name} expects a value: give it one, as in {_given(name, 'VALUE' if option is None else option.metavar)}"
        )
    example = option.key.converter.alternatives or [option.key.docv or "VALUE"]
    return f"{name} expects {option.key.converter.on_command_line}: give it one, as in {_given(name, example[-1])}"


def _given(name: str, value: str | None) -> str:
    return f"{name}={value}" if name.startswith("--") else f"{name} {value}"

"""Options of commands: their own, and one for each key of a configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from functoria.errors import DuplicateKey, InvalidValue

if TYPE_CHECKING:
    from functoria.app import App
    from functoria.key import Key

OWN = "OPTIONS"
RESERVED = (
    "-h",
    "--help",
    "-f",
    "--file",
    "-b",
    "--build-dir",
    "-o",
    "--output",
    "-v",
    "--verbose",
    "--force",
    "--dry-run",
    "--why",
    "--json",
)


class KeyOption(click.Option):
    """The option of a key. Its value stays text, which is the key's to read."""

    def __init__(self, variants: tuple[Key[Any], ...]) -> None:
        key = variants[0]
        self.key = key
        self.section = key.docs
        flag = key.kind in ("flag", "alias")
        super().__init__(
            [*key.options, _parameter(key)],
            is_flag=flag,
            default=None,
            type=click.BOOL if flag else click.STRING,
            metavar=None if flag else key.docv or "VALUE",
            envvar=key.env,
            help=_help(key),
            callback=_checked(variants),
        )


def _parameter(key: Key[Any]) -> str:
    # Two keys of different branches may be called a-b and a_b.
    return "key_" + "".join(char if char.isalnum() else f"_{ord(char)}_" for char in key.name)


def _help(key: Key[Any]) -> str:
    words = [key.doc] if key.doc else []
    if key.env:
        words.append(f"Also by the environment variable {key.env}.")
    if key.kind == "opt":
        words.append(f"Default: {key.printed(key.default) or 'none'}.")
    elif key.kind == "required":
        words.append("Required." if key.stage == "configure" else "Required here or when the unikernel runs.")
    elif key.kind == "alias":
        words.append(f"Sets {', '.join(of.name for of, _ in key.sets)}.")
    return " ".join(words)


def _checked(variants: tuple[Key[Any], ...]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def check(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value is None:
            return None
        for key in variants:
            try:
                key.accept(value)
            except InvalidValue as error:
                source = context.get_parameter_source(str(parameter.name))
                where = f"{key.env}: " if source is ParameterSource.ENVIRONMENT else ""
                raise click.UsageError(where + error.message) from None
        return value

    return check


def key_options(app: App, own: Sequence[click.Parameter]) -> list[click.Parameter]:
    """An option for each key that is configured. Raises DuplicateKey for one that `own` options, or two keys, share."""
    taken: dict[str, Key[Any] | None] = dict.fromkeys(
        [*RESERVED, *(option for parameter in own for option in parameter.opts)]
    )
    options: list[click.Parameter] = []
    for variants in app.keys_by_name.values():
        key = variants[0]
        if not key.configurable:
            continue
        for option in key.options:
            if option in taken:
                other = taken[option]
                whose = "an option of functoria" if other is None else f"an option of the key {other.name}"
                raise DuplicateKey(
                    f"the key {key.name} claims {option}, which is {whose}: give the key other flags=",
                    objects=[key],
                    locations=[key.location],
                )
            taken[option] = key
        options.append(KeyOption(variants))
    return options


def context_of(app: App, values: dict[str, Any]) -> dict[str, Any]:
    """The values that were given for keys, by name."""
    context = {}
    for name, variants in app.keys_by_name.items():
        value = values.get(_parameter(variants[0]))
        if value is not None:
            context[name] = value
    return context


class Command(click.Command):
    """A command whose help groups options by section, and whose complaints say what is allowed."""

    def __init__(self, name: str, **more: Any) -> None:
        super().__init__(name, context_settings={"help_option_names": ["-h", "--help"]}, **more)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One list of options for each section."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(getattr(parameter, "section", OWN), []).append(record)
        for section, records in sections.items():
            with formatter.section(section):
                formatter.write_dl(records)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but for an unknown option all options are named."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            names = [max(p.opts, key=len) for p in self.get_params(ctx) if isinstance(p, click.Option)]
            raise click.UsageError(f"there is no option {error.option_name}: there are {', '.join(names)}") from None
        except click.BadOptionUsage as error:
            flags = [option for p in self.params if isinstance(p, click.Option) and p.is_flag for option in p.opts]
            if error.option_name in flags:
                raise click.UsageError(f"{error.option_name} takes no value: leave it out for false") from None
            expected = next(
                (
                    p.key.converter.expected
                    for p in self.params
                    if isinstance(p, KeyOption) and error.option_name in p.opts
                ),
                "a value",
            )
            raise click.UsageError(f"{error.option_name} expects {expected}") from None

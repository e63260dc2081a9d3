"""The command that configures a unikernel again in the same way, for generated files that call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functoria import quote

if TYPE_CHECKING:
    from functoria import Info


def configure_words(info: Info) -> list[str]:
    """Return the words after the program's name: the target, the output, then all other given keys, in order of name."""
    by_name = {key.name: key for key in info.keys}
    words = ["configure", "-t", str(info.context["target"])]
    if info.root.output is not None:
        words += ["-o", info.root.output]
    for name in sorted(info.given):
        key = by_name.get(name)
        if key is None or name == "target" or (key.kind in ("flag", "alias") and not info.context[name]):
            continue
        option = key.options[-1]
        words += [option] if key.kind in ("flag", "alias") else [option, key.printed(info.context[name])]
    return words


def configure_command(info: Info) -> str:
    """Return the same as a command of the shell."""
    return " ".join(map(quote.sh, ["functoria", *configure_words(info)]))

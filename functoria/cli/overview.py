"""The overview of all commands, printed by `functoria`, `functoria --help` and `functoria help`."""

from __future__ import annotations

from itertools import groupby

from functoria.cli import commands

_HEAD = """\
functoria describes a unikernel as a typed term, and writes what OCaml needs to
build it.

usage: functoria COMMAND [OPTION]...
"""
_FOOT = """
The keys of a configuration are options too: functoria configure --help lists
them. functoria help COMMAND explains a command.
"""


def overview() -> str:
    """Return the commands, grouped by purpose, each with its line."""
    all_of_them = [(name, commands.listed(name)) for name in commands.names()]
    width = max(len(name) for name, _ in all_of_them) + 2
    text = _HEAD
    for part, those in groupby(all_of_them, lambda each: each[1].part):
        text += f"\n{part.heading}:\n"
        text += "".join(f"  {name:<{width}}{command.summary}\n" for name, command in those)
    return text + _FOOT

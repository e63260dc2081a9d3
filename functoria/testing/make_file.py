"""The Makefile as emitted, read back: as much of make's language as it has."""

from __future__ import annotations

import re
import shlex

from attrs import field, frozen

from functoria.testing.syntax import fault

_LINE = re.compile(
    r"""
    (?:(?P<nothing>[ ]*(?:\#.*)?)
  | (?P<include>-include[ ]\S+)
  | (?P<variable>[A-Za-z_.]\w*)[ ]*(?:\?|:)?=[ ]*(?P<value>.*)
  | (?P<targets>[\w.-]+(?:[ ][\w.-]+)*):{1,2}(?P<needs>(?:[ ][\w.-]+)*)
    (?P<recipe>(?:\n\t(?:[^\\\n]|\\[^\n]|\\\n)*)*))\n
    """,
    re.VERBOSE | re.MULTILINE,
)


@frozen
class Rule:
    """How a target is made: after what, and by what, as words of the shell with make's variables as they are."""

    needs: tuple[str, ...] = ()
    recipe: tuple[str, ...] = ()


@frozen
class Makefile:
    """What a Makefile says."""

    variables: dict[str, str] = field(factory=dict)
    rules: dict[str, Rule] = field(factory=dict)

    @property
    def default(self) -> str | None:
        """The target that is made where make is not told: the first, but for those that say something to make itself."""
        return next((name for name in self.rules if not name.startswith(".")), None)


def makefile(text: str) -> Makefile:
    """What a Makefile says. Raises SyntaxFault for what make cannot read, and for forms that no emitted one has."""
    found = Makefile()
    at = 0
    while at < len(text):
        match = _LINE.match(text, at)
        if match is None:
            fault(text, at, "this is not a line of a Makefile")
        if match["variable"]:
            found.variables[match["variable"]] = match["value"]
        for target in (match["targets"] or "").split():
            before = found.rules.get(target, Rule())
            needs, recipe = tuple(match["needs"].split()), _words(text, at, match["recipe"])
            found.rules[target] = Rule(before.needs + needs, before.recipe + recipe)
        at = match.end()
    return found


def words(script: str) -> tuple[str, ...]:
    """The words of a script of the shell. Raises ValueError for a quotation that is never closed."""
    found = shlex.shlex(script, posix=True, punctuation_chars=";")
    found.whitespace_split, found.commenters = True, ""
    return tuple(found)


def _words(text: str, at: int, script: str) -> tuple[str, ...]:
    """The words of a script of the shell, where `$` stands twice for make."""
    try:
        return words(script.replace("\\\n", " ").replace("$$", "$"))
    except ValueError as error:
        return fault(text, at, str(error))

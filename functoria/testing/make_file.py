"""The Makefile as emitted, read back; covers the part of make's language that emitted ones use."""

from __future__ import annotations

import re
import shlex
from functools import lru_cache

from attr import field, frozen

from functoria.testing.syntax import fault

_LINE = re.compile(
    r"""
    (?:(?P<nothing>[ ]*(?:\#.*)?)
  | (?P<include>-include[ ]\S+)
  | (?P<variable>[A-Za-z_.]\w*)[ ]*(?:\?|:)?=[ ]*(?P<value>.*)
  | (?P<targets>[\w.$()/-]+(?:[ ][\w.$()/-]+)*):{1,2}(?P<needs>(?:[ ][\w.$()/-]+)*)
    (?P<recipe>(?:\n\t(?:[^\\\n]|\\[^\n]|\\\n)*)*))\n
    """,
    re.VERBOSE | re.MULTILINE,
)


@frozen
class Rule:
    """The prerequisites and the recipe of a target. The latter is split into words of the shell; make's variables are kept."""

    needs: tuple[str, ...] = ()
    recipe: tuple[str, ...] = ()


@frozen
class Makefile:
    """The contents of a Makefile."""

    variables: dict[str, str] = field(factory=dict)
    rules: dict[str, Rule] = field(factory=dict)

    @property
    def default(self) -> str | None:
        """The default target: the first that does not have a special meaning to make."""
        return next((name for name in self.rules if not name.startswith(".")), None)


def makefile(text: str) -> Makefile:
    """Parse a Makefile. Raises SyntaxFault for what make cannot read, and for syntax that emitted ones do not use."""
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


@lru_cache(maxsize=64)  # the recipes are read when the Makefile is parsed, and again when it is compared
def words(script: str) -> tuple[str, ...]:
    """Split a shell script into words. Raises ValueError for an unclosed quotation."""
    found = shlex.shlex(script, posix=True, punctuation_chars=";")
    found.whitespace_split, found.commenters = True, ""
    return tuple(found)


def _words(text: str, at: int, script: str) -> tuple[str, ...]:
    """Split a shell script in a recipe, where `$` is doubled, into words."""
    try:
        return words(script.replace("\\\n", " ").replace("$$", "$"))
    except ValueError as error:
        return fault(text, at, str(error))

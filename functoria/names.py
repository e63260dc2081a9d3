"""Names for OCaml, files and packages, derived from names that users chose."""

from __future__ import annotations

from functoria.errors import InvalidModule, InvalidName
from functoria.printable import worded

KEYWORDS = frozenset(
    [
        *("and", "as", "assert", "asr", "begin", "class", "constraint", "do", "done", "downto", "else", "end"),
        *("exception", "external", "false", "for", "fun", "function", "functor", "if", "in", "include", "inherit"),
        *("initializer", "land", "lazy", "let", "lor", "lsl", "lsr", "lxor", "match", "method", "mod", "module"),
        *("mutable", "new", "nonrec", "object", "of", "open", "or", "private", "rec", "sig", "struct", "then", "to"),
        *("true", "try", "type", "val", "virtual", "when", "while", "with"),
    ]
)
"""The reserved words of OCaml 4 (manual, chapter 11.1)."""

UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
LETTERS = UPPER | frozenset("abcdefghijklmnopqrstuvwxyz")
WORD = LETTERS | frozenset("0123456789_")
"""Sets of ASCII characters, which unlike regular expressions need no compiling at import."""


def identifier(name: str, *, of: str = "name") -> str:
    """Spell `name` for files, packages and programs: `-` becomes `_`; all but ASCII letters, digits and `_` is removed.

    Raises InvalidName if nothing is left, or a digit comes first. `of` says in the message what is named.
    """
    kept = name.replace("-", "_")
    if kept.isascii() and kept.isidentifier():
        return kept
    if not WORD.issuperset(kept):
        kept = "".join(char for char in kept if char in WORD)
    if not kept or kept[0].isdigit():
        why = "starts with a digit" if kept else "has no ASCII letter, digit or _"
        raise InvalidName(f"the {of} {name!r} {why}: choose one that starts with a letter", objects=[name])
    return kept


def file_name(name: str) -> str:
    """Return `name` if it is portable as a file name: ASCII letters, digits, `_`, `-` and `.`, not starting with the last two."""
    if not isinstance(name, str) or not name or name[0] in "-." or not (WORD | {"-", "."}).issuperset(name):
        raise InvalidName(
            f"the output {worded(name)} is not a plain file name: use letters, digits, _, - and ., and do not begin with - or .",
            objects=[name],
        )
    return name


def value_name(name: str, *, of: str = "name") -> str:
    """Spell `name` as an OCaml value: like `identifier`, with a lower-case first letter, and `_` after a reserved word."""
    kept = identifier(name, of=of)
    kept = kept[0].lower() + kept[1:]
    if kept == "_":
        raise InvalidName(f"the {of} {name!r} leaves only _ in OCaml: choose one with a letter", objects=[name])
    return kept + "_" if kept in KEYWORDS else kept


def first_module(path: str) -> str:
    """Return the module that a module path begins with: `Map` of `Map.Make (String)`."""
    return path.partition(".")[0].partition("(")[0].strip()


def underscored(path: str) -> str:
    """Join the words of a module path with `_`."""
    return "_".join("".join(char if char in WORD else " " for char in path).split())


def _plain_path(path: str) -> bool:
    parts = path.split(".")
    return all(part.isascii() and part[:1].isupper() and part.replace("'", "_").isidentifier() for part in parts)


def _applied_path(path: str) -> bool:
    """Return whether `path` is a module path applied to modules in parentheses, which may be applied themselves."""
    depth, before = 0, "("
    for word in path.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            if before == "(":
                return False
            depth += 1
        elif word == ")":
            if before == "(" or not depth:
                return False
            depth -= 1
        elif before != "(" or not _plain_path(word):
            return False
        before = word
    return depth == 0 and before == ")"


def module_path(path: str) -> str:
    """Return `path` if it is an OCaml module path such as `Unikernel.Main`, or one applied to others: `Map.Make (String)`.

    Raises InvalidModule if not.
    """
    if not isinstance(path, str) or not (_plain_path(path) or _applied_path(path)):
        raise InvalidModule(
            f"{worded(path)} is not a module path: write capitalised names joined by dots, as in 'Unikernel.Main'",
            objects=[path],
        )
    return path

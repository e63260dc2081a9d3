"""key_gen.ml as emitted, read back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from attr import frozen

from functoria.testing import ocaml
from functoria.testing.syntax import Token, fault

_ESCAPE = re.compile(rb"\\(?:([0-9]{3})|(\r?\n[ \t]*)|(.))", re.DOTALL)
_PLAIN = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b"}
_ARG = ("Functoria_runtime", ".", "Arg", ".")
_KEY = ("Functoria_runtime", ".", "Key", ".")


@frozen
class Told:
    """A key, as key_gen.ml defines it."""

    function: str
    kind: str
    """`constant` if it was fixed when configuring; otherwise the function of Functoria_runtime.Arg: `opt`, `flag`, `key`."""
    value: tuple[str, ...]
    """The tokens of its value; for an option, of its converter and default."""
    flags: tuple[str, ...] = ()
    docs: str | None = None
    docv: str | None = None
    doc: str | None = None
    env: str | None = None
    on: bool = False
    """Whether it is a flag that is always on."""


@frozen
class KeyFile:
    """The contents of key_gen.ml."""

    keys: tuple[Told, ...]
    runtime: tuple[tuple[str, str], ...]
    """The keys read at boot: the name of the term in key_gen.ml, and that of the key."""


class _Definition(NamedTuple):
    name: str
    unit: bool
    words: Sequence[Token]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.words)


def key_file(text: str) -> KeyFile:
    """Parse key_gen.ml. Raises SyntaxFault for another form."""
    found: list[Told] = []
    definitions = _definitions(text)
    last = definitions.pop() if definitions else None
    if last is None or last.name != "runtime_keys" or last.unit:
        fault(text, len(text) - 1, "runtime_keys is missing at the end")
    at = 0
    while at < len(definitions):
        first = definitions[at]
        if first.unit:
            found.append(Told(first.name, "constant", first.texts))
            at += 1
        else:
            found.append(_option(text, definitions[at : at + 3]))
            at += 3
    return KeyFile(tuple(found), _pairs(text, last))


def functions(text: str) -> tuple[str, ...]:
    """Return the names that key_gen.ml defines; for a key, that of the function for its value. Raises SyntaxFault."""
    found = _definitions(text)
    terms = {each.texts[-1] for each in found if each.name.endswith("_t") and each.texts[:-1] == (*_KEY, "term")}
    return tuple(each.name for each in found if each.unit or each.name not in terms)


def _definitions(text: str) -> list[_Definition]:
    """Split the text at every `let` outside of brackets."""
    words = ocaml.tokens(text)
    depth, starts = 0, []
    for at, word in enumerate(words):
        if word.kind == "bracket":
            depth += 1 if word.text in "([{" else -1
        elif word.text == "let" and word.kind == "word" and not depth:
            starts.append(at)
    if starts[:1] != [0]:
        fault(text, 0, "it does not begin with a definition")
    found = []
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        texts = tuple(word.text for word in words[start:end])
        unit = texts[2:5] == ("(", ")", "=")
        if len(texts) < 4 or not (unit or texts[2] == "="):
            fault(text, words[start].start, "this defines neither a value nor a function of unit")
        found.append(_Definition(texts[1], unit, words[start + (5 if unit else 3) : end]))
    return found


def _option(text: str, definitions: Sequence[_Definition]) -> Told:
    name, words, texts = definitions[0].name, definitions[0].words, definitions[0].texts
    start = (*_KEY, "create", "(", *_ARG)
    rest = [(each.name, each.unit, each.texts) for each in definitions[1:]]
    term, get = (f"{name}_t", False, (*_KEY, "term", name)), (*_KEY, "get", name)
    on = rest == [term, (name, True, (*get, "||", "true"))]
    if texts[: len(start)] != start or texts[-1:] != (")",) or not (on or rest == [term, (name, True, get)]):
        fault(text, words[0].start if words else 0, f"{name} is not an option with its term and its function")
    inside = words[len(start) : -1]
    opening = max((at for at, word in enumerate(inside) if _closing(inside, at) == len(inside) - 1), default=None)
    if not opening:
        fault(text, words[0].start, f"{name} does not define its option")
    told, flags = _information(text, inside[opening + 1 : -1])
    value = tuple(word.text for word in inside[1:opening])
    return Told(name, inside[0].text, value, flags, **told, on=on)


def _closing(words: Sequence[Token], at: int) -> int | None:
    """Return the index of the token that closes the bracket at `at`; None if there is no bracket."""
    depth = 0
    for place in range(at, len(words)):
        if words[place].kind == "bracket":
            depth += 1 if words[place].text in "([{" else -1
        if not depth:
            return place if place > at else None
    return None


def _information(text: str, words: Sequence[Token]) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """Return the arguments of `Cmdliner.Arg.info`: texts by label, and the names of the option."""
    texts = tuple(word.text for word in words)
    start = ("Cmdliner", ".", "Arg", ".", "info")
    if texts[: len(start)] != start:
        fault(text, words[0].start if words else 0, "Cmdliner.Arg.info is missing")
    at, told = len(start), dict[str, str | None]()
    while at < len(words) and words[at].kind == "label":
        label = texts[at][1:]
        end = (_closing(words, at + 2) or at + 2) + 1
        strings = [_unquoted(text, word) for word in words[at + 2 : end] if word.kind == "string"]
        said = tuple("" if word.kind == "string" else word.text for word in words[at + 2 : end])
        if texts[at + 1 : at + 2] != (":",) or label in told or said not in _FORMS[label == "env"]:
            fault(text, words[at].start, f"{texts[at]} is given {' '.join(said)}")
        told[label] = strings[0] if strings else None
        at = end
    if set(told) != {"docs", "docv", "doc", "env"}:
        fault(text, words[0].start, f"Cmdliner.Arg.info is given {', '.join(told)}")
    if told["doc"] is not None:  # text in cmdliner's documentation language, where a backslash escapes a character
        told["doc"] = re.sub(r"\\(.)", r"\1", told["doc"], flags=re.DOTALL)
    return told, _strings(text, words[at:])


_FORMS = {
    False: {("",), ("None",), ("(", "Some", "", ")")},
    True: {("None",), ("(", "Some", "(", "Cmdliner", ".", "Arg", ".", "env_var", "", ")", ")")},
}
"""The forms of a text, of an omitted one, and of an environment variable."""


def _pairs(text: str, definition: _Definition) -> tuple[tuple[str, str], ...]:
    """Return the terms and names in the arguments of `List.combine`."""
    words, texts = definition.words, definition.texts
    end = _closing(words, 3)
    if texts[:4] != ("List", ".", "combine", "[") or end is None:
        fault(text, words[0].start if words else 0, "runtime_keys is not a combination of two lists")
    terms = tuple(word.text for word in words[4:end])
    names = _strings(text, words[end + 1 :])
    if terms[1::2] != (";",) * (len(terms) // 2) or len(terms[::2]) != len(names):
        fault(text, words[0].start, f"runtime_keys has terms {' '.join(terms)} for the names {', '.join(names)}")
    return tuple(zip(terms[::2], names, strict=True))


def _strings(text: str, words: Sequence[Token]) -> tuple[str, ...]:
    """Return the items of a list of strings."""
    inside = words[1:-1]
    kinds = [word.kind if word.kind == "string" else word.text for word in inside]
    wanted = [";" if place % 2 else "string" for place in range(len(kinds))]
    if [word.text for word in (*words[:1], *words[-1:])] != ["[", "]"] or kinds != wanted or kinds[-1:] == [";"]:
        fault(text, words[0].start if words else 0, "this is not a list of strings")
    return tuple(_unquoted(text, word) for word in inside[::2])


def _unquoted(text: str, word: Token) -> str:
    def said(match: re.Match[bytes]) -> bytes:
        decimal, line, char = match.groups()
        if decimal:
            return (
                bytes([int(decimal)]) if int(decimal) < 256 else fault(text, word.start, "no character has that code")
            )
        return b"" if line else _PLAIN.get(char, char)

    if not word.text.startswith('"'):
        return word.text.strip("{}").split("|", 1)[1].rsplit("|", 1)[0]
    try:
        return _ESCAPE.sub(said, word.text[1:-1].encode()).decode()
    except UnicodeDecodeError:
        return fault(text, word.start, "this string is not UTF-8")

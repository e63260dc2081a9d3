"""What emitted files say, read back from their text, and told without the names that devices were given there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from functoria.testing import ocaml, opam, sexps
from functoria.testing.syntax import Token, fault

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


@frozen
class Wanted:
    """A package, as the opam file has it."""

    name: str
    min: str | None = None
    max: str | None = None
    build: bool = False
    pin: str | None = None


@frozen
class Started:
    """A device, as main.ml has it."""

    needs: tuple[int, ...]
    """The devices whose values it waits for, by their place in main.ml, from 0."""
    code: tuple[str, ...]
    """The words of its code: `#3` is the value of a device, `@2` one of the modules that are applied."""
    eager: bool


@frozen
class Facts:
    """What the files of a plan say, whatever its devices are called in them."""

    packages: tuple[Wanted, ...]
    libraries: tuple[str, ...]
    keys: tuple[str, ...]
    """The functions of key_gen.ml."""
    runtime_keys: tuple[str, ...]
    modules: tuple[tuple[str, ...], ...]
    """The words of every functor application, in order: `@2` is the module that another one, from 0, makes."""
    devices: tuple[Started, ...]
    last: tuple[str, ...]
    """The words after the last device: what is initialised in turn, and how it is run."""


@frozen
class Main:
    """What main.ml says: the three of `Facts` that come from it."""

    modules: tuple[tuple[str, ...], ...]
    devices: tuple[Started, ...]
    last: tuple[str, ...]


@frozen
class _Names:
    values: dict[str, int]
    modules: dict[str, int]

    def plain(self, words: Sequence[Token]) -> tuple[str, ...]:
        # What follows a dot is of the module before it, whatever it is called.
        before = ("", *(word.text for word in words))
        return tuple(
            self._plain(word) if word.kind == "word" and dot != "." else word.text
            for word, dot in zip(words, before, strict=False)
        )

    def _plain(self, word: Token) -> str:
        text = word.text
        if text in self.modules:
            return f"@{self.modules[text]}"
        # A device x is the lazy value x; where it is forced, that is __x, and what it gives is _x.
        for dashes in ("", "_", "__"):
            if text.startswith(dashes) and text[len(dashes) :] in self.values:
                return f"{dashes}#{self.values[text[len(dashes) :]]}"
        return text


def facts(files: Mapping[str, str]) -> Facts:
    """What `files`, as `Plan.files` gives them, say. Raises SyntaxFault and ValueError for files of another form."""
    name = next(name for name in files if name.endswith(".opam"))
    keys, runtime = key_functions(files["key_gen.ml"])
    main = main_of(files["main.ml"])
    return Facts(packages(files[name]), libraries(files["dune"]), keys, runtime, main.modules, main.devices, main.last)


def packages(text: str) -> tuple[Wanted, ...]:
    """The packages that an opam file depends on, in its order."""
    fields = opam.read(text)
    pins = {str(pin[0]).removesuffix(".dev"): str(pin[1]) for pin in map(_list, _list(fields.get("pin-depends")))}
    return tuple(_wanted(value, pins) for value in _list(fields.get("depends")))


def _list(value: opam.Value | None) -> list[opam.Value]:
    # What else a value may be is a tuple too, with names for its parts.
    return (
        [*value] if isinstance(value, tuple) and not isinstance(value, (opam.Relation, opam.Logic, opam.Option)) else []
    )


def _wanted(value: opam.Value, pins: Mapping[str, str]) -> Wanted:
    name, conditions = (value.value, value.conditions) if isinstance(value, opam.Option) else (value, ())
    low = high = None
    build = False
    for condition in conditions:
        for part in opam.relations(condition):
            if isinstance(part, str):
                build = build or part == "build"
            elif part.left is None and part.operator == ">=":
                low = str(part.right)
            elif part.left is None and part.operator == "<":
                high = str(part.right)
            else:
                raise ValueError(f"{name}: {part} is no bound that an interval has")
    return Wanted(str(name), low, high, build, pins.get(str(name)))


def libraries(text: str) -> tuple[str, ...]:
    """The libraries that the stanzas of a dune file link, sorted."""
    found = {lib for _, fields in sexps.stanzas(text) for lib in sexps.field(fields, "libraries") or ()}
    return tuple(sorted(lib for lib in found if isinstance(lib, str)))


def key_functions(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The functions of key_gen.ml that give a key's value, and the names in its list of runtime keys, both in its order."""
    words = ocaml.tokens(text)
    texts = [word.text for word in words]
    functions = [
        texts[i + 1] for i in range(len(texts) - 3) if texts[i] == "let" and texts[i + 2 : i + 4] == ["(", ")"]
    ]
    start = texts.index("runtime_keys")
    strings = [_STRING.fullmatch(word.text) for word in words[start:] if word.kind == "string"]
    return tuple(functions), tuple(match.group(1) for match in strings if match)


def main_of(text: str) -> Main:
    """What main.ml says. Raises SyntaxFault, and ValueError for a name that is defined twice."""
    words = ocaml.tokens(text)
    modules: list[tuple[str, Sequence[Token]]] = []
    values: list[tuple[str, Sequence[Token]]] = []
    eager: set[str] = set()
    at = last = 0
    while at < len(words):
        texts = [word.text for word in words[at : at + 5]]
        if texts[0] == "module" and texts[2:3] == ["="]:
            end = _after_application(words, at + 3)
            modules.append((texts[1], words[at + 3 : end]))
        elif texts[0] == "let" and texts[2:] == ["=", "lazy", "("]:
            end = _after_brackets(text, words, at + 4)
            values.append((texts[1], words[at + 5 : end - 1]))
        elif texts[:3] == ["let", "lazy", "_"] and len(texts) == 5:
            eager.add(texts[4])
            end = at + 5
        else:
            at += 1
            continue
        at = last = end
    names = _Names(_places(name for name, _ in values), _places(name for name, _ in modules))
    devices = tuple(_started(names.plain(code), name in eager) for name, code in values)
    return Main(tuple(names.plain(code) for _, code in modules), devices, names.plain(words[last:]))


def _places(names: Iterable[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if places.setdefault(name, place) != place:
            raise ValueError(f"main.ml defines {name} twice")
    return places


def _after_application(words: Sequence[Token], at: int) -> int:
    """The end of a path of modules and the arguments that follow it."""
    while at < len(words) and (words[at].text in (".", "(", ")") or words[at].text[0].isupper()):
        at += 1
    return at


def _after_brackets(text: str, words: Sequence[Token], start: int) -> int:
    depth = 0
    for at in range(start, len(words)):
        depth += {"(": 1, ")": -1}.get(words[at].text, 0) if words[at].kind == "bracket" else 0
        if not depth:
            return at + 1
    return fault(text, words[start].start, "( is never closed")


def _started(code: tuple[str, ...], eager: bool) -> Started:
    needs: list[int] = []
    for at in range(0, len(code) - 7, 8):
        place = code[at + 6].removeprefix("#")
        if code[at : at + 8] != ("let", f"__#{place}", "=", "Lazy", ".", "force", f"#{place}", "in"):
            break
        needs.append(int(place))
    return Started(tuple(needs), code, eager)

"""main.ml as emitted, read back independent of the devices' names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import field, frozen

from functoria.testing import ocaml
from functoria.testing.syntax import Token, fault

_START = ("let", "(", ")", "=", "Printexc", ".", "record_backtrace", "true")
"""The tokens between the prelude and the first module."""


@frozen
class Started:
    """A device, as main.ml defines it."""

    needs: tuple[int, ...]
    """The devices that it forces, by their index in main.ml, from 0."""
    bound: tuple[int, ...]
    """The devices whose results it then awaits."""
    code: tuple[str, ...]
    """The tokens of its own code. `_#3` stands for the value of a device, `@2` for an applied module."""
    eager: bool


@frozen
class Names:
    """The names of devices and of applied modules, in order."""

    values: tuple[str, ...]
    modules: tuple[str, ...]
    _places: dict[str, str] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        # A device is the lazy value x; the forced promise is __x, and its result _x.
        places = {f"{dash}{name}": f"{dash}#{i}" for dash in ("__", "_", "") for i, name in enumerate(self.values)}
        object.__setattr__(self, "_places", places | {name: f"@{i}" for i, name in enumerate(self.modules)})

    def plain(self, words: Iterable[Token]) -> tuple[str, ...]:
        """Return `words` with placeholders for these names. A name after a dot belongs to the module before it."""
        found: list[str] = []
        before = ""
        for word in words:
            own = word.kind == "word" and before != "."
            found.append(self._places.get(word.text, word.text) if own else word.text)
            before = word.text
        return tuple(found)


@frozen
class Main:
    """The contents of main.ml."""

    head: tuple[str, ...]
    """The tokens of the prelude."""
    modules: tuple[tuple[str, ...], ...]
    """The tokens of every functor application, in order. `@2` stands for the module that application 2, from 0, defines."""
    devices: tuple[Started, ...]
    last: tuple[str, ...]
    """The tokens after the last device: the order of initialisation, and how the program is run."""
    names: Names = field(eq=False)


def main_of(text: str) -> Main:
    """Parse main.ml. Raises SyntaxFault for another form, and for a name that is defined twice."""
    words = ocaml.tokens(text)
    texts = tuple(word.text for word in words)
    start = next((at for at in range(len(words)) if texts[at : at + len(_START)] == _START), None)
    if start is None:
        fault(text, 0, f"{' '.join(_START)} is missing")
    modules: dict[str, Sequence[Token]] = {}
    values: dict[str, Sequence[Token]] = {}
    eager: set[str] = set()
    at = start + len(_START)
    while at < len(words):
        here = texts[at : at + 5]
        if here[0] == "module" and here[2:3] == ("=",):
            end = _after_application(words, at + 3)
            _define(text, modules, words[at + 1], words[at + 3 : end])
        elif here[0] == "let" and here[2:] == ("=", "lazy", "("):
            end = _after_brackets(text, words, at + 4)
            _define(text, values, words[at + 1], words[at + 5 : end - 1])
        elif here[:4] == ("let", "lazy", "_", "=") and here[4:] == tuple(values)[-1:]:
            eager.add(here[4])
            end = at + 5
        else:
            break
        at = end
    names = Names(tuple(values), tuple(modules))
    return Main(
        names.plain(words[:start]),
        tuple(names.plain(code) for code in modules.values()),
        tuple(_started(names.plain(code), name in eager) for name, code in values.items()),
        names.plain(words[at:]),
        names,
    )


def _define(text: str, found: dict[str, Sequence[Token]], name: Token, code: Sequence[Token]) -> None:
    if name.text in found:
        fault(text, name.start, f"{name.text} is defined twice")
    found[name.text] = code


def _after_application(words: Sequence[Token], at: int) -> int:
    """Return the end of a module path and the arguments that follow it."""
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
    needs, at = _repeated(code, 0, ("let", "__", "=", "Lazy", ".", "force", "", "in"))
    bound, at = _repeated(code, at, ("__", ">>=", "fun", "_", "->"))
    return Started(needs, bound, code[at:], eager)


def _repeated(code: tuple[str, ...], at: int, form: tuple[str, ...]) -> tuple[tuple[int, ...], int]:
    """Return the devices in repetitions of `form` in `code` from `at` on, and the index after them."""
    found: list[int] = []
    while len(code) - at >= len(form):
        place = code[at + form.index("__")].partition("#")[2]
        named = tuple(f"{part}#{place}" if part in ("", "_", "__") else part for part in form)
        if not place or code[at : at + len(form)] != named:
            break
        found.append(int(place))
        at += len(form)
    return tuple(found), at

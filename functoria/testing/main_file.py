"""main.ml as emitted, read back independent of the devices' names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attr import field, frozen

from functoria.testing import ocaml
from functoria.testing.syntax import Token, fault


@frozen
class Form:
    """The parts of a main module that differ between releases, in tokens."""

    start: tuple[str, ...] = ("let", "(", ")", "=", "Printexc", ".", "record_backtrace", "true")
    """Between the prelude and the first definition."""
    end: tuple[str, ...] = ()
    """After each definition."""
    register: tuple[str, ...] = ()
    """After the `=` of a registered value, before its code."""


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
    given: tuple[int, ...] = ()
    """The registered values that it is given, in order."""


@frozen
class Names:
    """The names of devices and of applied modules, in order."""

    values: tuple[str, ...]
    modules: tuple[str, ...]
    registered: tuple[str, ...] = ()
    """Those of the registered values."""
    _places: dict[str, str] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        # A device is the lazy value x; the forced promise is __x, and its result _x.
        places = {f"{dash}{name}": f"{dash}#{i}" for dash in ("__", "_", "") for i, name in enumerate(self.values)}
        places |= {f"{name}__key": f"~{i}" for i, name in enumerate(self.registered)}
        places |= {f"_{name}": f"_~{i}" for i, name in enumerate(self.registered)}
        object.__setattr__(self, "_places", places | {name: f"@{i}" for i, name in enumerate(self.modules)})

    def plain(self, words: Iterable[Token]) -> tuple[str, ...]:
        """Return `words` with placeholders for these names. A name after a dot belongs to the module before it."""
        found: list[str] = []
        before = ""
        for word in words:
            own = word.kind == "word" and before not in (".", "'")  # a quote begins a type variable
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
    registered: tuple[tuple[str, ...], ...] = ()
    """The tokens of the code of each registered value, in order."""


def main_of(text: str, form: Form | None = None) -> Main:
    """Parse a main module of `form`, by default the core's. Raises SyntaxFault for another, and for a name defined twice."""
    form = form or Form()
    words = ocaml.tokens(text)
    texts = tuple(word.text for word in words)
    start = next((at for at in range(len(words)) if _starts(texts, at, form)), None)
    if start is None:
        fault(text, 0, f"{' '.join(form.start)} is missing")
    modules: dict[str, Sequence[Token]] = {}
    values: dict[str, Sequence[Token]] = {}
    registered: dict[str, Sequence[Token]] = {}
    eager: set[str] = set()
    at = start + len(form.start)
    while at < len(words):
        here = texts[at : at + 5]
        if form.end and texts[at : at + len(form.end)] == form.end and (modules or values or registered):
            at += len(form.end)
            continue
        if _registers(texts, at, form):
            code = at + 3 + len(form.register)
            end = next((k for k in range(code, len(words)) if texts[k : k + len(form.end)] == form.end), len(words))
            _define(text, registered, words[at + 1], words[code:end])
            at = end
            continue
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
    names = Names(tuple(values), tuple(modules), tuple(name.removesuffix("__key") for name in registered))
    return Main(
        names.plain(words[:start]),
        tuple(names.plain(code) for code in modules.values()),
        tuple(_started(names.plain(code), name in eager) for name, code in values.items()),
        names.plain(words[at:]),
        names,
        tuple(tuple(word.text for word in code) for code in registered.values()),
    )


def _starts(texts: Sequence[str], at: int, form: Form) -> bool:
    """Whether the definitions begin at `at`: with the start of the form, or with the first definition if it has none."""
    if form.start:
        return tuple(texts[at : at + len(form.start)]) == form.start
    here = tuple(texts[at : at + 5])
    lazy, applied = (
        here[:1] == ("let",) and here[2:] == ("=", "lazy", "("),
        here[:1] == ("module",) and here[2:3] == ("=",),
    )
    return lazy or applied or _registers(texts, at, form)


def _registers(texts: Sequence[str], at: int, form: Form) -> bool:
    """Whether a registered value is defined at `at`."""
    head, code = tuple(texts[at : at + 3]), tuple(texts[at + 3 : at + 3 + len(form.register)])
    return bool(form.register) and head[:1] == ("let",) and head[2:] == ("=",) and code == form.register


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
    given: list[int] = []
    while code[at : at + 4] == ("let", code[at + 1] if at + 1 < len(code) else "", "=", "(") and code[
        at + 1
    ].startswith("_~"):
        place = code[at + 1].removeprefix("_~")
        if code[at + 4 : at + 9] != (f"~{place}", "(", ")", ")", "in"):
            break
        given.append(int(place))
        at += 9
    return Started(needs, bound, code[at:], eager, tuple(given))


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

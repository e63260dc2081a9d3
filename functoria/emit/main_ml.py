"""main.ml: a module for each functor application, a lazy value for each device, and the order in which they start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from functoria.emit.emitter import File, Piece, header
from functoria.errors import InvalidName
from functoria.graph.hooks import attribute, call, called, turn, wrong
from functoria.key_module import KEY_GEN
from functoria.names import KEYWORDS, value_name
from functoria.printable import worded

if TYPE_CHECKING:
    from functoria.graph.graph import Node
    from functoria.graph.info import Info

_STRING = re.compile(r"""'"'|"[^"\\]*(?:\\.[^"\\]*)*\"""", re.DOTALL)
_WORD = re.compile(r"(?<![\w.~?`'])[A-Za-z_][\w']*")
_OWN = frozenset(["return", "run", "t", "_"])
_GIVEN = "Given_to_device__"
_STAND_IN = _GIVEN.lower()


class Registered(NamedTuple):
    """A value that the main module defines once, at its head, and passes to devices after what they need.

    `name` is its name there, unless that is taken. `code` is the OCaml expression that the root registers.
    """

    name: str
    code: str


class Names(NamedTuple):
    """The names of the nodes in the main module, in the order of the nodes."""

    values: list[str]
    modules: list[str]


def emit(info: Info) -> Mapping[str, File]:
    """Emit the main module. Raises DeviceError if a device's `connect` fails or does not return text."""
    return {f"{info.root.executable(info)}.ml": File.of(MainModule(info).pieces())}


def names_of(info: Info) -> Names:
    """Return the names of an application's devices in its main module."""
    return MainModule(info).names


class MainModule:
    """The main module of an application, in pieces. Releases whose main module differs derive a class.

    Names are chosen so that none coincides with one that the prelude or the code of a device uses. Where the lazy value x is
    forced the promise is `__x`, and its result `_x`. A registered value y is defined as `y__key` and passed as `_y`.
    """

    def __init__(self, info: Info) -> None:
        self.info = info
        self.prelude = info.root.prelude(info)
        self.paths = [node.module for node in info.nodes]
        self.defined = [node.defined for node in info.nodes]
        self.given = {node.index: tuple(info.root.registered(node.device)) for node in info.nodes}
        self.registered: dict[Registered, str] = {}
        """The name of each registered value, in order of first use."""
        with turn():
            self.names = self._named()
        with turn():
            self.codes = [
                self._connect(
                    node,
                    self.names.modules[node.index],
                    [f"_{self.names.values[need.index]}" for need in node.needed],
                    [f"_{self.registered[each]}" for each in self.given[node.index]],
                )
                for node in info.nodes
            ]

    def pieces(self) -> Iterator[Piece]:
        """Return the whole module in pieces, each with the device that it comes from."""
        yield self.head()
        yield from self.registrations()
        for node in self.info.nodes:
            if self.defined[node.index]:
                applied = "".join(f"({self.names.modules[a.index]})" for a in node.arguments)
                yield Piece(
                    self.application(self.names.modules[node.index], f"{self.paths[node.index]}{applied}"), node
                )
        for node in self.info.nodes:
            yield Piece(self.definition(node), node)
        yield self.tail()

    def head(self) -> Piece:
        """Return the text before the first device."""
        return Piece(f"{header('(*', ' *)')}\n{self.prelude}\nlet () = Printexc.record_backtrace true\n")

    def registrations(self) -> Iterator[Piece]:
        """Return the definitions of registered values, in releases that have them."""
        yield from ()

    def application(self, name: str, functor: str) -> str:
        """Return the definition of the module `name` as an applied functor."""
        return f"\nmodule {name} = {functor}\n"

    def definition(self, node: Node) -> str:
        """Return the lazy value of a device, which forces what it needs, awaits the results, and runs the device's code."""
        name = self.names.values[node.index]
        eager = f"\nlet lazy _ = {name}\n" if node.device.eager else ""
        return f"\nlet {name} = lazy (\n{self.body(node)}\n)\n{eager}"

    def body(self, node: Node) -> str:
        """Return the expression of a device's lazy value."""
        needs = [self.names.values[need.index] for need in node.needed]
        forced = "".join(f"  let __{name} = Lazy.force {name} in\n" for name in needs)
        bound = "".join(f"  __{name} >>= fun _{name} ->\n" for name in needs)
        given = "".join(self.bound(self.registered[each]) for each in self.given[node.index])
        return f"{forced}{bound}{given}  {self.codes[node.index]}"

    def bound(self, name: str) -> str:
        """Return the variable that holds a registered value in the code of a device."""
        return f"  let _{name} = {name}__key () in\n"

    def order(self) -> str:
        """Return the expression that starts the init devices in order, then the root."""
        root = self.info.nodes[-1]
        init = root.deps[: len(root.device.init)]
        first = "".join(f"    Lazy.force {self.names.values[node.index]} >>= fun _ ->\n" for node in init)
        return f"{first}    Lazy.force {self.names.values[root.index]}"

    def tail(self) -> Piece:
        """Return the text after the last device, which runs the program."""
        return Piece(f"\nlet () =\n  let t =\n{self.order()}\n  in\n  run t\n")

    def _named(self) -> Names:
        nodes = self.info.nodes
        mentioned: set[str] = set()
        stand_ins = [f"{_STAND_IN}{n}" for n in range(max(len(n.needed) + len(self.given[n.index]) for n in nodes))]
        for node, path in zip(nodes, self.paths, strict=True):
            # Placeholders distinguish names passed to the device from names in its own code.
            count = len(node.needed)
            more = stand_ins[count : count + len(self.given[node.index])]
            code = self._connect(node, _GIVEN if self.defined[node.index] else path, stand_ins[:count], more)
            words = _words(code)
            if count or more:
                words.difference_update(stand_ins[: count + len(more)])
            mentioned |= words
        mentioned.discard(_GIVEN)
        mentioned.update(*map(_words, (self.prelude, *{each.code for given in self.given.values() for each in given})))
        modules = {word for word in mentioned if word[0].isupper()}
        values = {*KEYWORDS, *_OWN, *(mentioned - modules)}
        return self._assigned(values, modules.union(*map(_heads, self.paths)))

    def _assigned(self, taken_values: set[str], taken_modules: set[str]) -> Names:
        values, modules = (
            _Numbered(taken_values, (("", ""), ("_", ""), ("__", ""), ("", "__key"))),
            _Numbered(taken_modules),
        )
        names = Names([], [])
        for node in self.info.nodes:
            try:
                own = value_name(attribute(node.device, "name"), of="device")
            except InvalidName as error:
                raise error.at(node.device.location) from None
            names.values.append(values.fresh(own))
            names.modules.append(
                modules.fresh(own.lstrip("_").capitalize() or "M")
                if self.defined[node.index]
                else self.paths[node.index]
            )
        for given in self.given.values():
            for each in given:
                if each not in self.registered:
                    self.registered[each] = values.fresh(each.name)
        return names

    def _connect(self, node: Node, module: str, needs: Sequence[str], more: Sequence[str]) -> str:
        """Return the code of a device. `needs` are the variables of all that it needs, of which some have no value."""
        info, device = self.info, node.device
        if node.functor:
            return "return ()"
        values = [value for value, need in zip(needs, node.needed, strict=True) if need.has_value]
        code = call(device, "connect", info, module, [*values, *more])
        if not isinstance(code, str) or not code.strip():
            raise wrong(
                device, f"connect of {called(device)} returned {worded(code)}, but must return OCaml code", "connect"
            )
        keys = info.root.key_module or KEY_GEN
        asked = (
            keys.name in code and not device.own_source
        )  # a module of the user's with that name is refused elsewhere
        for name in keys.called(_without_strings(code)) if asked else ():
            if name not in info.known:
                why = (
                    "no key of that name is declared: add it to the device's keys"
                    if info.root.key_module
                    else f"a program of {called(info.root)} does not read keys when it runs"
                )
                raise wrong(device, f"connect of {called(device)} calls {keys.name}.{name}, but {why}")
        return code


def _heads(path: str) -> set[str]:
    """The modules that a module path begins with, and those that it is applied to."""
    return {word.partition(".")[0] for word in path.replace("(", " ").replace(")", " ").split()}


class _Numbered:
    """Hands out distinct names: the first as it is, later ones with a number. `forms` are all that derive from a name.

    What is handed out is added to `taken`.
    """

    def __init__(self, taken: set[str], forms: Sequence[tuple[str, str]] = (("", ""),)) -> None:
        self._taken = taken
        self._forms = forms
        self._next: dict[str, int] = {}

    def fresh(self, base: str) -> str:
        name, number = base, self._next.get(base, 1)
        made = [before + name + after for before, after in self._forms]
        while not self._taken.isdisjoint(made):
            name = f"{base}{number}"
            made = [before + name + after for before, after in self._forms]
            number += 1
        self._next[base] = number
        self._taken.update(made)
        return name


def _words(code: str) -> set[str]:
    """Return the identifiers that `code` uses outside of strings: lower-case ones, and the heads of module paths."""
    return set(_WORD.findall(_without_strings(code)))


def _without_strings(code: str) -> str:
    return _STRING.sub('""', code) if '"' in code else code

"""main.ml: a module for each functor application, a lazy value for each device, and the order in which they start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from functoria.emit.emitter import File, Piece, header
from functoria.errors import InvalidName
from functoria.graph.hooks import attribute, call, called, wrong
from functoria.key_module import KEY_GEN
from functoria.names import KEYWORDS, value_name

if TYPE_CHECKING:
    from functoria.graph.graph import Node
    from functoria.graph.info import Info

_STRING = re.compile(r"""'"'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_WORD = re.compile(r"(?<![\w.~?`'])[A-Za-z_][\w']*")
_OWN = frozenset(["return", "run", "t", "_"])
_GIVEN = "Given_to_device__"
_STAND_IN = _GIVEN.lower()


class Registered(NamedTuple):
    """A value that the main module defines once, at its head, and hands to devices after what they need.

    `name` is what it is called there, if that is free; `code` is the OCaml expression that the root registers.
    """

    name: str
    code: str


class Names(NamedTuple):
    """What each node is called in the main module, in order of the nodes."""

    values: list[str]
    modules: list[str]


def emit(info: Info) -> Mapping[str, File]:
    """The main module. Raises DeviceError where a device's `connect` fails or returns no text."""
    return {f"{info.root.executable(info)}.ml": File.of(MainModule(info).pieces())}


def names_of(info: Info) -> Names:
    """What the devices of an application are called in its main module."""
    return MainModule(info).names


class MainModule:
    """The main module of an application, in pieces. A release with another form of it derives a class.

    Names are chosen such that none is one that the prelude, or the code of a device, mentions by itself. Where the value x is
    forced it is `__x`, and what it gives is `_x`; a registered value y is made as `y__key`, and given to a device as `_y`.
    """

    def __init__(self, info: Info) -> None:
        self.info = info
        self.prelude = info.root.prelude(info)
        self.paths = [node.module for node in info.nodes]
        self.given = {node.index: tuple(info.root.registered(node.device)) for node in info.nodes}
        self.registered: dict[Registered, str] = {}
        """What each registered value is called, in order of first use."""
        self.names = self._named()
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
        """The module from its head to its end, each piece with the device that it comes from."""
        yield self.head()
        yield from self.registrations()
        for node in self.info.nodes:
            if node.arguments:
                applied = "".join(f"({self.names.modules[a.index]})" for a in node.arguments)
                yield Piece(
                    self.application(self.names.modules[node.index], f"{self.paths[node.index]}{applied}"), node
                )
        for node in self.info.nodes:
            yield Piece(self.definition(node), node)
        yield self.tail()

    def head(self) -> Piece:
        """What comes before the first device."""
        return Piece(f"{header('(*', ' *)')}\n{self.prelude}\nlet () = Printexc.record_backtrace true\n")

    def registrations(self) -> Iterator[Piece]:
        """The definitions of registered values, for a release that has some."""
        yield from ()

    def application(self, name: str, functor: str) -> str:
        """The definition of the module `name` as a functor applied."""
        return f"\nmodule {name} = {functor}\n"

    def definition(self, node: Node) -> str:
        """The lazy value of a device, which forces what it needs, waits for the values, and runs the device's code."""
        name = self.names.values[node.index]
        eager = f"\nlet lazy _ = {name}\n" if node.device.eager else ""
        return f"\nlet {name} = lazy (\n{self.body(node)}\n)\n{eager}"

    def body(self, node: Node) -> str:
        """The expression of that value."""
        needs = [self.names.values[need.index] for need in node.needed]
        forced = "".join(f"  let __{name} = Lazy.force {name} in\n" for name in needs)
        bound = "".join(f"  __{name} >>= fun _{name} ->\n" for name in needs)
        given = "".join(self.bound(self.registered[each]) for each in self.given[node.index])
        return f"{forced}{bound}{given}  {self.codes[node.index]}"

    def bound(self, name: str) -> str:
        """The variable of a registered value, for the code of a device."""
        return f"  let _{name} = {name}__key () in\n"

    def order(self) -> str:
        """The expression that starts the init devices in order, then the root."""
        root = self.info.nodes[-1]
        init = root.deps[: len(root.device.init)]
        first = "".join(f"    Lazy.force {self.names.values[node.index]} >>= fun _ ->\n" for node in init)
        return f"{first}    Lazy.force {self.names.values[root.index]}"

    def tail(self) -> Piece:
        """What comes after the last device, and runs them."""
        return Piece(f"\nlet () =\n  let t =\n{self.order()}\n  in\n  run t\n")

    def _named(self) -> Names:
        nodes = self.info.nodes
        mentioned: set[str] = set()
        stand_ins = [f"{_STAND_IN}{n}" for n in range(max(len(n.needed) + len(self.given[n.index]) for n in nodes))]
        for node, path in zip(nodes, self.paths, strict=True):
            # What is given to the device stands here under names that tell it from what the code mentions by itself.
            count = len(node.needed)
            more = stand_ins[count : count + len(self.given[node.index])]
            code = self._connect(node, _GIVEN if node.arguments else path, stand_ins[:count], more)
            words = _words(code)
            if count or more:
                words.difference_update(stand_ins[: count + len(more)])
            mentioned |= words
        mentioned.discard(_GIVEN)
        mentioned.update(*map(_words, (self.prelude, *{each.code for given in self.given.values() for each in given})))
        modules = {word for word in mentioned if word[0].isupper()}
        values = {*KEYWORDS, *_OWN, *(mentioned - modules)}
        return self._assigned(values, modules.union(path.partition(".")[0] for path in self.paths))

    def _assigned(self, taken_values: Iterable[str], taken_modules: Iterable[str]) -> Names:
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
                modules.fresh(own.lstrip("_").capitalize() or "M") if node.arguments else self.paths[node.index]
            )
        for given in self.given.values():
            for each in given:
                if each not in self.registered:
                    self.registered[each] = values.fresh(each.name)
        return names

    def _connect(self, node: Node, module: str, needs: Sequence[str], more: Sequence[str]) -> str:
        """The code of a device, where `needs` are the variables of all that it needs: a functor among them has no value."""
        info, device = self.info, node.device
        if node.functor:
            return "return ()"
        values = [value for value, need in zip(needs, node.needed, strict=True) if not need.functor]
        code = call(device, "connect", info, module, [*values, *more])
        if not isinstance(code, str) or not code.strip():
            raise wrong(device, f"connect of {called(device)} returned {code!r}, but must return OCaml code")
        keys = info.root.key_module or KEY_GEN
        asked = keys.name in code and not device.own_source  # one of the user's own by that name is refused as such
        for name in keys.called(_without_strings(code)) if asked else ():
            if name not in info.known:
                why = (
                    "no key of that name is declared: add it to the device's keys"
                    if info.root.key_module
                    else f"a program of {called(info.root)} does not read keys when it runs"
                )
                raise wrong(device, f"connect of {called(device)} calls {keys.name}.{name}, but {why}")
        return code


class _Numbered:
    """Names that differ: the first is taken as it is, the next ones with a number. `forms` are what is made of each."""

    def __init__(self, taken: Iterable[str], forms: Sequence[tuple[str, str]] = (("", ""),)) -> None:
        self._taken = set(taken)
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
    """The identifiers that `code` mentions outside of strings: values and the like, and the heads of module paths."""
    return set(_WORD.findall(_without_strings(code)))


def _without_strings(code: str) -> str:
    return _STRING.sub('""', code) if '"' in code else code

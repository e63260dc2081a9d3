"""main.ml: a module for each functor application, a lazy value for each device, and the order in which they start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from functoria.emit.emitter import File, Piece
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
HEADER = "Made by functoria. Changes here are lost when it is configured again."


class Names(NamedTuple):
    """What each node is called in main.ml, in order of the nodes."""

    values: list[str]
    modules: list[str]


def emit(info: Info) -> Mapping[str, File]:
    """The main module. Raises DeviceError where a device's `connect` fails or returns no text."""
    return {f"{info.root.executable(info)}.ml": File.of(_pieces(info))}


def _pieces(info: Info) -> Iterator[Piece]:
    prelude = info.root.prelude(info)
    names, codes = _named(info, prelude)
    yield Piece(f"(* {HEADER} *)\n\n{prelude}\nlet () = Printexc.record_backtrace true\n")
    for node in info.nodes:
        if node.arguments:
            applied = "".join(f"({names.modules[a.index]})" for a in node.arguments)
            yield Piece(f"\nmodule {names.modules[node.index]} = {node.module}{applied}\n", node)
    for node in info.nodes:
        needs = [names.values[need.index] for need, _ in node.needs]
        forced = "".join(f"  let __{name} = Lazy.force {name} in\n" for name in needs)
        bound = "".join(f"  __{name} >>= fun _{name} ->\n" for name in needs)
        name = names.values[node.index]
        eager = f"\nlet lazy _ = {name}\n" if node.device.eager else ""
        yield Piece(f"\nlet {name} = lazy (\n{forced}{bound}  {codes[node.index]}\n)\n{eager}", node)
    root = info.nodes[-1]
    init = root.deps[: len(root.device.init)]
    order = "".join(f"    Lazy.force {names.values[node.index]} >>= fun _ ->\n" for node in init)
    yield Piece(f"\nlet () =\n  let t =\n{order}    Lazy.force {names.values[root.index]}\n  in\n  run t\n")


def names_of(info: Info) -> Names:
    """What the devices of an application are called in its main module."""
    return _named(info, info.root.prelude(info))[0]


def _named(info: Info, prelude: str) -> tuple[Names, list[str]]:
    """Names, and the code of every device under these names. No name is one that the code of a device mentions."""
    lower, upper = _words(prelude)
    taken_values = {*KEYWORDS, *_OWN, *lower}
    taken_modules = upper | {node.module.partition(".")[0] for node in info.nodes}
    for node in info.nodes:
        # What is given to the device stands here under names that tell it from what the code mentions by itself.
        values = [f"{_GIVEN.lower()}{place}" for place, _ in enumerate(node.needs)]
        lower, upper = _words(_connect(info, node, _GIVEN if node.arguments else node.module, values))
        taken_values |= lower.difference(values)
        taken_modules |= upper - {_GIVEN}
    names = _assign(info.nodes, taken_values, taken_modules)
    codes = [
        _connect(info, node, names.modules[node.index], [f"_{names.values[need.index]}" for need, _ in node.needs])
        for node in info.nodes
    ]
    return names, codes


def _assign(nodes: Sequence[Node], taken_values: Iterable[str], taken_modules: Iterable[str]) -> Names:
    # Where the value x is forced it is __x, and what it gives is _x: none of them may be another device's.
    values, modules = _Numbered(taken_values, ("", "_", "__")), _Numbered(taken_modules)
    names = Names([], [])
    for node in nodes:
        try:
            own = value_name(attribute(node.device, "name"), of="device")
        except InvalidName as error:
            raise error.at(node.device.location) from None
        names.values.append(values.fresh(own))
        names.modules.append(modules.fresh(own.lstrip("_").capitalize() or "M") if node.arguments else node.module)
    return names


class _Numbered:
    """Names that differ: the first is taken as it is, the next ones with a number."""

    def __init__(self, taken: Iterable[str], prefixes: Sequence[str] = ("",)) -> None:
        self._taken = set(taken)
        self._prefixes = prefixes
        self._next: dict[str, int] = {}

    def fresh(self, base: str) -> str:
        name, number = base, self._next.get(base, 1)
        while any(prefix + name in self._taken for prefix in self._prefixes):
            name = f"{base}{number}"
            number += 1
        self._next[base] = number
        self._taken.update(prefix + name for prefix in self._prefixes)
        return name


def _connect(info: Info, node: Node, module: str, needs: Sequence[str]) -> str:
    """The code of a device, where `needs` are the variables of all that it needs: a functor among them has no value."""
    device = node.device
    if node.functor:
        return "return ()"
    values = [value for value, (need, _) in zip(needs, node.needs, strict=True) if not need.functor]
    code = call(device, "connect", info, module, values)
    if not isinstance(code, str) or not code.strip():
        raise wrong(device, f"connect of {called(device)} returned {code!r}, but must return OCaml code")
    keys = info.root.key_module or KEY_GEN
    for name in keys.called(_STRING.sub('""', code)):
        if name not in info.known:
            raise wrong(
                device,
                f"connect of {called(device)} calls {keys.name}.{name}, but "
                + (
                    "no key of that name is declared: add it to the device's keys"
                    if info.root.key_module
                    else f"a program of {called(info.root)} does not read keys when it runs"
                ),
            )
    return code


def _words(code: str) -> tuple[set[str], set[str]]:
    """The identifiers that `code` mentions outside of strings: values and the like, and the heads of module paths."""
    words = set(_WORD.findall(_STRING.sub('""', code)))
    upper = {word for word in words if word[0].isupper()}
    return words - upper, upper

"""main.ml: a module for each functor application, a lazy value for each device, and the order in which they start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from functoria.errors import InvalidName
from functoria.graph.hooks import attribute, call, called, wrong
from functoria.names import KEYWORDS, value_name

if TYPE_CHECKING:
    from functoria.graph.graph import Node
    from functoria.plan.plan import Plan

_STRING = re.compile(r"""'"'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_WORD = re.compile(r"(?<![\w.~?`'])[A-Za-z_][\w']*")
_KEY = re.compile(r"\bKey_gen\.([a-z_][\w']*)")
_OWN = frozenset(["return", "run", "t", "_"])
_GIVEN = "Given_to_device__"
HEADER = "Made by functoria. Changes here are lost when it is configured again."


class Line(NamedTuple):
    """A piece of main.ml, of one line or several, and the device that it comes from."""

    text: str
    node: Node | None


class Names(NamedTuple):
    """What each node is called in main.ml, in order of the nodes."""

    values: list[str]
    modules: list[str]


def text(plan: Plan) -> str:
    """The text of main.ml. Raises DeviceError where a device's `connect` fails or returns no text."""
    return "".join(line.text for line in lines(plan))


def lines(plan: Plan) -> Iterator[Line]:
    """main.ml in pieces, each with the device that it comes from."""
    prelude = plan.root.device.prelude(plan.info)
    names, codes = _named(plan, prelude)
    yield Line(f"(* {HEADER} *)\n\n{prelude}\nlet () = Printexc.record_backtrace true\n", None)
    for node in plan.devices:
        if node.arguments:
            applied = "".join(f"({names.modules[a.index]})" for a in node.arguments)
            yield Line(f"\nmodule {names.modules[node.index]} = {node.module}{applied}\n", node)
    for node in plan.devices:
        needs = [names.values[need.index] for need, _ in node.needs]
        forced = "".join(f"  let __{name} = Lazy.force {name} in\n" for name in needs)
        bound = "".join(f"  __{name} >>= fun _{name} ->\n" for name in needs)
        name = names.values[node.index]
        eager = f"\nlet lazy _ = {name}\n" if node.device.eager else ""
        yield Line(f"\nlet {name} = lazy (\n{forced}{bound}  {codes[node.index]}\n)\n{eager}", node)
    root = plan.root
    init = root.deps[: len(root.device.init)]
    order = "".join(f"    Lazy.force {names.values[node.index]} >>= fun _ ->\n" for node in init)
    yield Line(f"\nlet () =\n  let t =\n{order}    Lazy.force {names.values[root.index]}\n  in\n  run t\n", None)


def names_of(plan: Plan) -> Names:
    """What the devices of `plan` are called in main.ml."""
    return _named(plan, plan.root.device.prelude(plan.info))[0]


def _named(plan: Plan, prelude: str) -> tuple[Names, list[str]]:
    """Names, and the code of every device under these names. No name is one that the code of a device mentions."""
    lower, upper = _words(prelude)
    taken_values = {*KEYWORDS, *_OWN, *lower}
    taken_modules = upper | {node.module.partition(".")[0] for node in plan.devices}
    for node in plan.devices:
        # What is given to the device stands here under names that tell it from what the code mentions by itself.
        values = [f"{_GIVEN.lower()}{place}" for place, _ in enumerate(node.needs)]
        lower, upper = _words(_connect(plan, node, _GIVEN if node.arguments else node.module, values))
        taken_values |= lower.difference(values)
        taken_modules |= upper - {_GIVEN}
    names = _assign(plan.devices, taken_values, taken_modules)
    codes = [
        _connect(plan, node, names.modules[node.index], [f"_{names.values[need.index]}" for need, _ in node.needs])
        for node in plan.devices
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


def _connect(plan: Plan, node: Node, module: str, needs: Sequence[str]) -> str:
    """The code of a device, where `needs` are the variables of all that it needs: a functor among them has no value."""
    device = node.device
    if node.functor:
        return "return ()"
    values = [value for value, (need, _) in zip(needs, node.needs, strict=True) if not need.functor]
    code = call(device, "connect", plan.info, module, values)
    if not isinstance(code, str) or not code.strip():
        raise wrong(device, f"connect of {called(device)} returned {code!r}, but must return OCaml code")
    for key in _KEY.findall(_STRING.sub('""', code)):
        if key not in plan.info.known:
            raise wrong(
                device,
                f"connect of {called(device)} calls Key_gen.{key}, but no key of that name is "
                "declared: add it to the device's keys",
            )
    return code


def _words(code: str) -> tuple[set[str], set[str]]:
    """The identifiers that `code` mentions outside of strings: values and the like, and the heads of module paths."""
    words = set(_WORD.findall(_STRING.sub('""', code)))
    upper = {word for word in words if word[0].isupper()}
    return words - upper, upper

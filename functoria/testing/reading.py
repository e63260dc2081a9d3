"""Finding out which keys a device reads, by calling its hooks and reading its code."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from attr import field, fields, frozen

from functoria.errors import UnknownKey
from functoria.graph.graph import Node
from functoria.graph.info import Info
from functoria.key import Key
from functoria.main import Main
from functoria.plan.plan import Plan
from functoria.testing import ocaml
from functoria.testing.syntax import Token, fault

T = TypeVar("T")


class Watched(Mapping[str, Any]):
    """The values of keys, recording which names were looked up."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.asked: dict[str, None] = {}

    def __getitem__(self, name: str) -> Any:
        self.asked[name] = None
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@frozen(eq=False, slots=False)
class Asked(Info):
    """An Info that records which keys hooks read from it."""

    keys_asked: dict[Key[Any], None] = field(factory=dict, kw_only=True)

    def get(self, key: Key[T]) -> T:
        """Return the value of `key`, and record it."""
        self.keys_asked[key] = None
        return super().get(key)


@frozen
class Reading:
    """A device, the names that its hooks look up, whether or not such keys exist, and its code."""

    node: Node
    asked: tuple[str, ...]
    keys: tuple[Key[Any], ...]
    """The keys that were asked for by key, not by name."""
    code: str


def readings(plan: Plan) -> Iterator[Reading]:
    """Return what each device of `plan` reads. Exceptions of hooks pass through, except for unknown keys."""
    for node in plan.devices:
        watched = Watched(plan.values)
        told = {each.name: getattr(plan.info, each.name) for each in fields(Info) if each.init}
        info = Asked(**{**told, "context": watched})
        code = ""
        try:
            with warnings.catch_warnings(action="ignore"):
                _ask(node, info)
                if not node.functor:
                    given = len(plan.root.device.registered(node.device))
                    values = [f"_value{place}" for place, need in enumerate(node.needed) if need.has_value]
                    values += [f"_value{len(node.needed) + place}" for place in range(given)]
                    code = node.device.connect(info, "Applied" if node.defined else node.module, values)
        except UnknownKey as error:
            if error.objects != (next(reversed(watched.asked), None),):
                raise
        yield Reading(node, tuple(watched.asked), tuple(info.keys_asked), code)


def _ask(node: Node, info: Info) -> None:
    device = node.device
    device.configure(info)
    for hook in (device.files, device.sources, device.rules):
        list(hook(info))
    if isinstance(device, Main):
        device.prelude(info)
        device.opam_name(info)
        device.result(info)
        list(device.program(info))


def called(code: str, module: str = "Key_gen") -> tuple[str, ...]:
    """Return the names of `module` that OCaml code uses: `port` in `Key_gen.port ()` and `Key_gen.(port ())`.

    Within the brackets of the latter, names count if they are applied to unit. Raises SyntaxFault if the module is opened,
    included, renamed or passed on, because its names can then no longer be recognised.
    """
    words = ocaml.tokens(code)
    texts = ["", *(word.text for word in words), "", "", ""]
    found: list[str] = []
    for at, word in enumerate(words, 1):
        if word.kind != "word" or word.text != module or texts[at - 1] == ".":
            continue
        if texts[at + 1] != "." or at + 1 >= len(words):
            fault(code, word.start, f"what comes from {module} here cannot be followed: write {module}.NAME each time")
        if words[at + 1].kind == "word":
            found.append(texts[at + 2])
        else:
            found.extend(_applied(words, at + 1))
    return tuple(found)


def _applied(words: Sequence[Token], at: int) -> Iterator[str]:
    """Return the names applied to unit between the bracket at `at` and its counterpart."""
    depth = 0
    for place in range(at, len(words)):
        if words[place].kind == "bracket":
            depth += 1 if words[place].text in "([{" else -1
        if not depth:
            return
        after = [word.text for word in words[place + 1 : place + 3]]
        if words[place].kind == "word" and words[place - 1].text != "." and after == ["(", ")"]:
            yield words[place].text

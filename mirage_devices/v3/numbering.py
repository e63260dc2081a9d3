"""The order in which MirageOS 3.3 numbers devices that are known outside of the unikernel, such as disks of a Xen guest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from functoria import Key, Node
from functoria.graph.hooks import deps_of
from functoria.impl import AnyImpl, Application, Choice
from functoria.term import Interner


def by_level(nodes: Sequence[Node], read: Callable[[Key[Any]], Any]) -> list[Node]:
    """Return `nodes`, the root last, in the order in which MirageOS visits them. `read` gives the values of keys.

    It is a topological order by distance from the root, farthest first. Within a level, devices without arguments come
    first, then the order in which MirageOS creates them, which for a device's dependencies is last to first.
    """
    made = _made(nodes[-1].term, read)
    users = [0] * len(nodes)
    for node in nodes:
        for need, _ in node.needs:
            users[need.index] += 1
    order = [nodes[-1]]
    for node in order:  # a queue, which grows during the iteration
        for need, _ in sorted(node.needs, key=lambda need: made(need[0]), reverse=True):
            users[need.index] -= 1
            if not users[need.index]:
                order.append(need)
    return order[::-1]


def _made(root: AnyImpl, read: Callable[[Key[Any]], Any]) -> Callable[[Node], tuple[bool, int]]:
    """Return for each node whether it has arguments, and when MirageOS creates it: after all that it contains."""
    intern = Interner()
    when: dict[int, int] = {}
    pending: list[tuple[int, bool]] = [(intern(root), False)]
    while pending:
        number, entered = pending.pop()
        if entered:
            when.setdefault(number, len(when))
        elif number not in when:
            term: Any = intern.terms[number]
            if isinstance(term, Application):
                inside: Sequence[Any] = (term.functor, term.argument)
            else:
                inside = term.branches if isinstance(term, Choice) else tuple(reversed(deps_of(term)))
            pending.append((number, True))
            pending.extend((intern(each), False) for each in reversed(inside))

    def made(node: Node) -> tuple[bool, int]:
        term: Any = node.term
        while isinstance(term, Choice):
            term = term.choose(term.selector.evaluate(read))
        return bool(node.arguments), when[intern(term)]

    return made

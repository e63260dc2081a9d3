"""The order in which MirageOS 3.3 numbers devices for the outside, such as the disks of a Xen guest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from functoria import Key, Node
from functoria.graph.hooks import deps_of
from functoria.impl import AnyImpl, Application, Choice
from functoria.term import Interner


def by_level(nodes: Sequence[Node], read: Callable[[Key[Any]], Any]) -> list[Node]:
    """`nodes`, the root last, in the order in which MirageOS visits them; `read` gives the values of keys.

    It is a topological one: what is used only far from the root comes first. On one level, devices without arguments come
    before those with some, and among these goes first what MirageOS makes first, where of a device's dependencies, such
    as the jobs of the application, the last is made first.
    """
    made = _made(nodes[-1].term, read)
    users = [0] * len(nodes)
    for node in nodes:
        for need, _ in node.needs:
            users[need.index] += 1
    order = [nodes[-1]]
    for node in order:  # grows while it is read: a queue
        for need, _ in sorted(node.needs, key=lambda need: made(need[0]), reverse=True):
            users[need.index] -= 1
            if not users[need.index]:
                order.append(need)
    return order[::-1]


def _made(root: AnyImpl, read: Callable[[Key[Any]], Any]) -> Callable[[Node], tuple[bool, int]]:
    """Whether a node has arguments, and when MirageOS makes it: after what is inside it, in all branches of choices."""
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

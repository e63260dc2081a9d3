"""The order in which MirageOS 4.11 configures devices, which numbers those provided by a hypervisor."""

from __future__ import annotations

from functoria import Node


def by_visit(root: Node) -> list[Node]:
    """Return `root` and all that it needs in 4.11's order: a device follows its arguments, and these its dependencies."""
    order: dict[int, Node] = {}
    entered: set[int] = set()
    pending = [root]
    while pending:
        node = pending[-1]
        if node.index in entered:
            order.setdefault(pending.pop().index, node)
            continue
        entered.add(node.index)
        needs = (*node.deps, *node.arguments, *node.branches)
        pending.extend(need for need in reversed(needs) if need.index not in entered)
    return list(order.values())

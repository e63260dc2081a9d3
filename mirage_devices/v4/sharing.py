"""Functors whose arguments must be over the same module, because OCaml has no type for their application otherwise."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from attr import field, frozen

from functoria import Node, Unsupported

_EYEBALLS, _DNS, _MIMIC = "Happy_eyeballs_mirage.Make", "Dns_client_mirage.Make", "Mimic_happy_eyeballs.Make"
_CONNECTING = ("Git_net.TCP.Make", "Git_net.SSH.Make", "Git_net.HTTP.Make", "Http_mirage_client.Make")
"""The functors over TCP and connections by name, which must be over the same TCP."""
_STACK, _TCP_OF_STACK = "Tcpip_stack_direct.MakeV4V6", "Tcpip_stack_direct.TCPV4V6"


def check_sharing(nodes: Iterable[Node]) -> None:
    """Raise Unsupported if a DNS client, connections by name or a client is over two stacks; `nodes` are arguments first."""
    found = _Modules()
    for node in nodes:
        found.add(node)
        path, arguments = str(node.device.module), node.arguments
        if node.functor:
            continue
        if path == _DNS:
            found.share(node, "happy eyeballs", arguments[1], (_EYEBALLS, 0), arguments[0])
        elif path == _MIMIC:
            found.share(node, "happy eyeballs", arguments[1], (_EYEBALLS, 0), arguments[0])
            found.share(node, "a DNS client", arguments[2], (_DNS, 1), arguments[1])
        elif path in _CONNECTING:
            found.share(node, "connections", arguments[1], (_MIMIC, 0), arguments[0])


@frozen
class _Modules:
    """The modules that main.ml makes for nodes, as OCaml distinguishes their types: by functor and paths of arguments."""

    _made: dict[int, Hashable] = field(factory=dict)
    _flows: dict[int, Hashable] = field(factory=dict)

    def add(self, node: Node) -> None:
        path, arguments = str(node.device.module), node.arguments
        paths = tuple(each.index if each.arguments else str(each.device.module) for each in arguments)
        made = self._made[node.index] = (path, paths)
        # The flows of a stack are those of its TCP, as are those of the TCP taken from a stack.
        below = {_STACK: -1, _TCP_OF_STACK: 0}
        tcp = arguments[below[path]] if path in below and not node.functor else None
        self._flows[node.index] = made if tcp is None else self._flows[tcp.index]

    def share(self, node: Node, what: str, other: Node, functor: tuple[str, int], wanted: Node) -> None:
        """Refuse `node` if its argument `other`, made by `functor`, is over another module or other flows than `wanted`."""
        path, at = functor
        if str(other.device.module) != path or other.functor:
            return  # a user's own device, about which nothing is known
        under = other.arguments[at]
        known = self._flows if what == "connections" else self._made
        if known[under.index] != known[wanted.index]:
            raise Unsupported(
                f"{node.device.module} is given {what} over another {wanted.device.module} than its own: give it {what} over "
                "the same one, because OCaml has no type for two",
                objects=[node.device, other.device],
                locations=[node.device.location, other.device.location],
            )

"""mirage/main.ml: runtime arguments, functor applications, a lazy value for each device, and the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from functoria.emit.emitter import File, Piece, header
from functoria.emit.main_ml import MainModule

if TYPE_CHECKING:
    from functoria import Info, Node


def emit(info: Info) -> Mapping[str, File]:
    """Emit the main module, in the folder mirage."""
    return {f"mirage/{info.root.executable(info)}.ml": File.of(Main(info).pieces())}


class Main(MainModule):
    """The main module in MirageOS 4's form: each definition ends with `;;`, and nothing enables backtraces."""

    def head(self) -> Piece:
        """Return the prelude."""
        return Piece(f"{header('(*', ' *)')}\n{self.prelude}")

    def registrations(self) -> Iterator[Piece]:
        """Return the registrations of runtime arguments, each with the first device that has it."""
        users = {each: node for node in reversed(self.info.nodes) for each in self.given[node.index]}
        for each, name in self.registered.items():
            yield Piece(f"\nlet {name}__key = Mirage_runtime.register_arg @@\n  {each.code}\n;;\n", users[each])

    def definition(self, node: Node) -> str:
        """Return the lazy value of a device."""
        return f"\nlet {self.names.values[node.index]} = lazy (\n{self.body(node)}\n);;\n"

    def bound(self, name: str) -> str:
        """Return the variable for a runtime argument's value, which is known once the arguments have been parsed."""
        return f"  let _{name} = ({name}__key ()) in\n"

    def tail(self) -> Piece:
        """Return the code that runs the unikernel."""
        return Piece(f"\nlet () =\n  let t = {self.order().lstrip()}\n  in run t\n;;\n")

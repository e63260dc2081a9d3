"""Detecting `x in {…}` where `x` can never be a member.

Python looks a value up in a set by its hash, and calls no `__eq__` if no member has the same hash. Looking up a key among
texts would therefore silently be False. The bytecode of the caller shows that it is about to make that mistake.
"""

from __future__ import annotations

import dis
from collections.abc import Collection
from types import CodeType, FrameType

from functoria.location import is_of_user

_CONTAINS = dis.opmap["CONTAINS_OP"]
_NOWHERE: frozenset[int] = frozenset()
_tests: dict[int, frozenset[int]] = {}
"""The offsets of membership tests in each code object, by identity; empty for code of libraries."""
_kept: list[CodeType] = []
"""The code objects in `_tests`, kept alive so that their identities are not reused."""


def sought_in(frame: FrameType, kind: type, containers: tuple[type, ...]) -> object | None:
    """Return the container in which `frame` looks up a `kind` although none of its members is one; None otherwise.

    Only containers of the types `containers` are recognised, given as constants or variables, and only in users' code.
    """
    offsets = _tests.get(id(frame.f_code))
    if offsets is _NOWHERE or frame.f_lasti not in (_look(frame) if offsets is None else offsets):
        return None
    found = _right(frame)
    if isinstance(found, Collection) and isinstance(found, containers) and found:
        return None if any(isinstance(item, kind) for item in found) else found
    return None


def _look(frame: FrameType) -> frozenset[int]:
    if len(_tests) > 4096:  # do not keep code that comes and goes, as in a notebook
        _tests.clear()
        _kept.clear()
    offsets = _NOWHERE
    if is_of_user(frame):
        opcodes = frame.f_code.co_code[::2]
        offsets = frozenset(2 * place for place, opcode in enumerate(opcodes) if opcode == _CONTAINS) or _NOWHERE
    _tests[id(frame.f_code)] = offsets
    _kept.append(frame.f_code)
    return offsets


def _right(frame: FrameType) -> object:
    """Return the right operand of the `in` that `frame` is executing; None unless it is a constant or a variable."""
    before: dis.Instruction | None = None
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset == frame.f_lasti:
            break
        before = instruction
    if before is None or not before.opname.startswith("LOAD_"):
        return None
    if before.opname == "LOAD_CONST":
        return before.argval
    name = (
        before.argval[-1] if isinstance(before.argval, tuple) else before.argval
    )  # one instruction that loads two variables
    places = (frame.f_globals,) if before.opname == "LOAD_GLOBAL" else (frame.f_locals, frame.f_globals)
    return next((place[name] for place in places if name in place), None)

"""`x in {…}` for what cannot be a member.

Python looks for something in a set by its hash, and compares it with nothing where no hash is the same. So no `__eq__` sees
that a key is looked for among texts, and the answer would be False without a word. But code that asks can be seen to.
"""

from __future__ import annotations

import dis
from collections.abc import Collection
from types import CodeType, FrameType

from functoria.location import is_of_user

_CONTAINS = dis.opmap["CONTAINS_OP"]
_NOWHERE: frozenset[int] = frozenset()
_tests: dict[int, frozenset[int]] = {}
"""The offsets of the instructions of code that test membership, by its identity; none for what no user wrote."""
_kept: list[CodeType] = []
"""That code, so that no other gets its identity."""


def sought_in(frame: FrameType, kind: type, containers: tuple[type, ...]) -> object | None:
    """What `frame` looks for a `kind` in, where that has members, and none is a `kind`; None where it does no such thing.

    It is seen where it is one of `containers`, and a constant or a variable, in code of a user's own.
    """
    offsets = _tests.get(id(frame.f_code))
    if offsets is _NOWHERE or frame.f_lasti not in (_look(frame) if offsets is None else offsets):
        return None
    found = _right(frame)
    if isinstance(found, Collection) and isinstance(found, containers) and found:
        return None if any(isinstance(item, kind) for item in found) else found
    return None


def _look(frame: FrameType) -> frozenset[int]:
    if len(_tests) > 4096:  # code that comes and goes, as in a notebook
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
    """What stands on the right of the `in` at which `frame` is; None for what is not a constant or a variable."""
    before: dis.Instruction | None = None
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset == frame.f_lasti:
            break
        before = instruction
    if before is None or not before.opname.startswith("LOAD_"):
        return None
    if before.opname == "LOAD_CONST":
        return before.argval
    name = before.argval[-1] if isinstance(before.argval, tuple) else before.argval  # two variables, loaded at once
    places = (frame.f_globals,) if before.opname == "LOAD_GLOBAL" else (frame.f_locals, frame.f_globals)
    return next((place[name] for place in places if name in place), None)

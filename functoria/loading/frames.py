"""Find out why the user's code failed: its frames in an exception, and Python's own message with its suggestion."""

from __future__ import annotations

import builtins
import inspect
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from types import FrameType, TracebackType
from typing import Any, NamedTuple

from functoria.location import Location, is_installed, is_own
from functoria.misspelling import near
from functoria.printable import shown


class Place(NamedTuple):
    """A location, with its function if that matters."""

    location: Location
    within: str = ""

    def __str__(self) -> str:
        return f"at {self.location}" + (f", in {shown(self.within)}" if self.within else "")


def frames(error: BaseException) -> list[Place]:
    """Return the user's frames of an exception, innermost first, after the place where other code raised it."""
    found = list(_walked(error.__traceback__))
    users = [place for place in found if is_own(place.location.file)]
    others = [place for place in found if is_installed(place.location.file)]
    if others and others[-1] is found[-1]:
        users += others[-1:] if users else others
    return users[::-1]


def _walked(traceback: TracebackType | None) -> Iterator[Place]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        name = "" if code.co_name == "<module>" else code.co_name
        yield Place(Location.of_code(code, traceback.tb_lasti, traceback.tb_lineno), name)
        traceback = traceback.tb_next


def of_python(error: BaseException) -> str:
    """Return Python's message for `error`, with its suggestion for a misspelt name."""
    said = (text_of(error).splitlines() or [""])[0]
    if isinstance(error, ImportError) and error.path and said.endswith(f" ({error.path})"):
        said = said.removesuffix(f" ({error.path})")
    word, names = _misspelt(error)
    names = [each for each in names if each.startswith("_") <= str(word).startswith("_")]
    found = near(word, names)
    if found:
        said = said.partition(". Did you mean ")[0]  # for a keyword argument, Python 3.13 suggests one itself
    hint = f". Did you mean: {found[0]!r}?" if found else ""
    return f"{type(error).__name__}: {said}{hint}" if said else type(error).__name__ + hint


def text_of(error: BaseException) -> str:
    """Return the text of `error`; empty if it cannot be made, because that is the error's own code."""
    try:
        return str(error)
    except Exception:
        return ""


def led(error: BaseException) -> Iterator[str]:
    """Yield a line for each of the first exceptions of a group, or of those that led to `error`, with its place."""
    group = getattr(error, "exceptions", ())
    chain: list[BaseException] = [each for each in group if isinstance(each, BaseException)] if group else []
    at: BaseException | None = error
    while at is not None and not group and len(chain) < _LED:
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
        chain += [] if at is None else [at]
    for each in chain[:_LED]:
        places = frames(each)
        yield f"{'with' if group else 'after'} {of_python(each)}" + (f", {places[0]}" if places else "")


_LED = 2
"""The most exceptions that are shown beside the one that is reported."""


def missing(error: BaseException) -> list[str]:
    """Return the unknown name in `error`; empty if it is about something else."""
    word, _ = _misspelt(error)
    return [] if word is None else [word]


def _misspelt(error: BaseException) -> tuple[str | None, Sequence[str]]:
    """Return the unknown name in `error`, and the known ones."""
    if isinstance(error, ModuleNotFoundError):
        parent, _, last = (error.name or "").rpartition(".")
        if not parent:
            there = (each.name for each in pkgutil.iter_modules())
            return last, [*sys.stdlib_module_names, *(name for name in sys.modules if "." not in name), *there]
        places = getattr(sys.modules.get(parent), "__path__", ())
        return last, [each.name for each in pkgutil.iter_modules(places)]
    if isinstance(error, ImportError) and str(error).startswith("cannot import name '"):
        return str(error).split("'")[1], _attributes(sys.modules.get(error.name or ""))
    if isinstance(error, NameError):
        frame = _last(error.__traceback__)
        names = [] if frame is None else [*frame.f_locals, *frame.f_globals, *dir(builtins)]
        return error.name, [name for name in names if isinstance(name, str)]
    if isinstance(error, AttributeError):
        return error.name, _attributes(error.obj)
    if isinstance(error, TypeError) and "got an unexpected keyword argument '" in str(error):
        return str(error).split("'")[1], _parameters(error)
    return None, ()


def _parameters(error: TypeError) -> Sequence[str]:
    """Return the parameters of the function that got an unknown keyword."""
    frame, name = _last(error.__traceback__), str(error).partition("(")[0]
    value: object = None
    for number, part in enumerate(name.split(".")):
        scopes: Sequence[Any] = () if frame is None else (frame.f_locals, frame.f_globals, vars(builtins))
        value = getattr(value, part, None) if number else next((names[part] for names in scopes if part in names), None)
    try:
        return [] if value is None else list(inspect.signature(value).parameters)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []


def _attributes(value: object) -> Sequence[str]:
    try:
        return [name for name in dir(value) if isinstance(name, str)]
    except Exception:  # __dir__ may be user code
        return ()


def _last(traceback: TracebackType | None) -> FrameType | None:
    frame: FrameType | None = None
    while traceback is not None:
        frame, traceback = traceback.tb_frame, traceback.tb_next
    return frame

r"""Emitters: functions from an application's `Info` to files.

The root device lists its emitters (`Main.emitters`). Files that a single device adds are in its `files` instead. An
emitter of your own needs only `Info` and `File`:

    def bill(info):
        return {"packages.txt": "".join(f"{package}\n" for package in info.packages)}

    class Mine(Main):
        emitters = (*Main.emitters, bill)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeAlias

from attr import evolve, field, frozen

from functoria.emit.reserved import check_libraries, check_modules, check_outputs
from functoria.errors import DeviceError, InvalidName
from functoria.graph.hooks import asked, call, called, has, wrong
from functoria.printable import worded
from functoria.quote import checked
from functoria.record import Record

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.graph.graph import Node
    from functoria.graph.info import Info
    from functoria.key import Key
    from functoria.main import Main
    from functoria.package import Package

    Source: TypeAlias = Node | AnyDevice | Key[Any] | Package | None


HEADER = "Made by functoria. Changes here are lost when it is configured again."
"""The comment near the head of every file that configuring writes."""
LOCK_HEADER = "Made by functoria lock. Lock again instead of changing it: a changed lock is refused."
"""The same comment of a lock, which configuring leaves alone."""
HEADERS = (HEADER, LOCK_HEADER)
"""The comments by which generated files are recognised. A lock of an earlier version has that of other files."""


def header(before: str, after: str = "", *, text: str = HEADER) -> str:
    """`text` as a line of its own, between what begins a comment in the file's language and what ends it."""
    return f"{before} {text}{after}\n"


_AT_ONCE = 64
"""The number of pieces joined at a time."""


class Piece(NamedTuple):
    """A part of a file, and the device, key or package it was made for; None for the application as a whole."""

    text: str
    source: Source = None


@frozen(eq=False, repr=False)
class File(Record):
    """A file to emit: its text, and whether it is executable.

    `sources` say what the parts of the text were made for, so that an error in the file can be shown at the line of the
    configuration behind it; `lengths` are those of the parts, in characters. Files are equal if their texts and modes are.
    """

    text: str
    executable: bool = False
    lengths: tuple[int, ...] = field(default=(), eq=False, repr=False)
    sources: tuple[Source, ...] = field(default=(), eq=False, repr=False)

    @classmethod
    def of(cls, pieces: Iterable[Piece], *, executable: bool = False) -> Self:
        """Make the file that consists of `pieces`. Neighbours with the same source become one."""
        # A short string takes far more than its characters, so texts are joined a number at a time.
        joined: list[str] = []
        texts: list[str] = []
        lengths: list[int] = []
        sources: list[Source] = []
        for text, source in pieces:
            texts.append(text)
            if len(texts) == _AT_ONCE:
                joined.append("".join(texts))
                texts.clear()
            if sources and sources[-1] is source:
                lengths[-1] += len(text)
            else:
                lengths.append(len(text))
                sources.append(source)
        whole = "".join([*joined, *texts])
        del joined, texts  # freed first, so that a large file is not in memory twice
        return cls(whole, executable, tuple(lengths), tuple(sources))

    @property
    def pieces(self) -> Iterator[Piece]:
        """The parts of the text, each with its source, cut again for each access."""
        start = 0
        for length, source in zip(self.lengths, self.sources, strict=True):
            yield Piece(self.text[start : start + length], source)
            start += length

    def source(self, line: int) -> Source:
        """Return what line `line`, counted from 1, was made for; None if that is not known.

        The line after the last one, where compilers report a missing end, belongs to the last part.
        """
        from bisect import bisect_right
        from itertools import accumulate

        start = 0
        for _ in range(line - 1):
            start = self.text.find("\n", start) + 1
            if start == 0:
                return None
        end = self.text.find("\n", start)
        if end < 0:
            end = len(self.text) - 1
        part = bisect_right(tuple(accumulate(self.lengths)), end)
        return self.sources[part] if self.text and part < len(self.sources) else None


Emitter: TypeAlias = "Callable[[Info], Mapping[str, str | File]]"
"""A function from an application's `Info` to files, by paths with `/` relative to the project's directory."""


def emit(info: Info) -> Mapping[str, File]:
    """Return all files of an application, by name: those of the root's emitters, then those of its devices.

    Raises DeviceError if an emitter or a device fails, or if two claim one file, and InvalidName for a name that is not a
    plain path below the project.
    """
    root = info.root
    files: dict[str, File] = {}
    emitted_by: dict[str, str] = {}
    for emitter in _emitters(root):
        what = f"the emitter {_name(emitter)}"
        for name, file in _checked_files(root, what, asked(root, what, partial(emitter, info))):
            if name in files:
                both = f"{emitted_by[name]} and {_name(emitter)}"
                raise wrong(root, f"two emitters of {called(root)} claim the name {name}: {both}", "emitters")
            files[name] = file
            emitted_by[name] = _name(emitter)
    owners: dict[str, AnyDevice] = dict.fromkeys(files, root)
    for node, more in (*info.brought, *brought(info, info.nodes[-1:])):
        for name, file in more.items():
            own = file if file.sources else evolve(file, lengths=(len(file.text),), sources=(node,))
            if files.setdefault(name, own) != own:
                raise _claimed(name, owners[name], node.device, root)
            owners.setdefault(name, node.device)
    products = [root.result(info), *info.products]
    _check_names(owners, products, root)
    check_outputs(info, owners, products)
    check_modules(info, files)
    check_libraries(info, files)
    return MappingProxyType(files)


def _emitters(root: Main) -> Sequence[Emitter]:
    given: object = root.emitters
    others = [each for each in given if not callable(each)] if isinstance(given, (tuple, list)) else [given]
    for other in others:
        what = _name(other) if callable(other) else repr(other)
        raise wrong(
            root,
            f"emitters of {called(root)} must be a tuple of functions, such as (*Main.emitters, own), not {what}",
            "emitters",
        )
    return root.emitters


def _name(emitter: Callable[..., Any]) -> str:
    function = emitter.func if isinstance(emitter, partial) else emitter
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', type(function).__qualname__)}"


def _claimed(name: str, one: AnyDevice, two: AnyDevice, root: Main) -> DeviceError:
    what = f"one is of {type(one).__name__}, the other of {type(two).__name__}"
    places = [two.location] if one is root else [one.location, two.location]
    return DeviceError(f"two different files claim the name {name}: {what}", objects=[one, two], locations=places)


def brought(info: Info, nodes: Sequence[Node]) -> tuple[tuple[Node, Mapping[str, File]], ...]:
    """Return those of `nodes` whose devices add files, with these files by name. Raises DeviceError if a device fails."""
    adding = [node for node in nodes if has(node.device, "files")]
    return tuple(
        (node, MappingProxyType(dict(_checked_files(node.device, "files", call(node.device, "files", info)))))
        for node in adding
    )


def _check_names(owners: Mapping[str, AnyDevice], products: Sequence[str], root: AnyDevice) -> None:
    """Refuse names that are not plain paths, and files whose names are directories of others."""
    taken = {*owners, *products}
    for name, device in (*owners.items(), *((name, root) for name in products)):
        if not isinstance(name, str) or not {"", ".", ".."}.isdisjoint(name.split("/")):
            raise _misnamed(device, f"{name!r} is not a name for a file: write a plain path below the project", name)
        try:
            checked(name, language="the name of a file")
        except InvalidName as error:
            raise _misnamed(device, error.message, name) from None
        parent = name.rpartition("/")[0]
        while parent:
            if parent in taken:
                raise wrong(
                    device,
                    f"{name} of {called(device)} is inside of {parent}, which is a file: choose another name for one of them",
                )
            parent = parent.rpartition("/")[0]


def _checked_files(device: AnyDevice, what: str, found: object) -> Iterator[tuple[str, File]]:
    if not isinstance(found, Mapping):
        raise wrong(device, f"{what} of {called(device)} returned {worded(found)}, but must return a mapping", what)
    for name, file in found.items():
        made = File(file) if isinstance(file, str) else file
        if not isinstance(name, str) or not isinstance(made, File) or not isinstance(made.text, str):
            raise wrong(
                device,
                f"{what} of {called(device)} gave {worded(file)} for {worded(name)}, but must give text or a File",
            )
        try:
            checked(made.text, language=f"the file {name}", lines=True)
        except InvalidName as error:
            raise _misnamed(device, f"{name!r}: {error.message}", name) from None
        yield name, made


def _misnamed(device: AnyDevice, message: str, name: str) -> InvalidName:
    return InvalidName(f"{called(device)}: {message}", objects=[device, name], locations=[device.location])

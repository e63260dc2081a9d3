"""Read devices' attributes and call their methods; errors name the device and where it was declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

from functoria.building import PLAIN, Building
from functoria.device import AnyDevice, Device
from functoria.errors import DeviceError, FunctoriaError
from functoria.impl import AnyImpl, Choice, Impl
from functoria.key import Key
from functoria.location import in_library, is_library
from functoria.package import Package
from functoria.printable import worded
from functoria.types import Type
from functoria.value import Value

if TYPE_CHECKING:
    from functoria.graph.graph import Graph, Node
    from functoria.location import Location

T = TypeVar("T")


class Turn:
    """One pass over the devices of a plan, which calls each `connect` once, in order.

    A device whose code depends on earlier calls keeps their state in `kept`, and registers with `ending` what to do when the
    turn is over.
    """

    def __init__(self) -> None:
        self.kept: dict[Any, Any] = {}
        self.ending = ExitStack()


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextmanager
def turn() -> Iterator[Turn]:
    """Begin a turn, which ends with the block."""
    now = Turn()
    token = _turn.set(now)
    try:
        with now.ending:
            yield now
    finally:
        _turn.reset(token)


def this_turn() -> Turn | None:
    """Return the current turn; None outside of any."""
    return _turn.get()


def attribute(device: AnyDevice, name: str) -> Any:
    """Read the attribute `name`. Raises DeviceError if it is missing, or a property that fails."""
    try:
        return getattr(device, name)
    except Exception as error:
        raise _told(device, name, error) from _cause(error)


def call(device: AnyDevice, name: str, *arguments: Any) -> Any:
    """Call the method `name`. Raises DeviceError if it fails; any FunctoriaError passes through."""
    try:
        return getattr(device, name)(*arguments)
    except Exception as error:
        raise _told(device, name, error) from _cause(error)


def listed(device: AnyDevice, name: str, cls: type[T]) -> Sequence[T]:
    """Read the attribute `name`. Raises DeviceError unless it is a list or tuple of instances of `cls`."""
    return items_of(device, name, attribute(device, name), cls)


def items_of(device: AnyDevice, name: str, items: Any, cls: type[T]) -> Sequence[T]:
    """Check `items`, the attribute `name`. Raises DeviceError unless it is a list or tuple of instances of `cls`."""
    if not isinstance(items, (list, tuple)) or (items and not all(isinstance(item, cls) for item in items)):
        from functoria.list_errors import problem, remedy

        error = wrong(device, problem(items, cls, name, called(device)), name)
        error.remedy = remedy(items, cls, name)
        raise error
    return items


def iterated(device: AnyDevice, name: str, what: str, *arguments: Any) -> tuple[Any, ...]:
    """Call the method `name`, which yields `what` or returns an iterable of it other than text."""
    found = call(device, name, *arguments)
    if isinstance(found, (str, Mapping)) or not isinstance(found, Iterable):
        raise wrong(
            device, f"{name} of {called(device)} returned {worded(found)}, but must return a list of {what}", name
        )
    return asked(device, name, lambda: tuple(found))


def has(device: AnyDevice, hook: str) -> bool:
    """Whether the class of `device` overrides the method `hook`, which otherwise does nothing."""
    return getattr(type(device), hook, None) is not getattr(Device, hook)


def texts(device: AnyDevice, name: str, *arguments: Any) -> tuple[str, ...]:
    """Call the method `name`, which returns paths as text. Raises DeviceError if it does not."""
    found = iterated(device, name, "paths", *arguments)
    for each in found:
        if not isinstance(each, str):
            raise wrong(device, f"{name} of {called(device)} gave {worded(each)}, but must give paths as text", name)
    return found


def deps_of(device: AnyDevice) -> tuple[AnyImpl, ...]:
    """Read the dependencies of `device`. Raises DeviceError if they are not implementations."""
    return _deps(device, attribute(device, "deps"))


def said(device: AnyDevice) -> tuple[Sequence[Key[Any]], tuple[AnyImpl, ...], Any]:
    """Read the keys, dependencies and packages of `device`; packages are not checked yet. Raises DeviceError."""
    try:
        keys, deps, packages = device.keys, device.deps, device.packages
    except Exception:  # one by one, so that the error names the one that failed
        return listed(device, "keys", Key), deps_of(device), attribute(device, "packages")
    if type(keys) is not tuple or keys:
        items_of(device, "keys", keys, Key)
    return keys, _deps(device, deps) if type(deps) is not tuple or deps else (), packages


def _deps(device: AnyDevice, given: Any) -> tuple[AnyImpl, ...]:
    if isinstance(given, (list, tuple, Impl, str)) or not isinstance(given, Iterable):
        return tuple(items_of(device, "deps", given, Impl))
    return tuple(items_of(device, "deps", asked(device, "deps", lambda: tuple(given)), Impl))


def building_of(device: AnyDevice) -> Building:
    """Return the build settings for the own modules of `device`, `PLAIN` for None. Raises DeviceError for anything else."""
    said = attribute(device, "building")
    if said is None:
        return PLAIN
    if not isinstance(said, Building):
        raise wrong(
            device,
            f"building of {called(device)} is {worded(said)}, but must be made by "
            "functoria.building.building: give other attributes another name",
            "building",
        )
    return said


def by_hand(nodes: Iterable[Node]) -> bool:
    """Whether a device of `nodes` has its own `build` or `clean`, whose files dune does not know."""
    classes = {type(node.device) for node in nodes}
    return any(cls.build is not Device.build or cls.clean is not Device.clean for cls in classes if cls is not Choice)


def failed(device: AnyDevice, name: str, error: Exception) -> DeviceError:
    """Return the error for a hook that raised `error`."""
    found = wrong(device, f"{name} of {called(device)} failed: {type(error).__name__}: {error}", name)
    hook = getattr(Device, name, None)
    if isinstance(error, TypeError) and "positional argument" in str(error) and isinstance(hook, FunctionType):
        found.remedy = f"define it with ({', '.join(hook.__code__.co_varnames[: hook.__code__.co_argcount])})"
    return found


def wrong(device: AnyDevice, message: str, attribute: str = "") -> DeviceError:
    """Return the error for a hook of `device` with an invalid result, placed at the `attribute` of its class if that is known."""
    from functoria.attributes import written

    place = written(device, attribute) if attribute else None
    return DeviceError(message, objects=[device], locations=[place, device.location])


_NAMES = frozenset(name for name in vars(Device) if not name.startswith("_")) - {"expect", "ocaml_string"}
"""The names of the attributes and methods that devices have."""


def misspelt(cls: type[AnyDevice]) -> Iterator[tuple[str, str]]:
    """Yield likely misspellings in a user's device class: the name that it defines, and the one that devices have."""
    for each in cls.__mro__:
        if each is Device or is_library(each.__module__.partition(".")[0]):
            return
        fields = {*getattr(each, "__annotations__", ()), *getattr(each, "__slots__", ())}
        for name, value in vars(each).items():
            if name.startswith("_") or name in _NAMES or name in fields or not _is_hook(value):
                continue
            if not any(abs(len(name) - len(other)) < 3 and name[0] == other[0] for other in _NAMES):
                continue  # without what finds near names, which takes time to import
            from functoria.misspelling import near, similar

            said = {name for other in cls.__mro__ if other.__module__ != Device.__module__ for name in vars(other)}
            found = near(name, _NAMES - said)
            if found and similar(name, found[0]):
                yield name, found[0]


def _is_hook(value: object) -> bool:
    """Whether a value looks like a hook: text, a list or a function, and nothing else that classes have."""
    return isinstance(value, (str, list, tuple, Value, Type, property, FunctionType, Package, Key))


def called(device: AnyDevice) -> str:
    """Name the device in a message: by its class, and its module if it has one."""
    name: str = getattr(type(device), "_called", "")
    if name:
        return name
    try:
        module = device.module
    except Exception:  # a message about one mistake must not fail because of another
        module = None
    return type(device).__name__ + (f" ({module})" if isinstance(module, str) else "")


def asked(device: AnyDevice, name: str, ask: Callable[[], T]) -> T:
    """Call `ask`, which reads `name` of `device`. Raises DeviceError if it fails with anything but a FunctoriaError."""
    try:
        return ask()
    except Exception as error:
        raise _told(device, name, error) from _cause(error)


def _told(device: AnyDevice, name: str, error: Exception) -> FunctoriaError:
    return _placed(error, device) if isinstance(error, FunctoriaError) else failed(device, name, error)


def _cause(error: Exception) -> BaseException | None:
    return error.__cause__ if isinstance(error, FunctoriaError) else error


def _placed(error: FunctoriaError, device: AnyDevice) -> FunctoriaError:
    """Return `error`, located at the device unless it has locations of its own."""
    return error if error.placed else error.at(device.location)


@contextmanager
def placed(graph: Graph) -> Iterator[None]:
    """Locate errors of devices that libraries make at the line of the configuration that uses them.

    That is the location of the nearest node of `graph` that needs the device, directly or through others.
    """
    try:
        yield
    except FunctoriaError as error:
        if all(map(in_library, error.locations)):
            error.at(use(graph, error.objects))
        raise


def use(graph: Graph, objects: Sequence[object]) -> Location | None:
    """Return the location of the nearest use of one of `objects` in the user's files, direct or indirect; None if none."""
    import networkx

    concerned = [thing for thing in objects if isinstance(thing, Impl)]
    sources = [node.index for node in graph.devices if node.device in concerned]
    for level in networkx.bfs_layers(graph.reverse(copy=False), sources) if sources else ():
        for index in level:
            node = graph.devices[index]
            places: tuple[Location | None, ...] = (node.term.location, node.device.location)
            for place in places:
                if place is not None and not in_library(place):
                    return place
    return None

"""What devices define, asked for: where it fails, or is not what it must be, the error names the device and its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from functoria.device import AnyDevice, Device
from functoria.errors import DeviceError, FunctoriaError
from functoria.impl import AnyImpl, Choice, Impl
from functoria.key import Key
from functoria.location import in_library

if TYPE_CHECKING:
    from functoria.graph.graph import Graph, Node
    from functoria.location import Location

T = TypeVar("T")


def attribute(device: AnyDevice, name: str) -> Any:
    """The attribute `name`. Raises DeviceError where it is not there, or fails as a property."""
    try:
        return getattr(device, name)
    except Exception as error:
        raise _told(device, name, error) from _cause(error)


def call(device: AnyDevice, name: str, *arguments: Any) -> Any:
    """What the method `name` returns. Raises DeviceError where it fails; a FunctoriaError of its own passes through."""
    try:
        return getattr(device, name)(*arguments)
    except Exception as error:
        raise _told(device, name, error) from _cause(error)


def listed(device: AnyDevice, name: str, cls: type[T]) -> Sequence[T]:
    """The attribute `name`, a list or tuple of instances of `cls`. Raises DeviceError where it is none."""
    return items_of(device, name, attribute(device, name), cls)


def items_of(device: AnyDevice, name: str, items: Any, cls: type[T]) -> Sequence[T]:
    """`items`, which the attribute `name` gave, if that is a list or tuple of instances of `cls`; else DeviceError."""
    if not isinstance(items, (list, tuple)) or (items and not all(isinstance(item, cls) for item in items)):
        raise wrong(device, f"{name} of {called(device)} is {items!r}, but must be a list of {cls.__name__}s")
    return items


def iterated(device: AnyDevice, name: str, what: str, *arguments: Any) -> tuple[Any, ...]:
    """What the method `name` yields, or returns as a list or another iterable but text, of `what`."""
    found = call(device, name, *arguments)
    if isinstance(found, (str, Mapping)) or not isinstance(found, Iterable):
        raise wrong(device, f"{name} of {called(device)} returned {found!r}, but must return a list of {what}")
    return asked(device, name, lambda: tuple(found))


def has(device: AnyDevice, hook: str) -> bool:
    """Whether the class of `device` has the method `hook` of its own, and not the one of all devices, which does nothing."""
    return getattr(type(device), hook, None) is not getattr(Device, hook)


def texts(device: AnyDevice, name: str, *arguments: Any) -> tuple[str, ...]:
    """What the method `name` gives, where that is paths as text. Raises DeviceError where it is not."""
    found = iterated(device, name, "paths", *arguments)
    for each in found:
        if not isinstance(each, str):
            raise wrong(device, f"{name} of {called(device)} gave {each!r}, but must give paths as text")
    return found


def deps_of(device: AnyDevice) -> tuple[AnyImpl, ...]:
    """The implementations that `device` is to be initialised after. Raises DeviceError where it does not say them."""
    return _deps(device, attribute(device, "deps"))


def said(device: AnyDevice) -> tuple[Sequence[Key[Any]], tuple[AnyImpl, ...], Any]:
    """The keys, the dependencies and the packages of `device`, the packages unchecked. Raises DeviceError as for each."""
    try:
        keys, deps, packages = device.keys, device.deps, device.packages
    except Exception:  # asked one by one, for the error says which of them failed
        return listed(device, "keys", Key), deps_of(device), attribute(device, "packages")
    if type(keys) is not tuple or keys:
        items_of(device, "keys", keys, Key)
    return keys, _deps(device, deps) if type(deps) is not tuple or deps else (), packages


def _deps(device: AnyDevice, given: Any) -> tuple[AnyImpl, ...]:
    deps = asked(device, "deps", lambda: tuple(given))
    for dep in deps:
        if not isinstance(dep, Impl):
            raise wrong(device, f"deps of {called(device)} holds {dep!r}, which is no implementation")
    return deps


def by_hand(nodes: Iterable[Node]) -> bool:
    """Whether a device of `nodes` makes or removes files by itself, which dune knows nothing of."""
    classes = {type(node.device) for node in nodes}
    return any(cls.build is not Device.build or cls.clean is not Device.clean for cls in classes if cls is not Choice)


def failed(device: AnyDevice, name: str, error: Exception) -> DeviceError:
    """The error for a hook that raised `error`."""
    return wrong(device, f"{name} of {called(device)} failed: {type(error).__name__}: {error}")


def wrong(device: AnyDevice, message: str) -> DeviceError:
    """The error for a hook of `device` that gave something else than it must."""
    return DeviceError(message, objects=[device], locations=[device.location])


def called(device: AnyDevice) -> str:
    """The device in a message: its class, and its module where it has one."""
    try:
        module = device.module
    except Exception:  # a message about one mistake does not fail for another
        module = None
    return type(device).__name__ + (f" ({module})" if isinstance(module, str) else "")


def asked(device: AnyDevice, name: str, ask: Callable[[], T]) -> T:
    """What `ask` gives, which asks for `name` of `device`. Raises DeviceError where it fails otherwise than by our errors."""
    try:
        return ask()
    except Exception as error:
        raise _told(device, name, error) from _cause(error)


def _told(device: AnyDevice, name: str, error: Exception) -> FunctoriaError:
    return _placed(error, device) if isinstance(error, FunctoriaError) else failed(device, name, error)


def _cause(error: Exception) -> BaseException | None:
    return error.__cause__ if isinstance(error, FunctoriaError) else error


def _placed(error: FunctoriaError, device: AnyDevice) -> FunctoriaError:
    """`error`, at the device where it does not say a place of its own."""
    return error if error.placed else error.at(device.location)


@contextmanager
def placed(graph: Graph) -> Iterator[None]:
    """Show an error of a device that a library makes, once for all, where the configuration uses that device.

    It is the place of the nearest node of `graph` that needs the device, directly or through others, and has one.
    """
    try:
        yield
    except FunctoriaError as error:
        if all(map(in_library, error.locations)):
            error.at(use(graph, error.objects))
        raise


def use(graph: Graph, objects: Sequence[object]) -> Location | None:
    """Where a user wrote what is nearest to using one of `objects`, directly or through others; None for nowhere."""
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

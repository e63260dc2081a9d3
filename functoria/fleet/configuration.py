"""The configurations of a fleet's cases: files, and applications made in Python."""

from __future__ import annotations

import pickle
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from attr import evolve, field, frozen

from functoria.errors import ConfigError, InvalidValue
from functoria.fingerprint import fingerprint
from functoria.fleet.contents import Reader, unpack
from functoria.loading.modules import above_packages
from functoria.location import is_own
from functoria.module_files import module_files
from functoria.plan.app import App


class Place(NamedTuple):
    """The place in which a configuration is loaded."""

    app: App
    file: Path | None
    """The file next to the unikernel's own modules."""
    root: Path | None = None
    """The directory that a worker made for it; None if it is loaded where it was."""
    release: str | None = None
    """The release that was given for it, if any."""
    at: str = ""
    """The directory from which it is loaded; empty for an application that was made in Python."""


@frozen
class File:
    """A configuration file, config.py or config.ml, with the files beside it."""

    root: str
    """The directory that holds all that it may import."""
    name: str
    """Its path relative to `top`."""
    label: str = field(eq=False)
    release: str | None = None
    """The release of a config.ml that does not name it."""
    packed: bytes | None = field(default=None, repr=False, eq=False)
    """The files beside it, packed for workers that cannot read them here."""

    @classmethod
    def of(cls, path: Path | str, label: str | None = None, release: str | None = None) -> File:
        """Make the configuration at `path`. Its label is the name of its directory or, if it is not called config, its own."""
        file = Path(path).absolute()
        root = above_packages(file.parent)
        said = file.parent.name if file.stem == "config" else file.stem
        return cls(str(root), str(file.relative_to(root)), label or said or "unikernel", release)

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.root, self.name)

    @property
    def origin(self) -> str:
        """The directory that holds all that it may import."""
        return self.root

    def digest(self, reader: Reader) -> str:
        """A digest of all files beside it, and of its own name, wherever they are."""
        return f"{reader.digest(Path(self.root))} {self.name} {self.release or ''}"

    def sent(self, reader: Reader, *, apart: bool) -> File:
        """Return it for sending: with the files beside it if workers are `apart`."""
        return evolve(self, packed=reader.packed(Path(self.root))) if apart else self

    @contextmanager
    def unpacked(self) -> Iterator[Path | None]:
        """Unpack the files into a directory that is removed after the block."""
        if self.packed is None:
            yield None
            return
        with tempfile.TemporaryDirectory(prefix="functoria-fleet-", ignore_cleanup_errors=True) as directory:
            root = Path(directory).resolve()
            unpack(self.packed, root)
            yield root

    def load(self, root: Path | None = None) -> Place:
        """Load the file. Any exception of that passes through."""
        from functoria.loading.configuration import load

        file = self.path if root is None else root / self.name
        return Place(load(file, self.release), file, root, self.release, str(root or self.root))


@frozen
class Code:
    """An application that was made in Python."""

    app: App | None
    label: str = field(eq=False)
    written: bytes | None = field(default=None, repr=False)
    """The pickled application, in place of the application."""

    @property
    def origin(self) -> str:
        """Empty, because it has no directory."""
        return ""

    def digest(self, reader: Reader) -> str:
        """A digest of the application, and of the user's modules that may define its classes."""
        assert self.app is not None
        main = sys.modules.get("__main__")
        typed = "" if hasattr(main, "__file__") else sha256(_pickled(self.app, apart=True)).hexdigest()
        return f"{fingerprint(self.app.root)} {reader.once(_own_modules)} {typed}"

    def sent(self, reader: Reader, *, apart: bool) -> Code:
        """Return it with its application pickled. Raises InvalidValue if it cannot be pickled."""
        assert self.app is not None
        return evolve(self, app=None, written=_pickled(self.app, apart=apart))

    def unpacked(self) -> AbstractContextManager[Path | None]:
        """Do nothing, because it has no files."""
        return nullcontext()

    def load(self, root: Path | None = None) -> Place:
        """Unpickle the application, if necessary. Raises ConfigError if the worker lacks a module that it needs."""
        app = self.app
        if app is None:
            assert self.written is not None
            try:
                app = pickle.loads(self.written)
            except (ImportError, AttributeError) as error:
                raise ConfigError(
                    f"{self.label} needs a module that this worker does not have: {error}; install it there, or have the fleet "
                    "read configuration files, which travel with what lies beside them",
                    objects=[self.label],
                ) from error
        return Place(app, None)


def of(configuration: File | Code | App | Path | str, label: str | None = None) -> File | Code:
    """Return the configuration for a file, its path, or an application. Raises InvalidValue for anything else."""
    if isinstance(configuration, (File, Code)):
        return configuration if label is None else evolve(configuration, label=label)
    if isinstance(configuration, App):
        return Code(configuration, label or configuration.title)
    if isinstance(configuration, (str, Path)):
        return File.of(configuration, label)
    raise InvalidValue(
        f"a case needs an application or the path of a configuration, not {configuration!r}", objects=[configuration]
    )


def _pickled(app: App, *, apart: bool) -> bytes:
    """Pickle `app`; if the worker lacks the user's modules, by value, with cloudpickle."""
    if not apart:
        try:
            return pickle.dumps(app)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            refused = error
    else:
        refused = None
    try:
        import cloudpickle
    except ImportError:
        if refused is None:
            return pickle.dumps(app)
        raise InvalidValue(
            f"{app.title} cannot be sent to another process: {refused}; give its functions names, or install cloudpickle, as "
            "the extra functoria[dask] does",
            objects=[app],
            locations=[app.location],
        ) from refused
    registered = []
    try:
        for module in _own() if apart else ():
            if module.__name__ not in cloudpickle.list_registry_pickle_by_value():
                cloudpickle.register_pickle_by_value(module)
                registered.append(module)
        written: bytes = cloudpickle.dumps(app)
        return written
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InvalidValue(
            f"{app.title} cannot be sent to another process: {error}", objects=[app], locations=[app.location]
        ) from error
    finally:
        for module in registered:
            cloudpickle.unregister_pickle_by_value(module)


def _own() -> Iterator[ModuleType]:
    """Return the user's loaded modules, except for the program itself."""
    own = {name for name, file, names in module_files() if is_own(file) and names.get("__name__") == name}
    for name in sorted(own - {"__main__"}):
        yield sys.modules[name]


def _own_modules() -> str:
    """Return a digest of the files of the user's loaded modules, including the program."""
    total = sha256()
    for file in sorted({file for _, file, _ in module_files() if is_own(file)}):
        try:
            total.update(f"{file} {sha256(Path(file).read_bytes()).hexdigest()} ".encode("utf-8", "surrogateescape"))
        except OSError:
            continue
    return total.hexdigest()

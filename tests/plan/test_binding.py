"""The file of an application is that of a module that binds it, whatever other modules are loaded."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from functoria import App

REGISTERS = "from functoria import noop, register\napp = register('it', [noop])\n"


class Slotted:
    """An object without a `__dict__`."""

    __slots__ = ("__file__",)


class Raising(ModuleType):
    """A module that can only be asked for what it has."""

    def __getattr__(self, name: str) -> Any:
        raise ImportError(f"{name} is part of an extra")


class Closed(ModuleType):
    """A module that cannot be asked for anything."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)


def run(path: Path, file: str | None = None) -> App:
    """Return the application of a configuration, whose code says that it is from `file`."""
    path.write_text(REGISTERS)
    module = ModuleType("configuration_here")
    module.__file__ = str(path)
    exec(compile(REGISTERS, file or str(path), "exec"), vars(module))
    sys.modules[module.__name__] = module
    app = module.app
    assert isinstance(app, App)
    return app


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    before = dict(sys.modules)
    yield
    sys.modules.clear()
    sys.modules.update(before)


@pytest.mark.parametrize("known", [True, False])
def test_no_other_module_is_asked(tmp_path: Path, known: bool) -> None:
    path = tmp_path / "config.py"
    sys.modules["a_raising"] = Raising("a_raising")
    sys.modules["a_closed"] = Closed("a_closed")
    slotted: Any = Slotted()
    slotted.__file__ = str(path)
    sys.modules["a_slotted"] = slotted
    sys.modules["a_missing"] = None  # type: ignore[assignment]  # as Python allows, to prevent an import
    app = run(path, None if known else "<typed>")
    assert app.file == path


def test_a_module_that_waits_for_its_first_use_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text("raise ValueError('loaded')\n")
    spec = importlib.util.spec_from_file_location("a_waiting", tmp_path / "waits.py")
    assert spec is not None
    assert spec.loader is not None
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["a_waiting"] = module
    loader.exec_module(module)
    assert run(tmp_path / "config.py", "<typed>").file == tmp_path / "config.py"


def test_the_working_directory_may_be_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    try:
        os.rmdir(tmp_path / "gone")
    except OSError:
        pytest.skip("this system does not remove a working directory")
    assert run(tmp_path / "config.py", "<typed>").file == tmp_path / "config.py"

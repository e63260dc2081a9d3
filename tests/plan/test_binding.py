"""The file of an application is that of a module that binds it, whatever other modules are loaded."""

from __future__ import annotations

import copy
import importlib.util
import os
import pickle
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from functoria import App

OURS = "here_"
"""How the modules made here are called."""
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
    module = ModuleType("here_config")
    module.__file__ = str(path)
    exec(compile(REGISTERS, file or str(path), "exec"), vars(module))
    sys.modules[module.__name__] = module
    app = module.app
    assert isinstance(app, App)
    return app


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    yield
    for name in [*sys.modules]:
        if name.startswith(OURS):
            del sys.modules[name]


@pytest.mark.parametrize("known", [True, False])
def test_no_other_module_is_asked(tmp_path: Path, known: bool) -> None:
    path = tmp_path / "config.py"
    sys.modules["here_raising"] = Raising("here_raising")
    sys.modules["here_closed"] = Closed("here_closed")
    slotted: Any = Slotted()
    slotted.__file__ = str(path)
    sys.modules["here_slotted"] = slotted
    sys.modules["here_missing"] = None  # type: ignore[assignment]  # as Python allows, to prevent an import
    app = run(path, None if known else "<typed>")
    assert app.file == path


def test_a_module_that_waits_for_its_first_use_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text("raise ValueError('loaded')\n")
    spec = importlib.util.spec_from_file_location("here_waiting", tmp_path / "waits.py")
    assert spec is not None
    assert spec.loader is not None
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["here_waiting"] = module
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


def test_a_relative_path_is_meant_where_the_application_was_registered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.py").write_text(REGISTERS)
    monkeypatch.chdir(tmp_path / "one")
    app = runpy.run_path("config.py")["app"]
    monkeypatch.chdir(tmp_path / "two")
    assert app.file == tmp_path / "one" / "config.py"
    (tmp_path / "one" / "config.py").unlink()
    assert app.file is None


@pytest.mark.parametrize("made", [copy.deepcopy, copy.copy, lambda app: pickle.loads(pickle.dumps(app))])
def test_a_copy_has_the_file_of_its_original(made: Callable[[App], App], tmp_path: Path) -> None:
    assert made(run(tmp_path / "config.py")).file == tmp_path / "config.py"


def test_a_configuration_that_was_loaded_again_is_the_file_of_both(tmp_path: Path) -> None:
    first, second = run(tmp_path / "config.py"), run(tmp_path / "config.py")
    assert first is not second
    assert [first.file, second.file] == [tmp_path / "config.py"] * 2


def test_a_module_that_registers_for_others_is_not_their_configuration(tmp_path: Path) -> None:
    (helper := ModuleType("here_helper")).__file__ = str(tmp_path / "helper.py")
    (tmp_path / "helper.py").write_text(REGISTERS)
    sys.modules["here_helper"] = helper
    assert run(tmp_path / "config.py", helper.__file__).file == tmp_path / "config.py"

"""Modules of MirageOS 3.3's catalogue can also be imported under their old names, which hide no name of the façade."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib import import_module

import pytest

import mirage_devices
from mirage_devices.v3.devices.time import Time

OLD = sorted({home.rpartition(".")[2] for home in mirage_devices._HOME.values() if ".v3." in home})


@pytest.mark.parametrize("name", OLD)
def test_a_module_is_there_under_its_old_name(name: str) -> None:
    old = import_module(f"mirage_devices.{name}")
    found = {each for each, home in mirage_devices._HOME.items() if home.rpartition(".")[2] == name}
    assert found
    assert all(getattr(old, each) is getattr(mirage_devices, each) for each in found)
    with pytest.raises(ImportError, match="nothing_of_that_name"):
        exec(f"from mirage_devices.{name} import nothing_of_that_name")


def test_what_a_configuration_wrote_before_still_runs() -> None:
    code = (
        "from mirage_devices.time import Time\n"
        "import mirage_devices.time, mirage_devices.console\n"
        "from mirage_devices import console, time\n"
        "print(Time.__module__, mirage_devices.time is time, type(time).__name__, type(console).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "mirage_devices.v3.devices.time True Type Type\n"


def test_importing_the_catalogue_imports_none_of_them() -> None:
    code = "import sys, mirage_devices; print([name for name in sys.modules if name.startswith('mirage_devices.v3')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_classes_pickled_under_the_old_name_are_read() -> None:
    assert (
        pickle.loads(pickle.dumps(Time, 0).replace(b"mirage_devices.v3.devices.time", b"mirage_devices.time")) is Time
    )

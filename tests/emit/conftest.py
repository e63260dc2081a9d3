"""Fixtures shared by the tests of emitted files."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emit import cross
from tests.libraries import tree
from tests.ocaml_runtime import Runtime, installed


@pytest.fixture(scope="session")
def runtime(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The libraries that unikernels are built with, installed once and kept."""
    cache = getattr(pytestconfig, "cache", None)  # not set under -p no:cacheprovider
    return installed(tmp_path_factory.mktemp("runtime") if cache is None else cache.mkdir("ocaml-runtime"))


@pytest.fixture(scope="session")
def runtime4(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The same for MirageOS 4.11."""
    cache = getattr(pytestconfig, "cache", None)  # not set under -p no:cacheprovider
    return installed(tmp_path_factory.mktemp("runtime") if cache is None else cache.mkdir("ocaml-runtime-4"), tree.OF_4)


@pytest.fixture(scope="session")
def toolchains(runtime4: Runtime, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The environment in which dune finds the libraries of 4.11, and the toolchains and tools of other systems."""
    return cross.variables(runtime4, tmp_path_factory.mktemp("cross"))

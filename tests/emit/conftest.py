"""Fixtures shared by the tests of emitted files."""

from __future__ import annotations

import pytest

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

"""What is distributed, tried as its users get it: `make distributions`, or `nox -s NAME` for one of these."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
import tomllib
from pathlib import Path

import nox
from packaging.requirements import Requirement

HERE = Path(__file__).parent
DISTRIBUTIONS = HERE / "build" / "distributions"
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
_PYTHON = "Programming Language :: Python :: 3."
PYTHONS = [f"3.{each.removeprefix(_PYTHON)}" for each in PROJECT["classifiers"] if each.startswith(_PYTHON)]
OTHERS = [each for each in PYTHONS if each != f"{sys.version_info.major}.{sys.version_info.minor}"]
"""All but the one that runs this: `make test` has run every test with that, and with the newest version of each library."""
EXTRAS = ("testing", "audit", "ocaml")
"""The extras that the tests below use."""
TESTS = (
    *("tests/core/test_impl.py", "tests/core/test_key.py", "tests/graph/test_networkx.py", "tests/plan/test_plan.py"),
    *("tests/cli/test_configure.py", "tests/cli/test_diagnostics.py::test_the_page_is_as_it_would_be_made"),
    *("tests/opam/test_opamfile.py", "tests/ocaml_configurations/test_language.py", "tests/testing/test_testing411.py"),
)
"""Some tests of each wing, those that show what a Python or a library has otherwise, in little time."""

os.environ.pop("PYTHONPATH", None)  # what is installed is tried, not what lies there
nox.options.error_on_missing_interpreters = False  # a Python that is not here is said to be skipped
nox.options.reuse_existing_virtualenvs = False


@nox.session
def distribution(session: nox.Session) -> None:
    """The source distribution has every file of the repository, the wheel every one of the packages; both are well made."""
    session.install("build", "twine", "check-wheel-contents", "check-manifest")
    shutil.rmtree(DISTRIBUTIONS, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(DISTRIBUTIONS), str(HERE))
    session.run("twine", "check", "--strict", *sorted(str(path) for path in DISTRIBUTIONS.iterdir()))
    session.run("check-wheel-contents", str(_wheel()))
    session.run("check-manifest", str(HERE))


@nox.session
def installed(session: nox.Session) -> None:
    """The wheel alone, in an environment of its own, configures hello of both releases."""
    session.install(str(_wheel()))
    session.run("python", "-m", "pip", "check")
    with session.chdir(session.create_tmp()):
        session.run("functoria", "--version")
        for example in ("hello", "hello-4"):
            shutil.copytree(HERE / "docs" / "examples" / example, example, dirs_exist_ok=True)
            session.run("functoria", "configure", "-f", f"{example}/config.py", "-t", "hvt", "-b", f"build/{example}")


@nox.session(python=OTHERS)
def pythons(session: nox.Session) -> None:
    """The tests of the source distribution, on what the wheel installs, with each other Python."""
    _install(session)
    _test(session)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """As `pythons`, with the lowest version of each library that the wheel says it takes."""
    optional = PROJECT["optional-dependencies"]
    declared = [
        Requirement(text) for text in (*PROJECT["dependencies"], *(each for name in EXTRAS for each in optional[name]))
    ]
    lowest = [f"{each.name}=={specifier.version}" for each in declared for specifier in each.specifier]
    _install(session, *lowest)
    _test(session)


def _wheel() -> Path:
    (wheel,) = DISTRIBUTIONS.glob("*.whl")
    return wheel


def _install(session: nox.Session, *lowest: str) -> None:
    """Install the wheel and what its tests need. Only what they import of it is compiled, by them."""
    session.install("--no-compile", f"{_wheel()}[{','.join(EXTRAS)}]", *lowest, "pytest", "cloudpickle")


def _test(session: nox.Session) -> None:
    """Run the tests in the source distribution, without the packages beside them.

    `make test` looks for what breaks a property; a few examples show whether it holds with this Python as it does with that.
    """
    (source,) = DISTRIBUTIONS.glob("*.tar.gz")
    directory = Path(session.create_tmp())
    with tarfile.open(source) as archive:
        archive.extractall(directory, filter="data")
    (top,) = directory.iterdir()
    for package in ("functoria", "mirage_devices"):
        shutil.rmtree(top / package)
    with session.chdir(top):
        session.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-profile", "few", *TESTS)

"""Tests of the distributions, as users get them: `make distributions`, or `nox -s NAME` for one of these."""

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
PYPROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
_PYTHON = "Programming Language :: Python :: 3."
PYTHONS = [f"3.{each.removeprefix(_PYTHON)}" for each in PROJECT["classifiers"] if each.startswith(_PYTHON)]
OTHERS = [each for each in PYTHONS if each != f"{sys.version_info.major}.{sys.version_info.minor}"]
"""All except the one that runs this: `make test` runs every test with that one, and with the newest version of each library."""
EXTRAS = ("testing", "audit", "ocaml")
"""The extras that the tests below use."""
TESTS = (
    *("tests/core/test_impl.py", "tests/core/test_key.py", "tests/graph/test_networkx.py", "tests/plan/test_plan.py"),
    *("tests/cli/test_configure.py", "tests/cli/test_diagnostics.py::test_the_page_is_as_it_would_be_made"),
    *("tests/opam/test_opamfile.py", "tests/ocaml_configurations/test_language.py", "tests/testing/test_testing411.py"),
)
"""A few quick tests of each part, those most likely to depend on the version of Python or of a library."""

os.environ.pop("PYTHONPATH", None)  # test what is installed, not what is on this path
os.environ["PIP_COMPILE"] = "no"  # of what is installed, little is imported, and that is compiled then,
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # once, and not by each process
nox.options.error_on_missing_interpreters = False  # a Python that is not installed is reported as skipped
nox.options.reuse_existing_virtualenvs = False


@nox.session
def distribution(session: nox.Session) -> None:
    """Check that both are complete and well-formed: the files of the repository, and those of the packages in the wheel.

    The build requirements of pyproject.toml are installed once, not for each of the two; `make setup` shows that they suffice.
    """
    session.install(*PYPROJECT["build-system"]["requires"], "build", "twine", "check-wheel-contents")
    files = _files(session)
    repository = _copy(session, files)
    shutil.rmtree(DISTRIBUTIONS, ignore_errors=True)
    session.run("python", "-m", "build", "--no-isolation", "--outdir", str(DISTRIBUTIONS), str(repository))
    with tarfile.open(_source()) as archive:
        distributed = {name.partition("/")[2] for name in archive.getnames()}
    if left := sorted({*files} - distributed):
        session.error(f"MANIFEST.in leaves out {', '.join(left)}")
    session.run("twine", "check", "--strict", str(_source()), str(_wheel()))
    session.run("check-wheel-contents", str(_wheel()))


@nox.session
def installed(session: nox.Session) -> None:
    """Configure hello for both releases with nothing but the wheel, in a separate environment."""
    session.install(str(_wheel()))
    session.run("python", "-m", "pip", "check")
    with session.chdir(session.create_tmp()):
        session.run("functoria", "--version")
        for example in ("hello", "hello-4"):
            shutil.copytree(HERE / "docs" / "examples" / example, example, dirs_exist_ok=True)
            session.run("functoria", "configure", "-f", f"{example}/config.py", "-t", "hvt", "-b", f"build/{example}")


@nox.session(python=OTHERS)
def pythons(session: nox.Session) -> None:
    """Run the tests of the source distribution with the installed wheel, on each other Python."""
    _install(session)
    _test(session)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Do the same with the lowest version of each library that the wheel accepts."""
    optional = PROJECT["optional-dependencies"]
    declared = [
        Requirement(text) for text in (*PROJECT["dependencies"], *(each for name in EXTRAS for each in optional[name]))
    ]
    lowest = [f"{each.name}=={specifier.version}" for each in declared for specifier in each.specifier]
    _install(session, *lowest)
    _test(session)


def _files(session: nox.Session) -> list[str]:
    """Return the names of all files of the repository, including new ones that git does not ignore."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = str(session.run(*command, external=True, silent=True)).split("\0")
    return sorted({name for name in names if name and os.path.lexists(HERE / name)})


def _copy(session: nox.Session, files: list[str]) -> Path:
    """Return a folder with only these files, because a build writes beside its sources, and `make setup` may be building here."""
    copy = Path(session.create_tmp()) / "repository"
    shutil.rmtree(copy, ignore_errors=True)
    for name in files:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(HERE / name, copy / name, follow_symlinks=False)
    return copy


def _source() -> Path:
    (source,) = DISTRIBUTIONS.glob("*.tar.gz")
    return source


def _wheel() -> Path:
    (wheel,) = DISTRIBUTIONS.glob("*.whl")
    return wheel


def _install(session: nox.Session, *lowest: str) -> None:
    """Install the wheel and what its tests need."""
    session.install(f"{_wheel()}[{','.join(EXTRAS)}]", *lowest, "pytest", "cloudpickle")


def _test(session: nox.Session) -> None:
    """Run the tests in the source distribution, without the packages beside them.

    `make test` searches for counterexamples; here a few examples show whether each property also holds with this Python.
    """
    directory = Path(session.create_tmp())
    with tarfile.open(_source()) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(directory)  # Debian's Python 3.11 has no argument `filter`
    (top,) = directory.iterdir()
    for package in ("functoria", "mirage_devices"):
        shutil.rmtree(top / package)
    with session.chdir(top):
        session.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-profile", "few", *TESTS)

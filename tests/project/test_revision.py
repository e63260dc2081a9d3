"""The files of a revision are those that were committed, whatever they are called and wherever they lead."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from functoria.errors import ConfigError
from functoria.project.revision import resolved, unpacked
from tests.projects import snapshot
from tests.tools import need, run


def committed(place: Path) -> None:
    need("git")
    run("git", "init", "-q", cwd=place)
    run("git", "add", "--force", ".", cwd=place)
    run("git", "-c", "user.name=n", "-c", "user.email=n@example.org", "commit", "-qm", "one", cwd=place)


def attributes(place: Path) -> None:
    (place / ".gitattributes").write_text("config.py export-ignore\nconfig.py export-subst\n")


def links(place: Path) -> None:
    for name, target in {
        "absolute": "/etc",
        "outside": "../../elsewhere",
        "inside": "config.py",
        "no": "where",
    }.items():
        (place / name).symlink_to(target)


def names(place: Path) -> None:
    for name in (b"with blank", b"line\nfeed", b"-dash", b"\xff", "é".encode()):
        (place / os.fsdecode(name)).write_bytes(name)


def modes(place: Path) -> None:
    (place / "run.sh").write_text("#!/bin/sh\n")
    (place / "run.sh").chmod(0o755)


@pytest.mark.parametrize("make", [attributes, links, names, modes])
def test_all_files_of_a_revision_are_there(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "a repository"
    (place / "deep").mkdir(parents=True)
    (place / "deep" / "config.py").write_text("# $Format:%H$\n")
    (place / "config.py").write_text("# $Format:%H$\n")
    make(place)
    wanted = snapshot(place)
    committed(place)
    (place / "config.py").write_text("changed\n")
    (place / "new").touch()
    run("git", "add", "new", cwd=place)
    before = run("git", "status", "--porcelain=v2", cwd=place).stdout
    monkeypatch.setenv("GIT_INDEX_FILE", str(place / ".git" / "index"))  # as git sets it for hooks
    found = resolved(place / "deep", "HEAD")
    assert found is not None
    with unpacked(*found, "HEAD") as tree:
        assert snapshot(tree) == wanted
    assert not tree.exists()
    assert run("git", "status", "--porcelain=v2", cwd=place).stdout == before


def test_a_revision_whose_files_are_damaged_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("content\n")
    committed(tmp_path)
    blob = run("git", "rev-parse", "HEAD:config.py", cwd=tmp_path).stdout.strip()
    (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    commit = run("git", "rev-parse", "HEAD", cwd=tmp_path).stdout.strip()
    with pytest.raises(ConfigError, match="git cannot give the files of HEAD"), unpacked(tmp_path, commit, "HEAD"):
        pass

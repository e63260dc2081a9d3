"""The place from which the library can be installed again, wherever it was installed from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from functoria.installed import requirement

ROOT = Path(__file__).parents[2]


def test_modules_in_a_clone_are_installed_from_that() -> None:
    found = Requirement(requirement("testing"))
    assert (found.name, found.extras, found.url) == ("functoria", {"testing"}, ROOT.as_uri())


@pytest.mark.parametrize(
    ("record", "url"),
    [
        ('{"url": "file:///a%20b", "dir_info": {}}', "file:///a%20b"),
        ('{"url": "https://h/r", "vcs_info": {"vcs": "git", "commit_id": "abc"}}', "git+https://h/r@abc"),
        ('{"url": "https://h/r.tar.gz", "archive_info": {}, "subdirectory": "x"}', "https://h/r.tar.gz#subdirectory=x"),
        (None, None),
    ],
)
def test_what_pip_installed_is_installed_as_pip_recorded(record: str | None, url: str | None, tmp_path: Path) -> None:
    """Uses a separate process, whose only distribution is the one that the test makes."""
    info = tmp_path / "functoria-9.8.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: functoria\nVersion: 9.8\n")
    if record is not None:
        (info / "direct_url.json").write_text(record)
    code = (
        f"import runpy, sys, pathlib\nsys.path.insert(0, {str(tmp_path)!r})\n"
        f"found = runpy.run_path({str(ROOT / 'functoria/installed.py')!r})\n"
        f"print(found['requirement']('testing', pathlib.Path({str(tmp_path / 'functoria')!r})))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    found = Requirement(done.stdout.strip())
    assert (found.name, found.extras, found.url) == ("functoria", {"testing"}, url)
    assert str(found.specifier) == ("" if url else "==9.8")

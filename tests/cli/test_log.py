"""The library logs its actions with Python's logging, and prints nothing unless a program enables it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from functoria import foreign, job, register
from tests.command_line import PLAIN, config, process
from tests.tools import run

APP = register("plain", [foreign("Unikernel", job)])


def test_what_is_done_is_recorded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="functoria"):
        APP.plan().write(tmp_path)
    said = {(record.name, record.getMessage()) for record in caplog.records}
    assert ("functoria.project", f"create main.ml in {tmp_path}") in said
    assert any(name == "functoria.plan" and "is planned" in text for name, text in said)


def test_it_is_silent_by_default(tmp_path: Path) -> None:
    code = (
        "import logging\nfrom functoria import foreign, job, register\n"
        f"register('plain', [foreign('Unikernel', job)]).plan().write({str(tmp_path / 'out')!r})"
    )
    done = run(sys.executable, "-c", code, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("", "")
    assert (tmp_path / "out" / "main.ml").exists()


def test_the_command_prints_records_when_very_verbose(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    assert process("configure", "-v", cwd=tmp_path).err == ""
    err = process("configure", "-vv", "-t", "hvt", cwd=tmp_path).err
    assert "| functoria.project: replace dune in ." in err
    assert "| functoria.plan: plain is planned" in err

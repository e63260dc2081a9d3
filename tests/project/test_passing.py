"""A program's output is passed through unchanged: byte for byte in pipes and files, and to a terminal if there is one."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import struct
import sys
import termios
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functoria.project.passing import NotStarted, run
from tests.tools import run as called

ON_A_TERMINAL = """\
import fcntl, json, os, struct, sys, termios
size = struct.unpack("HHHH", fcntl.ioctl(2, termios.TIOCGWINSZ, bytes(8)))[:2]
said = {"out": os.isatty(1), "err": os.isatty(2), "size": size}
sys.stderr.write("\\x1b[31m" + json.dumps(said) + "\\x1b[0m\\n\\rworking\\x1b[K\\n")
"""


def program(directory: Path, code: str) -> list[str]:
    (directory / "program.py").write_text(code)
    return [sys.executable, "program.py"]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(out=st.binary(max_size=300), err=st.binary(max_size=300), status=st.integers(0, 3))
def test_bytes_are_passed_through(
    out: bytes, err: bytes, status: int, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code = f"import os\nos.write(1, {out!r})\nos.write(2, {err!r})\nraise SystemExit({status})"
    assert run(program(tmp_path, code), tmp_path)[0] == status
    assert capfdbinary.readouterr() == (out, err)


def test_much_is_passed_through_while_it_comes(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code = "import os\nfor i in range(300):\n    os.write(1, b'o' * 1000)\n    os.write(2, b'e' * 1000)"
    status, read = run(program(tmp_path, code), tmp_path)
    assert (status, len(read)) == (0, 600_000)
    assert capfdbinary.readouterr() == (b"o" * 300_000, b"e" * 300_000)


def test_what_was_printed_before_comes_before(tmp_path: Path) -> None:
    caller = (
        "import sys\nfrom pathlib import Path\nfrom functoria.project.passing import run\n"
        "print('before')\nrun([sys.executable, 'program.py'], Path('.'))\nprint('after')\n"
    )
    (tmp_path / "caller.py").write_text(caller)
    program(tmp_path, "print('dune')")
    assert called(sys.executable, "caller.py", cwd=tmp_path).stdout == "before\ndune\nafter\n"


def test_on_a_terminal_it_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 41, 123, 0, 0))
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
        status, read = run(program(tmp_path, ON_A_TERMINAL), tmp_path)
        seen = os.read(ours, 10_000)
    os.close(ours)
    said = json.dumps({"out": False, "err": True, "size": [41, 123]})
    assert status == 0
    assert seen.decode() == f"\x1b[31m{said}\x1b[0m\r\n\rworking\x1b[K\r\n"  # carriage returns come from the terminal
    assert read == f"{said}\n\rworking\n"


def test_a_stream_that_takes_text_alone_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr(sys, "stdout", text)
    run(program(tmp_path, "import os\nos.write(1, b'one \\xff\\n')"), tmp_path)
    assert text.getvalue() == "one \ufffd\n"


def test_a_stream_that_is_closed_gets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert run(program(tmp_path, "print(1)"), tmp_path) == (0, "1\n")


@pytest.mark.parametrize("text", [None, ""])
def test_what_cannot_be_run_is_said_to_be_so(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "none").write_text(text)
    with pytest.raises(NotStarted):
        run([str(tmp_path / "none")], tmp_path)

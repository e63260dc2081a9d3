"""Run the program opam, with only our own settings, and end it together with the caller."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from functoria.errors import BuildError

_SETTINGS = {"OPAMCOLOR": "never", "OPAMNODEPEXTS": "1", "OPAMYES": "1"}


def version() -> str | None:
    """Return the version of the installed opam; None without one."""
    if shutil.which("opam") is None:
        return None
    done = subprocess.run(["opam", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


class Opam:
    """Runs opam, from any thread, until `end` is called. `settings` are environment variables for it."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("OPAM")}
        self.environment = {**inherited, **_SETTINGS, **settings}
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._ended = False

    def run(
        self, root: Path, arguments: Sequence[str], place: Path, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Run opam with `arguments` on `root`, in the directory `place`, and wait for its end."""
        with self._lock:
            if self._ended:
                raise BuildError("opam was stopped")
            # In a session of its own, so that what opam runs can be ended with it.
            process = subprocess.Popen(
                ["opam", *arguments],
                cwd=place,
                env={**self.environment, **settings, "OPAMROOT": str(root)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            self._running.add(process)
        with process:
            try:
                out, err = process.communicate()
            finally:
                with self._lock:
                    self._running.discard(process)
                _kill(process)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def end(self) -> None:
        """End all runs, and start no more."""
        with self._lock:
            self._ended = True
            for process in self._running:
                _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()


def failed(done: subprocess.CompletedProcess[str]) -> BuildError:
    """Return the error for a failed run of opam, with its output."""
    said = done.stderr.strip() or done.stdout.strip()
    return BuildError(f"opam {done.args[1]} failed with status {done.returncode}: {said}", objects=[done.args])

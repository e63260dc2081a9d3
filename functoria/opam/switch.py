"""What is installed in opam's current switch."""

from __future__ import annotations

import subprocess
from pathlib import Path

from functoria.errors import BuildError


def installed(directory: Path) -> dict[str, str]:
    """Return the version of each package in the switch that is opam's current one in `directory`.

    The environment's settings of opam count. Raises BuildError if opam is not installed, or has no switch.
    """
    command = ["opam", "list", "--installed", "--short", "--columns=package", "--color=never"]
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise BuildError("opam is not installed, so that nobody knows what the switch has: install it") from error
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        said = "; ".join(line.strip() for line in lines if line.strip())  # an error's message is one line
        raise BuildError(f"opam cannot say what the switch has: {said}", objects=[command])
    pairs = (line.strip().partition(".") for line in done.stdout.splitlines() if line.strip())
    return {name: version for name, _, version in pairs}

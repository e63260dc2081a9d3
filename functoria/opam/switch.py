"""The packages installed in opam's current switch."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from functoria.errors import BuildError


class Installed(NamedTuple):
    """The content of a switch."""

    versions: dict[str, str]
    """The version of each package."""
    pins: dict[str, str]
    """The URLs of those that are pinned to one."""


def installed(directory: Path) -> Installed:
    """Return the content of the switch that is opam's current one in `directory`.

    The environment's settings of opam count. Raises BuildError if opam is not installed, or has no switch.
    """
    command = ["opam", "list", "--installed", "--short", "--columns=package,pin", "--separator=\t", "--color=never"]
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            env={name: value for name, value in os.environ.items() if name != "COLUMNS"},  # opam would cut long URLs
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise BuildError("opam is not installed, so the packages of the switch are unknown: install it") from error
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        said = "; ".join(line.strip() for line in lines if line.strip())  # an error's message is one line
        raise BuildError(f"opam cannot list the packages of the switch: {said}", objects=[command])
    rows = [line.partition("\t") for line in done.stdout.splitlines() if line.strip()]
    packages = [(*package.strip().partition(".")[::2], pin.strip()) for package, _, pin in rows]
    return Installed(
        {name: version for name, version, _ in packages}, {name: pin for name, _, pin in packages if ":" in pin}
    )

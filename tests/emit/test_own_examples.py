"""docs/examples: each is configured for every target of its release, and built for unix and run as far as the tests' libraries go."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

from functoria import App, Unsupported
from functoria.loading.configuration import load
from mirage_devices import TARGETS, v4
from tests.ocaml_runtime import Runtime
from tests.tools import need, run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NAMES = sorted(f"{path.parent.parent.name}/{path.parent.name}" for path in EXAMPLES.glob("*/*/config.py"))
ALL = {"3.3": TARGETS, "4.11": v4.TARGETS}
REFUSED = {
    "3.3": {**dict.fromkeys(["virtio", "hvt", "muen", "genode"], {"tracing"}), "muen": {"block", "tracing"}},
    "4.11": {"muen": {"block", "disk-lottery", "littlefs"}},
}
"""The examples that devices refuse: with disks, which Muen does not have, and traced ones on Solo5."""
NO_LIBRARY:
        assert NO_LIBRARY[name] in said.replace("\n", " ") or "Unbound" in said
        need("ocamlfind")
        run("ocamlfind", "ocamlc", "-stop-after", "parsing", "-i", EXAMPLES / name / "unikernel.ml", cwd=tmp_path)
        return
    assert said == ""
    program = tmp_path / (plan.info.output if release == "3.3" else f"dist/{plan.info.output}")
    if own in SAID:
        words, wanted = SAID[own]
        (tmp_path / "disk.img").write_bytes(bytes(1 << 20))
        assert re.fullmatch(wanted, run(program, *words, cwd=tmp_path).stdout)

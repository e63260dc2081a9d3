"""Configures docs/examples/hello for unix and for hvt, and shows what came of it."""

from __future__ import annotations

import re
from pathlib import Path

from functoria.cli import main

ROOT = Path(__file__).parent.parent
HELLO = ROOT / "docs" / "examples" / "hello"


def show(directory: Path) -> None:
    """The tree of files in `directory`, and the heart of them: modules and packages."""
    for path in sorted(directory.iterdir()):
        note = f" -> {path.readlink()}" if path.is_symlink() else ""
        print(f"  {path.relative_to(ROOT)}{note}")
    glue = (directory / "main.ml").read_text()
    print("\n  in main.ml:")
    for line in re.findall(r"^module .*|^let \w+ = lazy .*|^  \w+\.start .*", glue, re.MULTILINE):
        print(f"    {line}")
    (opam,) = directory.glob("*.opam")
    print(f"\n  in {opam.name}:")
    for line in re.findall(r"^  \".*", opam.read_text(), re.MULTILINE):
        print(f"  {line}")


for target in ("unix", "hvt"):
    build = ROOT / "demo" / target
    print(f"\n$ functoria configure -f docs/examples/hello/config.py -t {target} -b demo/{target}")
    status = main(["configure", "-f", str(HELLO / "config.py"), "-t", target, "-b", str(build)])
    if status:
        raise SystemExit(status)
    show(build)
print(
    "\nNext: cd demo/unix, then make depend build, where opam is installed. docs/install.md says what opam needs to know."
)

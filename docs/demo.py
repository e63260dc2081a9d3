"""Configures hello for MirageOS 4.11 and 3.3, and shows the result."""

from __future__ import annotations

import re
from pathlib import Path

from functoria.cli import main

ROOT = Path(__file__).parent.parent
EXAMPLES = Path("docs") / "examples"


def show(directory: Path) -> None:
    """Print the tree of files in `directory`, and the most important parts: modules and packages."""
    for path in sorted(path for path in directory.rglob("*") if not path.is_dir()):
        note = f" -> {path.readlink()}" if path.is_symlink() else ""
        print(f"  {path.relative_to(ROOT)}{note}")
    (glue,) = directory.rglob("main.ml")
    print(f"\n  in {glue.relative_to(directory)}:")
    for line in re.findall(
        r"^module .*|^let \w+ = lazy .*|^let \w+ = \w+\.register_arg .*|^  \(?\w+\.start .*",
        glue.read_text(),
        re.MULTILINE,
    ):
        print(f"    {line}")
    (opam,) = directory.rglob("*.opam")
    print(f"\n  in {opam.relative_to(directory)}:")
    for line in re.findall(r"^  \".*", opam.read_text(), re.MULTILINE):
        print(f"  {line}")


for example, target in (("hello-4", "hvt"), ("hello", "hvt"), ("hello", "unix")):
    config, build = EXAMPLES / example / "config.py", Path("demo") / example / target
    print(f"\n$ functoria configure -f {config} -t {target} -b {build}")
    status = main(["configure", "-f", str(ROOT / config), "-t", target, "-b", str(ROOT / build)])
    if status:
        raise SystemExit(status)
    show(ROOT / build)
print(
    "\nNext: cd demo/hello-4/hvt, then make, where opam and opam-monorepo are installed. "
    "docs/install.md says what opam needs to know for 3.3."
)

"""Projects with a device that generates something from files, dune for them, and stand-ins for the tools of OCaml packages."""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from functoria import Impl, foreign, job
from mirage_devices import archive_of_files, crunch, fat_of_files, register
from tests.tools import run

TOOLS = {
    # Prints a module with each file's name and content, like ocaml-crunch, or writes it.
    "ocaml-crunch": """\
case "$1 $2" in
  "-m lwt") ;;
  "-o "*.ml) out=$(pwd)/$2; : >"${2}i"; exec >"$out" ;;
  *) exit 2 ;;
esac
cd "$3"
find -L . -type f | sed 's|^./||' | LC_ALL=C sort | while read -r file; do
  printf '(* %s: %s *)\\n' "$file" "$(tr '\\n' ' ' <"$file")"
done
echo 'let connect () = Lwt.return_unit'
""",
    # Keeps an image as text: its size, then each file's name and content. Like the real one with mirage-block-unix
    # from 2.5 on, it refuses to open an image unless that is unbuffered.
    "fat": """\
[ "$2" = --unbuffered ] || { echo "fat: buffered:$2: no such block device" >&2; exit 1; }
case "$1 $3" in
  "create "*) test ! -e "$3" && echo "size $4" >"$3" ;;
  "add --")
    image=$4
    shift 4
    for name do find -L "./$name" -type f; done | sed 's|^./||' | LC_ALL=C sort | while read -r file; do
      printf '%s: %s\\n' "$file" "$(tr '\\n' ' ' <"./$file")" >>"$image"
    done ;;
  *) exit 2 ;;
esac
""",
    "opam": """\
[ "$1 $2" = "list --installed" ] || exit 2
case $* in
  *--required-by=*) ;;
  *) for word do case $word in list | -*) ;; *) echo "$word" ;; esac; done; exit ;;
esac
printf 'mirage-runtime 3.3.1\\nlwt 4.1.0\\nlwt 4.1.0\\nodd 1\\\\2"3\\n'
""",
}


class Project:
    """A unikernel with one device, written to its own directory, and dune to build what the device makes there."""

    def __init__(self, root: Path, impl: Impl[Any], *, sources: Path | None = None, at: Path | None = None) -> None:
        self.directory = root / "project" if at is None else at
        self.log = root / "log"
        self._bin = root / "bin"
        main = foreign("Unikernel.Main", impl.signature >> job)
        self.plan = register("rules", [main @ impl]).plan(target="unix")
        self.directory.mkdir(exist_ok=True)
        self.plan.write(self.directory, sources=sources)
        self.path = f"{self.stand_ins()}:{os.environ['PATH']}"

    def stand_ins(self) -> Path:
        """Make the directory of stand-ins, each of which adds its arguments to the log."""
        self._bin.mkdir(exist_ok=True)
        for name, script in TOOLS.items():
            tool = self._bin / name
            tool.write_text(f"""#!/bin/sh\nset -eu\necho "{name} $*" >>'{self.log}'\n{script}""")
            tool.chmod(0o755)
        return self._bin

    def without(self, tool: str) -> None:
        """Remove `tool` from the path."""
        everything = self._bin.with_name("without")
        everything.mkdir()
        for directory in self.path.split(":"):
            for file in Path(directory).iterdir() if Path(directory).is_dir() else ():
                if file.name != tool and not (everything / file.name).is_symlink():
                    (everything / file.name).symlink_to(file)
        self.path = str(everything)

    def dune(self, target: str) -> Path:
        """Return `target`, built."""
        run("dune", "build", "--root", ".", f"./{target}", cwd=self.directory, PATH=self.path)
        return self.directory / "_build" / "default" / target

    def error(self, target: str) -> str:
        """Return the error of building `target`."""
        done = run("dune", "build", "--root", ".", f"./{target}", cwd=self.directory, check=False, PATH=self.path)
        assert done.returncode != 0
        return done.stderr

    def calls(self, tool: str) -> int:
        """Return the number of times that `tool` was run."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return sum(line.startswith(f"{tool} ") for line in lines)


def fill(directory: Path) -> None:
    (directory / "sub dir").mkdir(parents=True)
    (directory / "index.html").write_text("hello")
    (directory / "with blank.txt").write_text("blank")
    (directory / "sub dir" / "deep.txt").write_text("deep")


def tar_files(image: Path, *, bsd: bool = False) -> dict[str, str]:
    with tarfile.open(image) as archive:
        facts = {(each.mtime, each.uid, each.gid, each.uname, each.gname, each.mode) for each in archive.getmembers()}
        if not bsd and "bsdtar" not in run("tar", "--version").stdout:
            assert facts <= {(0, 0, 0, "", "", 0o644)}  # nothing in it depends on who made it, or when
        return {member.name: _content(archive, member) for member in archive.getmembers()}


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    assert file is not None, f"{member.name} is not a file"
    return file.read().decode()


def fat_files(image: Path) -> dict[str, str]:
    _, *lines = image.read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def crunched(module: Path) -> dict[str, str]:
    return dict(re.findall(r"\(\* (.*?): (.*) \*\)", module.read_text()))


FILLED = {"index.html": "hello", "with blank.txt": "blank", "sub dir/deep.txt": "deep"}
Kind = tuple[Callable[[str], Impl[Any]], str, Callable[[Path], dict[str, str]]]
KINDS: dict[str, Kind] = {
    "tar": (archive_of_files, r"tar_block\w*\.img", tar_files),
    "fat": (fat_of_files, r"fat_block\w*\.img", fat_files),
    "ocaml-crunch": (crunch, r"static\w*\.ml", crunched),
}


def target_of(project: Project, pattern: str) -> str:
    (target,) = (name for name in project.plan.products if re.fullmatch(pattern, name))
    return target

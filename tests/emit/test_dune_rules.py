"""What devices make with dune: the real dune and tar, and stand-ins for the tools that come with OCaml packages."""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functoria import File, Impl, foreign, job, noop
from functoria.errors import InvalidName
from mirage_devices import app_info, archive_of_files, crunch, fat_of_files, register
from mirage_devices.v3.devices.fs import FatImage, glob
from tests.texts import batches, examples
from tests.tools import need, run

_TOOLS = {
    # Prints a module with each file's name and content, as ocaml-crunch does.
    "ocaml-crunch": """\
[ "$1 $2" = "-m lwt" ] || exit 2
cd "$3"
find . -type f | sed 's|^./||' | LC_ALL=C sort | while read -r file; do
  printf '(* %s: %s *)\\n' "$file" "$(tr '\\n' ' ' <"$file")"
done
echo 'let connect () = Lwt.return_unit'
""",
    # Keeps an image as text: its size, then each file's name and content. As the real one does with mirage-block-unix
    # from 2.5 on, it refuses to open an image unless it is told to do so unbuffered.
    "fat": """\
[ "$2" = --unbuffered ] || { echo "fat: buffered:$2: no such block device" >&2; exit 1; }
case "$1 $3" in
  "create "*) test ! -e "$3" && echo "size $4" >"$3" ;;
  "add --")
    image=$4
    shift 4
    for name do find "./$name" -type f; done | sed 's|^./||' | LC_ALL=C sort | while read -r file; do
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
    """A unikernel with one device, written to a directory of its own, and dune to build what it makes there."""

    def __init__(self, root: Path, impl: Impl[Any], *, sources: Path | None = None) -> None:
        self.directory = root / "project"
        self.log = root / "log"
        self._bin = root / "bin"
        main = foreign("Unikernel.Main", impl.signature >> job)
        self.plan = register("rules", [main @ impl]).plan(target="unix")
        self.directory.mkdir(exist_ok=True)
        self.plan.write(self.directory, sources=sources)
        self.path = f"{self.stand_ins()}:{os.environ['PATH']}"

    def stand_ins(self) -> Path:
        """The directory of the stand-ins, each of which adds its arguments to the log."""
        self._bin.mkdir(exist_ok=True)
        for name, script in _TOOLS.items():
            tool = self._bin / name
            tool.write_text(f"""#!/bin/sh\nset -eu\necho "{name} $*" >>'{self.log}'\n{script}""")
            tool.chmod(0o755)
        return self._bin

    def without(self, tool: str) -> None:
        """Take `tool` off the path."""
        everything = self._bin.with_name("without")
        everything.mkdir()
        for directory in self.path.split(":"):
            for file in Path(directory).iterdir() if Path(directory).is_dir() else ():
                if file.name != tool and not (everything / file.name).is_symlink():
                    (everything / file.name).symlink_to(file)
        self.path = str(everything)

    def dune(self, target: str) -> Path:
        """`target`, built."""
        run("dune", "build", "--root", ".", f"./{target}", cwd=self.directory, PATH=self.path)
        return self.directory / "_build" / "default" / target

    def error(self, target: str) -> str:
        """What is said where building `target` fails."""
        done = run("dune", "build", "--root", ".", f"./{target}", cwd=self.directory, check=False, PATH=self.path)
        assert done.returncode != 0
        return done.stderr

    def calls(self, tool: str) -> int:
        """How often `tool` has been run."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return sum(line.startswith(f"{tool} ") for line in lines)


@pytest.fixture(autouse=True)
def _dune() -> None:
    need("dune", "tar")


def _fill(directory: Path) -> None:
    (directory / "sub dir").mkdir(parents=True)
    (directory / "index.html").write_text("hello")
    (directory / "with blank.txt").write_text("blank")
    (directory / "sub dir" / "deep.txt").write_text("deep")


def _tar(image: Path, *, bsd: bool = False) -> dict[str, str]:
    with tarfile.open(image) as archive:
        facts = {(each.mtime, each.uid, each.gid, each.uname, each.gname, each.mode) for each in archive.getmembers()}
        if not bsd and "bsdtar" not in run("tar", "--version").stdout:
            assert facts <= {(0, 0, 0, "", "", 0o644)}  # nothing in it is of who made it, or when
        return {member.name: _content(archive, member) for member in archive.getmembers()}


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    assert file is not None, f"{member.name} is no file"
    return file.read().decode()


def _fat(image: Path) -> dict[str, str]:
    _, *lines = image.read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def _crunched(module: Path) -> dict[str, str]:
    return dict(re.findall(r"\(\* (.*?): (.*) \*\)", module.read_text()))


_FILLED = {"index.html": "hello", "with blank.txt": "blank", "sub dir/deep.txt": "deep"}
_Kind = tuple[Callable[[str], Impl[Any]], str, Callable[[Path], dict[str, str]]]
_KINDS: dict[str, _Kind] = {
    "tar": (archive_of_files, r"tar_block\w*\.img", _tar),
    "fat": (fat_of_files, r"fat_block\w*\.img", _fat),
    "ocaml-crunch": (crunch, r"static\w*\.ml", _crunched),
}


@pytest.fixture(params=_KINDS)
def tool(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def _target(project: Project, pattern: str) -> str:
    (target,) = set(re.findall(rf"\(targets ({pattern})\)", project.plan.files()["dune"]))
    return str(target)


@pytest.mark.parametrize("directory", ["t", "web/files", "a b", "it's", "./t", "t/"])
def test_dune_alone_makes_what_a_device_wants_of_a_directory(tmp_path: Path, tool: str, directory: str) -> None:
    make, pattern, read = _KINDS[tool]
    project = Project(tmp_path, make(directory))
    _fill(project.directory / directory)
    assert read(project.dune(_target(project, pattern))) == _FILLED


def test_it_is_made_again_when_a_file_changes_comes_or_goes(tmp_path: Path, tool: str) -> None:
    make, pattern, read = _KINDS[tool]
    project = Project(tmp_path, make("t"))
    _fill(project.directory / "t")
    target = _target(project, pattern)
    project.dune(target)
    (project.directory / "t" / "sub dir" / "deep.txt").write_text("changed")
    assert read(project.dune(target)) == {**_FILLED, "sub dir/deep.txt": "changed"}
    (project.directory / "t" / "new").write_text("new")
    assert read(project.dune(target)) == {**_FILLED, "sub dir/deep.txt": "changed", "new": "new"}
    (project.directory / "t" / "index.html").unlink()
    left = {"with blank.txt": "blank", "sub dir/deep.txt": "changed", "new": "new"}
    assert read(project.dune(target)) == left


@pytest.mark.parametrize("tool", ["fat", "ocaml-crunch"], indirect=False)
def test_it_is_not_made_again_when_nothing_changes(tmp_path: Path, tool: str) -> None:
    make, pattern, _ = _KINDS[tool]
    project = Project(tmp_path, make("t"))
    _fill(project.directory / "t")
    target = _target(project, pattern)
    project.dune(target)
    made = project.calls(tool)
    assert made >= 1
    (project.directory / "unikernel.ml").write_text("let x = 1")
    project.dune(target)
    assert project.calls(tool) == made


def test_a_project_in_another_directory_has_the_files_too(tmp_path: Path, tool: str) -> None:
    make, pattern, read = _KINDS[tool]
    sources = tmp_path / "sources"
    _fill(sources / "web" / "files")
    project = Project(tmp_path, make("web/files"), sources=sources)
    assert read(project.dune(_target(project, pattern))) == _FILLED
    (sources / "web" / "files" / "index.html").write_text("other")
    assert read(project.dune(_target(project, pattern))) == {**_FILLED, "index.html": "other"}


def test_the_project_s_own_directory_is_made_something_of_again_and_again(tmp_path: Path, tool: str) -> None:
    make, pattern, read = _KINDS[tool]
    project = Project(tmp_path, make("."))
    _fill(project.directory)
    (project.directory / "rules").write_text("the result of a build before")
    (project.directory / "_private").mkdir()
    (project.directory / "_private" / "secret").write_text("secret")
    (project.directory / "_page").write_text("page")
    target = _target(project, pattern)
    first = read(project.dune(target))
    assert first.items() >= _FILLED.items()
    assert first["_page"] == "page"
    assert not {name for name in first if "_build" in name or name.startswith("_private") or name.endswith(".img")}
    assert "rules" not in first
    (project.directory / "index.html").write_text("other")
    second = read(project.dune(target))
    assert second == {**first, "index.html": "other"}


def test_the_directory_of_the_sources_is_read_through_links(tmp_path: Path, tool: str) -> None:
    make, pattern, read = _KINDS[tool]
    sources = tmp_path / "sources"
    _fill(sources)
    (sources / "link.txt").symlink_to("index.html")
    (sources / "dirlink").symlink_to("sub dir")
    (sources / "rules").write_text("the result of a build there")
    (sources / "sub dir" / "rules").write_text("not a result")
    project = Project(tmp_path, make("."), sources=sources)
    found = read(project.dune(_target(project, pattern)))
    links = {"link.txt": "hello", "dirlink/deep.txt": "deep", "dirlink/rules": "not a result"}
    expected = {**_FILLED, **links, "sub dir/rules": "not a result"}
    assert {name: content for name, content in found.items() if name in expected} == expected
    assert "rules" not in found


def test_a_missing_directory_is_an_error_that_names_it(tmp_path: Path, tool: str) -> None:
    make, pattern, _ = _KINDS[tool]
    project = Project(tmp_path, make("a b"))
    assert "the directory a b does not exist" in project.error(_target(project, pattern))
    assert not list(project.directory.glob("*.img"))


def test_a_missing_tool_is_an_error_that_names_it(tmp_path: Path, tool: str) -> None:
    make, pattern, _ = _KINDS[tool]
    project = Project(tmp_path, make("t"))
    _fill(project.directory / "t")
    project.without(tool)
    assert f"{tool} is not installed" in project.error(_target(project, pattern))


def test_an_image_lies_beside_the_unikernel_and_is_cleaned_away(tmp_path: Path) -> None:
    project = Project(tmp_path, archive_of_files("t"))
    _fill(project.directory / "t")
    project.dune("tar_block_t.img")
    assert _tar(project.directory / "tar_block_t.img") == _FILLED
    run("dune", "clean", "--root", ".", cwd=project.directory)
    assert not (project.directory / "tar_block_t.img").exists()


def test_tar_s_keys_are_in_order_and_never_options_of_tar(tmp_path: Path) -> None:
    project = Project(tmp_path, archive_of_files("t"))
    directory = project.directory / "t"
    directory.mkdir()
    for name in ("b", "a", "-x", "B", ".hidden", "new\nline"):
        (directory / name).write_text(name)
    names = list(_tar(project.dune("tar_block_t.img")))
    assert names == ["-x", ".hidden", "B", "a", "b", "new\nline"]


def test_an_archive_of_the_same_files_is_the_same(tmp_path: Path) -> None:
    made = set()
    for name, mode in (("one", 0o644), ("two", 0o600)):
        (tmp_path / name).mkdir()
        project = Project(tmp_path / name, archive_of_files("t"))
        _fill(project.directory / "t")
        for path in project.directory.glob("t/**/*.txt"):
            path.chmod(mode)
            os.utime(path, (mode, mode))
        made.add(project.dune("tar_block_t.img").read_bytes())
        run("dune", "clean", "--root", ".", cwd=project.directory)
        made.add(project.dune("tar_block_t.img").read_bytes())
    assert len(made) == 1


def test_an_archive_cannot_hold_a_long_name_and_says_so(tmp_path: Path) -> None:
    project = Project(tmp_path, archive_of_files("t"))
    _fill(project.directory / "t")
    (project.directory / "t" / ("x" * 120)).write_text("long")
    assert "tar made no archive of t: it holds names of 100 bytes" in project.error("tar_block_t.img")
    assert not list(project.directory.glob("*.img"))


def test_an_archive_is_made_by_the_tar_of_bsd_too(tmp_path: Path) -> None:
    need("bsdtar")
    project = Project(tmp_path, archive_of_files("t"))
    _fill(project.directory / "t")
    (project.directory / "t" / "-x").write_text("x")
    (tmp_path / "bin" / "tar").write_text('#!/bin/sh\nexec bsdtar "$@"\n')
    (tmp_path / "bin" / "tar").chmod(0o755)
    assert _tar(project.dune("tar_block_t.img"), bsd=True) == {**_FILLED, "-x": "x"}


def test_names_may_begin_with_a_dash_or_an_underscore(tmp_path: Path, tool: str) -> None:
    make, pattern, read = _KINDS[tool]
    project = Project(tmp_path, make("t"))
    _fill(project.directory / "t")
    for name in ("-dash", "_score", "sub dir/-dash"):
        (project.directory / "t" / name).write_text("odd")
    odd = {"-dash": "odd", "_score": "odd", "sub dir/-dash": "odd"}
    assert read(project.dune(_target(project, pattern))) == {**_FILLED, **odd}


def test_an_empty_directory_is_one_without_files(tmp_path: Path, tool: str) -> None:
    make, pattern, read = _KINDS[tool]
    project = Project(tmp_path, make("t"))
    (project.directory / "t").mkdir()
    target = _target(project, pattern)
    assert read(project.dune(target)) == {}
    (project.directory / "t" / "file").write_text("come")
    assert read(project.dune(target)) == {"file": "come"}
    (project.directory / "t" / "file").unlink()
    assert read(project.dune(target)) == {}
    (project.directory / "t").rmdir()
    assert "the directory t does not exist" in project.error(target)


@pytest.mark.parametrize("name", ["_site/page", ".well-known/page", "a~", ".#a", "a.swp"])
def test_files_that_dune_passes_over_are_left_out_and_said_where_there_are_no_others(
    tmp_path: Path, tool: str, name: str
) -> None:
    make, pattern, read = _KINDS[tool]
    project = Project(tmp_path, make("t"))
    path = project.directory / "t" / name
    path.parent.mkdir(parents=True)
    path.write_text("unseen")
    target = _target(project, pattern)
    assert "dune sees no file in t: it passes over" in project.error(target)
    _fill(project.directory / "t")
    assert read(project.dune(target)) == _FILLED


@pytest.mark.parametrize("directory", ["_site", ".data", "a/_b/c", "./.x/", "_"])
def test_a_directory_that_dune_passes_over_is_refused(tmp_path: Path, tool: str, directory: str) -> None:
    make, _, _ = _KINDS[tool]
    with pytest.raises(InvalidName, match="cannot be seen by dune") as refused:
        Project(tmp_path, make(directory))
    assert {place.file for place in refused.value.locations} == {__file__}
    assert not list((tmp_path / "project").iterdir())


def test_fat_takes_the_files_that_the_pattern_says(tmp_path: Path) -> None:
    project = Project(tmp_path, fat_of_files("t", "*.txt"))
    _fill(project.directory / "t")
    target = _target(project, r"fat_block\w+\.img")
    assert _fat(project.dune(target)) == {"with blank.txt": "blank"}


def test_fat_refuses_a_pattern_that_no_file_matches(tmp_path: Path) -> None:
    project = Project(tmp_path, fat_of_files("t", "*.css"))
    _fill(project.directory / "t")
    assert "no file of t matches *.css" in project.error(_target(project, r"fat_block\w+\.img"))


def test_fat_s_image_has_room_for_all_files(tmp_path: Path) -> None:
    project = Project(tmp_path, fat_of_files("t"))
    directory = project.directory / "t"
    directory.mkdir()
    for number in range(40):
        (directory / f"{number}").write_text("x" * (number * 100))
    (size,) = re.findall(r"size (\d+)KiB", project.dune("fat_block_t.img").read_text())
    # FAT16 keeps each file in clusters of up to 4 KiB at this size.
    assert int(size) >= sum(-(-number * 100 // 4096) * 4 for number in range(40))


def test_the_scripts_pass_shellcheck(tmp_path: Path) -> None:
    need("shellcheck")
    for impl in (app_info, fat_of_files("a b", "it's *.txt"), fat_of_files(".")):
        project = Project(tmp_path, impl)
        for path in project.directory.glob("*.sh"):
            run("shellcheck", path)


_PATTERN = [
    "*",
    "?",
    "[ab]",
    "[!a]",
    "[^a]*",
    "[a-c -]",
    "[]a]",
    "[",
    "]",
    "a",
    "b",
    ".txt",
    " ",
    "'",
    '"',
    "-",
    "$",
    "`",
    "$(id)",
]
_PATTERN += ["\\", "~", "{a,b}", "!", "^", "#", "&", ";", "do", "é"]


@given(st.lists(st.lists(st.sampled_from(_PATTERN), min_size=1, max_size=4).map("".join), min_size=20, max_size=20))
@batches(4)
def test_patterns_of_any_text_make_scripts_that_pass_shellcheck(
    tmp_path_factory: pytest.TempPathFactory, patterns: list[str]
) -> None:
    need("shellcheck")
    directory = tmp_path_factory.mktemp("scripts")
    for number, pattern in enumerate(patterns):
        (text,) = (
            file.text if isinstance(file, File) else file
            for file in FatImage("t", pattern).files(register("x", [noop]).plan().info).values()
        )
        (directory / f"{number}.sh").write_text(text)
        run("sh", "-n", directory / f"{number}.sh")
    run("shellcheck", *sorted(directory.iterdir()))


@given(st.lists(st.sampled_from(_PATTERN), min_size=1, max_size=4).map("".join), st.data())
@examples(60)
def test_a_pattern_chooses_what_it_does_in_a_shell(
    tmp_path_factory: pytest.TempPathFactory, pattern: str, data: st.DataObject
) -> None:
    directory = tmp_path_factory.mktemp("files")
    others = st.lists(st.sampled_from("abc -]"), min_size=1, max_size=3).map("".join)
    names = {*data.draw(st.lists(others, max_size=6)), *re.sub(r"[*?]", "a", pattern).split("/"), "do", "x.txt"}
    for name in names:
        (directory / name).write_text("")
    loop = f'for file in {glob(pattern)}; do if [ -e "$file" ]; then printf "%s\\n" "$file"; fi; done'
    chosen = run("sh", "-c", f"cd -- '{directory}' && export LC_ALL=C.UTF-8 && {loop}").stdout.splitlines()
    plain = pattern.replace("[^", "[!")
    wanted = [name for name in names if fnmatchcase(name, plain)] or names & {plain}  # itself, where it matches nothing
    assert sorted(chosen) == sorted(wanted)


@pytest.mark.parametrize("directory", ["t", "a b", "it's", "."])
def test_the_commands_of_rules_pass_shellcheck(tmp_path: Path, directory: str) -> None:
    need("shellcheck")
    for make in (archive_of_files, crunch):
        project = Project(tmp_path, make(directory))
        (command,) = [
            str(action[2][1])
            for node in project.plan.devices
            for stanza in node.device.rules(project.plan.info)
            for field, action in [stanza[-1]]
            if field == "action"
        ]
        script = tmp_path / "command.sh"
        script.write_text(f"#!/bin/sh\n{command}\n")
        run("shellcheck", script)

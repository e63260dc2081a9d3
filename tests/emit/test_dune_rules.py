"""Files that devices make with dune: the real dune and tar, and stand-ins for the tools of OCaml packages."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functoria import File, noop
from mirage_devices import app_info, archive_of_files, crunch, fat_of_files, register
from mirage_devices.v3.devices.fs import FatImage, glob
from tests.emit.dune_projects import FILLED, KINDS, Project, fat_files, fill, tar_files, target_of
from tests.texts import batches, examples
from tests.tools import need, run

# Dune makes the data, or reports that it is missing.
pytestmark = pytest.mark.filterwarnings("ignore:.*which is not beside the configuration")


@pytest.fixture(autouse=True)
def _dune() -> None:
    need("dune", "tar")


@pytest.fixture(params=KINDS)
def tool(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.mark.parametrize("directory", ["t", "web/files", "a b", "it's", "./t", "t/"])
def test_dune_alone_makes_what_a_device_wants_of_a_directory(tmp_path: Path, tool: str, directory: str) -> None:
    make, pattern, read = KINDS[tool]
    project = Project(tmp_path, make(directory))
    fill(project.directory / directory)
    assert read(project.dune(target_of(project, pattern))) == FILLED


def test_it_is_made_again_when_a_file_changes_comes_or_goes(tmp_path: Path, tool: str) -> None:
    make, pattern, read = KINDS[tool]
    project = Project(tmp_path, make("t"))
    fill(project.directory / "t")
    target = target_of(project, pattern)
    project.dune(target)
    (project.directory / "t" / "sub dir" / "deep.txt").write_text("changed")
    assert read(project.dune(target)) == {**FILLED, "sub dir/deep.txt": "changed"}
    (project.directory / "t" / "new").write_text("new")
    assert read(project.dune(target)) == {**FILLED, "sub dir/deep.txt": "changed", "new": "new"}
    (project.directory / "t" / "index.html").unlink()
    left = {"with blank.txt": "blank", "sub dir/deep.txt": "changed", "new": "new"}
    assert read(project.dune(target)) == left


@pytest.mark.parametrize("tool", ["fat", "ocaml-crunch"], indirect=False)
def test_it_is_not_made_again_when_nothing_changes(tmp_path: Path, tool: str) -> None:
    make, pattern, _ = KINDS[tool]
    project = Project(tmp_path, make("t"))
    fill(project.directory / "t")
    target = target_of(project, pattern)
    project.dune(target)
    made = project.calls(tool)
    assert made >= 1
    (project.directory / "unikernel.ml").write_text("let x = 1")
    project.dune(target)
    assert project.calls(tool) == made


def test_a_project_in_another_directory_has_the_files_too(tmp_path: Path, tool: str) -> None:
    make, pattern, read = KINDS[tool]
    sources = tmp_path / "sources"
    fill(sources / "web" / "files")
    project = Project(tmp_path, make("web/files"), sources=sources)
    assert read(project.dune(target_of(project, pattern))) == FILLED
    (sources / "web" / "files" / "index.html").write_text("other")
    assert read(project.dune(target_of(project, pattern))) == {**FILLED, "index.html": "other"}


def test_the_project_s_own_directory_is_made_something_of_again_and_again(tmp_path: Path, tool: str) -> None:
    make, pattern, read = KINDS[tool]
    project = Project(tmp_path, make("."))
    fill(project.directory)
    (project.directory / "rules").write_text("the result of a build before")
    (project.directory / "_private").mkdir()
    (project.directory / "_private" / "secret").write_text("secret")
    (project.directory / "_page").write_text("page")
    target = target_of(project, pattern)
    first = read(project.dune(target))
    assert first.items() >= FILLED.items()
    assert first["_page"] == "page"
    assert not {name for name in first if "_build" in name or name.startswith("_private") or name.endswith(".img")}
    assert "rules" not in first
    (project.directory / "index.html").write_text("other")
    second = read(project.dune(target))
    assert second == {**first, "index.html": "other"}


def test_the_directory_of_the_sources_is_read_through_links(tmp_path: Path, tool: str) -> None:
    make, pattern, read = KINDS[tool]
    sources = tmp_path / "sources"
    fill(sources)
    (sources / "link.txt").symlink_to("index.html")
    (sources / "dirlink").symlink_to("sub dir")
    (sources / "rules").write_text("the result of a build there")
    (sources / "sub dir" / "rules").write_text("not a result")
    project = Project(tmp_path, make("."), sources=sources)
    found = read(project.dune(target_of(project, pattern)))
    links = {"link.txt": "hello", "dirlink/deep.txt": "deep", "dirlink/rules": "not a result"}
    expected = {**FILLED, **links, "sub dir/rules": "not a result"}
    assert {name: content for name, content in found.items() if name in expected} == expected
    assert "rules" not in found


def test_a_missing_directory_is_an_error_that_names_it(tmp_path: Path, tool: str) -> None:
    make, pattern, _ = KINDS[tool]
    project = Project(tmp_path, make("a b"))
    assert "the directory a b does not exist" in project.error(target_of(project, pattern))
    assert not list(project.directory.glob("*.img"))


def test_a_missing_tool_is_an_error_that_names_it(tmp_path: Path, tool: str) -> None:
    make, pattern, _ = KINDS[tool]
    project = Project(tmp_path, make("t"))
    fill(project.directory / "t")
    project.without(tool)
    assert f"{tool} is not installed" in project.error(target_of(project, pattern))


def test_an_image_lies_beside_the_unikernel_and_is_cleaned_away(tmp_path: Path) -> None:
    project = Project(tmp_path, archive_of_files("t"))
    fill(project.directory / "t")
    project.dune("tar_block_t.img")
    assert tar_files(project.directory / "tar_block_t.img") == FILLED
    run("dune", "clean", "--root", ".", cwd=project.directory)
    assert not (project.directory / "tar_block_t.img").exists()


def test_tar_s_keys_are_in_order_and_never_options_of_tar(tmp_path: Path) -> None:
    project = Project(tmp_path, archive_of_files("t"))
    directory = project.directory / "t"
    directory.mkdir()
    for name in ("b", "a", "-x", "B", ".hidden", "new\nline"):
        (directory / name).write_text(name)
    names = list(tar_files(project.dune("tar_block_t.img")))
    assert names == ["-x", ".hidden", "B", "a", "b", "new\nline"]


def test_an_archive_of_the_same_files_is_the_same(tmp_path: Path) -> None:
    made = set()
    for name, mode in (("one", 0o644), ("two", 0o600)):
        (tmp_path / name).mkdir()
        project = Project(tmp_path / name, archive_of_files("t"))
        fill(project.directory / "t")
        for path in project.directory.glob("t/**/*.txt"):
            path.chmod(mode)
            os.utime(path, (mode, mode))
        made.add(project.dune("tar_block_t.img").read_bytes())
        run("dune", "clean", "--root", ".", cwd=project.directory)
        made.add(project.dune("tar_block_t.img").read_bytes())
    assert len(made) == 1


def test_an_archive_cannot_hold_a_long_name_and_says_so(tmp_path: Path) -> None:
    project = Project(tmp_path, archive_of_files("t"))
    fill(project.directory / "t")
    (project.directory / "t" / ("x" * 120)).write_text("long")
    assert "tar made no archive of t: it holds names of 100 bytes" in project.error("tar_block_t.img")
    assert not list(project.directory.glob("*.img"))


def test_an_archive_is_made_by_the_tar_of_bsd_too(tmp_path: Path) -> None:
    need("bsdtar")
    project = Project(tmp_path, archive_of_files("t"))
    fill(project.directory / "t")
    (project.directory / "t" / "-x").write_text("x")
    (tmp_path / "bin" / "tar").write_text('#!/bin/sh\nexec bsdtar "$@"\n')
    (tmp_path / "bin" / "tar").chmod(0o755)
    assert tar_files(project.dune("tar_block_t.img"), bsd=True) == {**FILLED, "-x": "x"}


def test_names_may_begin_with_a_dash_or_an_underscore(tmp_path: Path, tool: str) -> None:
    make, pattern, read = KINDS[tool]
    project = Project(tmp_path, make("t"))
    fill(project.directory / "t")
    for name in ("-dash", "_score", "sub dir/-dash"):
        (project.directory / "t" / name).write_text("odd")
    odd = {"-dash": "odd", "_score": "odd", "sub dir/-dash": "odd"}
    assert read(project.dune(target_of(project, pattern))) == {**FILLED, **odd}


def test_an_empty_directory_is_one_without_files(tmp_path: Path, tool: str) -> None:
    make, pattern, read = KINDS[tool]
    project = Project(tmp_path, make("t"))
    (project.directory / "t").mkdir()
    target = target_of(project, pattern)
    assert read(project.dune(target)) == {}
    (project.directory / "t" / "file").write_text("come")
    assert read(project.dune(target)) == {"file": "come"}
    (project.directory / "t" / "file").unlink()
    assert read(project.dune(target)) == {}
    (project.directory / "t").rmdir()
    assert "the directory t does not exist" in project.error(target)


def test_what_a_shell_hides_is_of_no_pattern_that_does_not_say_so(tmp_path: Path) -> None:
    project = Project(tmp_path, fat_of_files("t"))
    fill(project.directory / "t")
    (project.directory / "t" / ".hidden").write_text("hidden")
    (project.directory / "t" / "sub dir" / ".deep").write_text("hidden, but in a directory that is taken")
    found = {**FILLED, "sub dir/.deep": "hidden, but in a directory that is taken"}
    assert fat_files(project.dune("fat_block_t.img")) == found


def test_fat_takes_the_files_that_the_pattern_says(tmp_path: Path) -> None:
    project = Project(tmp_path, fat_of_files("t", "*.txt"))
    fill(project.directory / "t")
    target = target_of(project, r"fat_block\w+\.img")
    assert fat_files(project.dune(target)) == {"with blank.txt": "blank"}


def test_fat_refuses_a_pattern_that_no_file_matches(tmp_path: Path) -> None:
    project = Project(tmp_path, fat_of_files("t", "*.css"))
    fill(project.directory / "t")
    assert "no file of t matches *.css" in project.error(target_of(project, r"fat_block\w+\.img"))


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
    wanted = [name for name in names if fnmatchcase(name, plain)] or names & {plain}  # itself, if nothing matches
    assert sorted(chosen) == sorted(wanted)


@pytest.mark.parametrize("directory", ["t", "a b", "it's", ".", "../it's", "/srv/a b"])
def test_the_commands_of_rules_pass_shellcheck(tmp_path: Path, directory: str) -> None:
    need("shellcheck")
    for make in (archive_of_files, crunch):
        project = Project(tmp_path, make(directory))
        commands = [
            str(action[2][1])
            for node in project.plan.devices
            for stanza in node.device.rules(project.plan.info)
            for field, action in [stanza[-1]]
            if field == "action"
        ]
        assert len(commands) == 2
        for number, command in enumerate(commands):
            (tmp_path / f"{number}.sh").write_text(f"#!/bin/sh\n{command}\n")
        run("shellcheck", tmp_path / "0.sh", tmp_path / "1.sh")

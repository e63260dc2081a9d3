"""Every command, run on files prepared by others, prints only printable lines of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from functoria.cli import commands, main
from functoria.cli.commands import describe
from functoria.cli.listed import Listed, Part
from functoria.cli.run import FAULT
from functoria.project.journal import JOURNAL
from functoria.project.kinds import ASIDE, STATE
from functoria.project.tree import fingerprint
from tests.cli.test_printing import CONFIG, FORGED, argument, hostile, lines, nothing_forged
from tests.command_line import Cli, Done, process
from tests.project.test_trust import interrupted

EVERY = (
    *(("configure",), ("configure", "-v"), ("configure", "--dry-run"), ("configure", "--dry-run", "-v"), ("build",)),
    *(("build", "-vv"), ("clean", "--dry-run"), ("clean", "--built", "--dry-run"), ("describe",), ("describe", "-v")),
    *(("describe", "--json"), ("clean", "--dry-run", "--force"), ("audit", "--release", "a.1"), ("help",)),
    *(("configure", "--diff"), ("configure", "--dry-run", "--json"), ("configure", "--dry-run", "--all-targets")),
    *(("why", "a"), ("why", "one", "--json"), ("query", "keys"), ("query", "keys", "--json"), ("translate",)),
    *(("diff", "one=1", "one=2", "-v"), ("diff", "one=1", "one=2", "--json"), ("completion", "bash")),
    *(("lock", "-r", "."), ("build", "--locked"), ("sbom",), ("sbom", "--locked")),
    *(("audit", "--release", "a.1", "--json"), ("configure", "--force"), ("clean",), ("clean", "--force")),
    *(("fleet", "plan", "--store", "kept"), ("fleet", "packages", "--store", "kept", "--json")),
    *(("new", "fresh", "--template", "x"), ("new", "fresh")),
)
"""Every command, with those that change something last."""
PLAIN = CONFIG.format(text="x")


@pytest.fixture(autouse=True)
def no_dune(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def test_there_is_no_other_command() -> None:
    assert {words[0] for words in EVERY} == set(commands.names())


def every(cli: Cli) -> None:
    for words in EVERY:
        fine(cli, words)


def fine(cli: Cli, words: tuple[str, ...]) -> None:
    done = cli(*words)
    assert done.status in (0, 1, 2), (words, done)
    nothing_forged(done)
    if "--json" in words and done.status == 0:
        json.loads(done.out)


_opened: set[str] = set()
"""The names of files that were opened."""


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str):
        _opened.add(os.path.basename(arguments[0]))


sys.addaudithook(_listen)


def readers(cli: Cli, asked: tuple[tuple[str, ...], ...], file: Path) -> tuple[tuple[str, ...], ...]:
    """Run the commands `asked`, and return those that may depend on the content of `file`: for the others one content is enough.

    These commands open it, or it did not exist when they ran.
    """
    found = []
    for words in asked:
        there = file.exists()
        _opened.clear()
        fine(cli, words)
        if not there or file.name in _opened:
            found.append(words)
    return tuple(found)


@hostile
def test_on_a_configuration(text: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(CONFIG.format(text=text))
    every(cli)


@hostile
@pytest.mark.usefixtures("one_process")
def test_on_a_state_file(text: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(PLAIN)
    assert cli("configure").status == 0
    good = json.loads((tmp_path / STATE).read_text())
    name = argument(text)
    changes: list[dict[str, Any]] = [
        {"app": text, "products": [text]},
        {"config": text},
        {"output": text},
        {"context": {text: text}},
        {"context": {"one": text}},
        {"context": {"on": text}},
        {"context": {"maybe": [text, {text: text}]}},
        {"files": {**good["files"], text: "x"}},
        {"files": {**good["files"], name: fingerprint(b"mine\n")}, "products": [name]},
        {"files": {**good["files"], "Makefile": text}},
        {"format": text},
    ]
    asked = EVERY[:-3]
    for change in changes:
        (tmp_path / name).write_text("mine\n")
        (tmp_path / STATE).write_text(json.dumps({**good, **change}))
        asked = readers(cli, asked, tmp_path / STATE)
    assert len(asked) > 10


@hostile
@pytest.mark.usefixtures("one_process")
def test_on_files_and_directories(text: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(PLAIN)
    name = argument(text)
    (tmp_path / f"d{name}").mkdir()
    (tmp_path / f"d{name}" / "dune").write_text(f"(library (name x) (public_name y))\n; {name}\n", "utf-8", "replace")
    (tmp_path / f"m{name}.ml").write_text("")
    every(cli)
    (tmp_path / f"m{name}.ml").unlink()
    every(cli)
    assert cli("configure").status in (0, 1)
    for made in ("main.ml", "dune", "Makefile"):
        (tmp_path / made).write_text(f"mine\n{text}\n{FORGED}x\n", "utf-8", "surrogatepass")
    every(cli)


@hostile
@pytest.mark.usefixtures("one_process")
def test_on_what_an_interruption_left(text: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(PLAIN)
    name = argument(text)
    interrupted(tmp_path)
    good = json.loads((tmp_path / JOURNAL).read_text())
    mark = fingerprint(b"mine\n")
    asked = EVERY
    for change in (
        {"steps": [[f"a{name}", mark, None], [f"b{name}", None, mark], ["main.ml", mark, mark]]},
        {"steps": [[text, None, None]]},
        {"owner": text},
        {"directories": {text: 1}},
        {"format": text},
    ):
        shutil.rmtree(tmp_path / ASIDE, ignore_errors=True)
        (tmp_path / ASIDE).mkdir()
        (tmp_path / f"a{name}").write_text("mine\n")
        (tmp_path / JOURNAL).write_text(json.dumps({**good, **change}))
        asked = readers(cli, asked, tmp_path / JOURNAL)
    (tmp_path / ASIDE).mkdir(exist_ok=True)
    (tmp_path / ASIDE / f"x{name}").write_text("")
    every(cli)


RAISES = (
    "class Odd(Exception): pass\nraise Odd({text!r})",
    "x = {text!r}; raise KeyError(x)  # {line}",
    "import {word}",
    "from functoria import package; package({text!r})",
    "from functoria import package; package('a', min={text!r})",
    "import warnings; warnings.warn({text!r})",
    "print = 1; {line}",
    "exit({text!r})",
    "from functoria import foreign, job, register\napp = register({text!r}, [foreign('Unikernel', job)])",
    "from functoria import foreign, job, register\napp = register('x', [foreign({text!r}, job)])",
    "from functoria import Key, arg\nKey.opt({text!r}, arg.string, default='')",
)


@hostile
def test_on_code_that_fails(text: str, cli: Cli, tmp_path: Path) -> None:
    line = re.sub("[\0\r\n]", "", text)
    for code in RAISES:
        word = "".join(char for char in line if char.isalnum())
        said = code.format(text=text, line=line, word=word or "x")
        (tmp_path / "config.py").write_text(said + "\n", "utf-8", "surrogatepass")
        for words in (
            ("describe",),
            ("describe", "-v"),
            ("describe", "-vv"),
            ("configure",),
            ("audit", "--release", "a.1"),
        ):
            nothing_forged(cli(*words))


@hostile
def test_on_devices_that_fail(text: str, cli: Cli, tmp_path: Path) -> None:
    for body in (
        f"raise RuntimeError({text!r})",
        f"return {{{text!r}: 'x'}}",
        f"return {{'x': {text!r}}}",
        f"return {text!r}",
        f"import warnings; warnings.warn({text!r}); return {{}}",
    ):
        (tmp_path / "config.py").write_text(
            "from functoria import Device, job, register\n"
            f"class D(Device):\n    type = job\n    module = 'D'\n    def files(self, info):\n        {body}\n"
            "app = register('x', [D()])\n"
        )
        for words in (("describe",), ("configure", "--dry-run", "-v"), ("configure", "-vv"), ("build", "-vv")):
            nothing_forged(cli(*words))


@hostile
def test_on_what_dune_says(
    text: str, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}/tools:/usr/bin:/bin")
    (tmp_path / "config.py").write_text(PLAIN)
    (tmp_path / "tools").mkdir()
    (tmp_path / "said").write_text(
        f'Error: Library "{text}" not found\n{text}\nFile "main.ml", line 3\n', "utf-8", "replace"
    )
    (tmp_path / "tools" / "dune").write_text(f"#!/bin/sh\ncat {tmp_path}/said\ncat {tmp_path}/said >&2\nexit 1\n")
    (tmp_path / "tools" / "dune").chmod(0o755)
    assert main(["configure"]) == 0
    capfdbinary.readouterr()
    assert main(["build"]) == 1
    said = (tmp_path / "said").read_bytes()
    for printed in capfdbinary.readouterr():  # dune's own lines are dune's, byte for byte
        before, own, after = printed.partition(said)
        assert own
        nothing_forged(Done(1, before.decode(), after.decode()))
        assert all(line.isprintable() for line in lines(before.decode()) + lines(after.decode()))


@hostile
def test_on_places(text: str, cli: Cli, tmp_path: Path) -> None:
    name = argument(text)
    place = tmp_path / f"p{name}"
    place.mkdir()
    (place / "config.py").write_text("import functoria\nfunctoria.package('')\n")
    (place / "good.py").write_text(PLAIN)
    for words in (
        ("describe", "-f", f"p{name}/config.py"),
        ("describe", "-vv", "-f", f"p{name}/config.py"),
        ("configure", "-f", f"p{name}/good.py", "-v"),
        ("clean", "-b", f"p{name}"),
        ("configure", "-f", f"p{name}/good.py", "-b", f"q{name}/r", "-v"),
        ("build", "-b", f"q{name}/r"),
        ("clean", "-b", f"q{name}/r"),
        ("clean", "-b", f"nowhere{name}"),
        ("configure", "-f", f"p{name}/good.py", "-o", text.replace("\0", "")),
        ("audit", f"p{name}/good.py", "--release", "a.1"),
        ("audit", "--release", "a.1", f"p{name}/none.py"),
    ):
        nothing_forged(cli(*words))


@hostile
def test_a_fault_of_the_program_is_told_as_one(text: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(arguments: object) -> Any:
        raise ZeroDivisionError(text)

    monkeypatch.setattr(describe, "COMMAND", Listed(Part.ASK, "fail", failing))
    done = cli("describe")
    assert (done.status, done.out) == (FAULT, "")
    nothing_forged(done)
    *trace, last = done.err.removesuffix("\n").split("\n")
    assert all(line.startswith("| ") for line in trace)
    assert last.startswith("functoria: ZeroDivisionError: ")
    assert last.endswith("this is a bug in functoria: please report it")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "cp1252"])
def test_json_can_be_read_whatever_the_terminal_says(encoding: str, tmp_path: Path) -> None:
    text = "é€🐪\u202e\ud800"
    (tmp_path / "config.py").write_text(CONFIG.format(text=text))
    done = process("describe", "--json", cwd=tmp_path, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert json.loads(done.out)["keys"]["one"]["value"] == text
    assert ("é€🐪" in done.out) == (encoding == "utf-8")


def test_json_says_what_is_there(cli: Cli, tmp_path: Path) -> None:
    for text in ("\x9b1A", "\u202e", "\u2028", "\x85", "\ud800", "\U000e0001", "é🐪"):
        (tmp_path / "config.py").write_text(CONFIG.format(text=text))
        done = cli("describe", "--json")
        assert all(line.isprintable() for line in done.out.split("\n"))
        said = json.loads(done.out)
        assert said["keys"]["one"]["value"] == text, said
    assert "é🐪" in done.out
    assert os.linesep in done.out

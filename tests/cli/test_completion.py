"""Completion in real shells, and colour on terminals only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from functoria.cli.group import SHELLS
from tests.command_line import Cli, Done, process
from tests.tools import need, run

WEB = """\
from functoria import Key, arg, foreign, job
from mirage_devices import *

print("loading")
hello = Key.opt("hello", arg.enum(["hi", "ho"]), default="hi")
main = foreign("Unikernel", stackv4 >> job, keys=[hello])
app = register("web", [main @ generic_stackv4(default_network)])
"""
LINES = [
    ("functoria conf", {"configure"}),
    ("functoria configure -t h", {"hvt"}),
    ("functoria configure --hel", {"--hello", "--help"}),
    ("functoria configure --hello h", {"hi", "ho"}),
    ("functoria why mirage-net", {"mirage-net-unix"}),
    ("functoria query lib", {"libraries"}),
    ("functoria diff xe", {"xen"}),
    ("functoria help cl", {"clean"}),
    ("functoria configure --target=hv", {"--target=hvt"}),
    ("functoria --color=al", {"--color=always"}),
    ("functoria describe --color=n", {"--color=never"}),
    ("functoria configure -f conf", {"config.py"}),
    ("functoria configure --file=conf", {"--file=config.py"}),
    ("functoria describe -b bi", {"bin/"}),
    ("functoria diff conf", {"config.py"}),
    ("functoria translate conf", {"config.py"}),
    ("functoria new web --template net", {"network"}),
    ("functoria new web --template=k", {"--template=key-value"}),
    ("functoria configure --release 4", {"4.11"}),
]
"""Typed words, and their possible completions."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with a configuration and the command, for a shell to find."""
    (tmp_path / "config.py").write_text(WEB)
    command = tmp_path / "bin" / "functoria"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m functoria "$@"\n')
    command.chmod(0o755)
    return tmp_path


_WORD = re.compile(r"[\w./=-]+")


class Terminal:
    """A shell in a terminal of its own, to type into and to read."""

    STARTS: ClassVar = {
        "bash": ("bash --norc --noprofile -i", "PS1='$ '"),
        "zsh": ("zsh -f -i", "PS1='$ '; autoload -U compinit; compinit -u -d $HOME/dump"),
        "fish": ("fish --no-config -i", "function fish_prompt; echo '$ '; end; function fish_greeting; end"),
    }

    def __init__(self, shell: str, home: Path) -> None:
        self.tmux = ["tmux", "-L", f"functoria-{os.getpid()}-{shell}", "-f", "/dev/null"]
        self.shell = shell
        program, first = self.STARTS[shell]
        path = f"{home / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        environment = (
            f"env -i HOME={home} PATH={path} TERM=screen LC_ALL=C.UTF-8 PYTHONPATH={Path(__file__).parents[2]}"
        )
        self.call("new-session", "-d", "-x", "100", "-y", "30", "-c", str(home), f"{environment} {program}")
        script = "functoria completion fish | source" if shell == "fish" else f'eval "$(functoria completion {shell})"'
        self.type(f"{first}; {script}; echo RE''ADY\n")
        self.until(lambda text: "READY\n" in text)

    def call(self, *words: str) -> str:
        return run(*self.tmux, *words).stdout

    def type(self, text: str) -> None:
        self.call("send-keys", "-l", "--", text)

    def key(self, *names: str) -> None:
        self.call("send-keys", *names)

    def until(self, wanted: Callable[[str], bool]) -> str:
        """Wait until the screen is as `wanted`, and return its content."""
        end = time.monotonic() + 60
        while not wanted(text := self.call("capture-pane", "-p")) and time.monotonic() < end:
            time.sleep(0.1)
        return text

    def completed(self, line: str, wanted: set[str]) -> str:
        """Type `line` and complete it. Return the screen once all of `wanted` is on it, or after a time limit."""
        if self.shell == "fish":
            self.key("Escape")  # closes the list
        self.key("C-u")
        self.key("C-l")
        self.until(lambda text: text.strip() == "$")
        self.type(line)
        self.until(lambda text: text.strip() == f"$ {line}")
        self.key("Tab")
        before, _, _ = line.rpartition(" ")
        if len(wanted) == 1:
            (only,) = wanted
            return self.until(lambda text: text.strip() == f"$ {before} {only}")
        if self.shell == "bash":
            self.key("Tab")
        return self.until(lambda text: wanted <= set(_WORD.findall("".join(text.splitlines(keepends=True)[1:]))))


@pytest.fixture(params=SHELLS)
def terminal(request: pytest.FixtureRequest, home: Path) -> Iterator[Terminal]:
    need("tmux", request.param)
    terminal = Terminal(request.param, home)
    yield terminal
    terminal.call("kill-server")


def test_a_shell_completes_what_is_typed(terminal: Terminal) -> None:
    for line, wanted in LINES:
        screen = terminal.completed(line, wanted)
        said = set(_WORD.findall(screen.replace(line.rpartition(" ")[0], "", 1)))
        assert wanted <= said, screen
        assert "loading" not in screen
        begun = line.rpartition(" ")[2]
        assert {word for word in said if word.startswith(begun)} - {begun} == wanted, screen


def test_a_broken_configuration_is_completed_without_a_word(terminal: Terminal, home: Path) -> None:
    (home / "config.py").write_text("app = (")
    screen = terminal.completed("functoria configure --dry", {"--dry-run"})
    assert screen.strip() == "$ functoria configure --dry-run"


ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    "words",
    [["describe", "--why", "nothing"], ["why", "hello"], ["configure", "--diff"], ["diff", "unix", "hvt"], ["make"]],
)
def test_colour_changes_nothing_else(words: list[str], cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(WEB)
    plain, auto, always = cli("--color", "never", *words), cli(*words), cli("--color=always", *words)
    assert auto == plain
    assert "\x1b" not in plain.out + plain.err
    assert "\x1b[" in always.out + always.err
    assert Done(always.status, ESCAPE.sub("", always.out), ESCAPE.sub("", always.err)) == plain


def test_colour_is_for_terminals_unless_the_environment_forbids_it(tmp_path: Path) -> None:
    need("script")
    (tmp_path / "config.py").write_text(WEB)

    def on_a_terminal(**environment: str) -> str:
        command = f"{sys.executable} -m functoria why hello"
        return run("script", "-qec", command, "/dev/null", cwd=tmp_path, TERM="xterm", **environment).stdout

    assert "\x1b[1mhello" in on_a_terminal()
    assert "\x1b" not in on_a_terminal(NO_COLOR="1")


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
@pytest.mark.parametrize("words", ["why tcpip", "diff unix xen", "configure --help", "why nothing-like-this"])
def test_what_is_printed_fits_the_terminal(words: str, columns: int, tmp_path: Path) -> None:
    need("script", "stty")
    (tmp_path / "config.py").write_text(WEB.replace('print("loading")\n', ""))
    command = f"stty cols {columns} -echo; {sys.executable} -m functoria {words}"
    said = run("script", "-qec", command, "/dev/null", cwd=tmp_path, TERM="xterm", check=False).stdout
    rows = ESCAPE.sub("", said).replace("\r", "").splitlines()
    assert rows
    assert max(map(len, rows)) <= columns, said
    assert columns < 100 or words == "why nothing-like-this" or max(map(len, rows)) > 80  # the width is used
    if words == "why tcpip":
        assert any(row.startswith("├── Ethif.Make") for row in rows)
        assert all(row[:1] in "│├└ " for row in rows[2:])


def test_a_narrow_terminal_shows_all(tmp_path: Path) -> None:
    need("script", "stty")
    (tmp_path / "config.py").write_text(WEB)

    def shown(words: str) -> str:
        command = f"stty cols 44 -echo; {sys.executable} -m functoria {words}"
        said = run("script", "-qec", command, "/dev/null", cwd=tmp_path, TERM="xterm").stdout
        return ESCAPE.sub("", said).replace("\r", "")

    differences = shown("diff unix xen")
    assert "mirage-bootvar-xen" in "".join(re.findall(r"^.{14}(\S+)", differences, re.MULTILINE))
    assert "…" not in differences
    assert not re.search(r'"\d[\d.]*\n', shown("describe"))  # no version is split
    assert "  -f, --file FILE\n          The configuration." in shown("configure --help")


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_tree_is_drawn_in_what_the_stream_can_show(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(WEB)
    done = process("why", "hello", cwd=tmp_path, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert ("└── declared by" if encoding == "utf-8" else "`-- declared by") in done.out


def test_what_is_no_choice_of_colour(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(WEB)
    done = cli("describe", "--color=sometimes")
    assert done.status == 2
    assert "sometimes" in done.err


def test_a_plain_configure_needs_nothing_of_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(WEB)
    code = (
        "import sys; sys.argv[1:] = ['configure']; from functoria.cli import main; main(); print(sorted(sys.modules))"
    )
    done = run(sys.executable, "-c", code, cwd=tmp_path).stdout.splitlines()[-1]
    for name in (
        "rich",
        "difflib",
        "traceback",
        "click.shell_completion",
        "functoria.cli.diagnostics",
        "logging",
    ):
        assert f"'{name}'" not in done
    assert process("configure", cwd=tmp_path).err == "loading\n"


@pytest.mark.parametrize("line", ["functoria configure --hel", "functoria why ", "functoria configure --target=h"])
def test_nothing_that_a_configuration_prints_is_among_completions(line: str, tmp_path: Path) -> None:
    noise = (
        "import os, subprocess, sys, warnings\n"
        "print('noise')\nprint('noise', file=sys.stderr)\nsys.__stdout__.write('noise')\nsys.__stderr__.write('noise')\n"
        "os.write(1, b'noise')\nos.write(2, b'noise')\nwarnings.warn('noise')\n"
        "subprocess.run([sys.executable, '-c', 'import sys; print(\"noise\"); print(\"noise\", file=sys.stderr)'])\n"
    )
    (tmp_path / "config.py").write_text(noise + WEB)
    done = subprocess.run(
        [sys.executable, "-m", "functoria"],
        cwd=tmp_path,
        env={**os.environ, "_FUNCTORIA_COMPLETE": "bash_complete", "COMP_LINE": line, "COMP_POINT": str(len(line))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    assert "noise" not in done.stdout
    assert all(each.startswith("plain,") for each in done.stdout.splitlines())
    assert done.stdout

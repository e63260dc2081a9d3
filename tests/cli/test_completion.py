"""Completion as the shells do it, and the terminal: colour where it is wanted, and nowhere else."""

from __future__ import annotations

import re
import sys
from pathlib import Path

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
]
"""What is typed, and what it may be completed to."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with a configuration, and with the command, for a shell to find."""
    (tmp_path / "config.py").write_text(WEB)
    command = tmp_path / "bin" / "functoria"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m functoria "$@"\n')
    command.chmod(0o755)
    return tmp_path


def typed(shell: str, line: str, home: Path) -> set[str]:
    """What `shell` completes `line` to."""
    words = line.split(" ")
    scripts = {
        "bash": 'eval "$(functoria completion bash)"; COMP_WORDS=({words}); COMP_CWORD={last}; '
        "_functoria_completion functoria; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        "fish": "functoria completion fish | source; complete -C '{line}'",
        "zsh": "autoload -U compinit; compinit -u -d {home}/dump; compdef() {{ :; }}; "
        "compadd() {{ print -l -- $completions; }}; _describe() {{ print -l -- ${{completions_with_descriptions%%:*}}; }}; "
        'eval "$(functoria completion zsh)"; words=({words}); CURRENT={count}; _functoria_completion',
    }
    text = scripts[shell].format(words=" ".join(words), last=len(words) - 1, count=len(words), line=line, home=home)
    options = {"bash": ["--norc"], "fish": ["--no-config"], "zsh": ["-f"]}[shell]
    path = f"{home / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    done = run(shell, *options, "-c", text, cwd=home, PATH=path, HOME=str(home), check=False)
    assert "loading" not in done.stdout
    return {each.partition("\t")[0].strip() for each in done.stdout.split("\n") if each.strip()}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_a_shell_completes_what_is_typed(shell: str, line: str, wanted: set[str], home: Path) -> None:
    need(shell)
    assert typed(shell, line, home) == wanted


@pytest.mark.parametrize("shell", SHELLS)
def test_a_broken_configuration_is_completed_without_a_word(shell: str, home: Path) -> None:
    need(shell)
    (home / "config.py").write_text("app = (")
    assert typed(shell, "functoria configure --dry", home) == {"--dry-run"}
    assert typed(shell, "functoria configure -t ", home) <= {"config.py", "bin", "dump", "bin/"}


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

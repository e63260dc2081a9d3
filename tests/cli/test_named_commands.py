"""Commands in messages exist, have the options that are named with them, and match the command that was run."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import functoria
import mirage_devices
from docs.generate_mistakes import gallery
from functoria.cli import main
from functoria.cli.commands import names
from functoria.cli.commands.fleet import COMMAND as FLEET

WORDS = [[name] for name in names() if name != "fleet"] + [["fleet", name] for name in FLEET.make([]).commands]  # type: ignore[attr-defined]
CONFIG = """\
from functoria import Key, arg, foreign, job
from mirage_devices import default_time, register, time

hello = Key.opt("hello", arg.string, default="Hi")
app = register("hello", [foreign("Unikernel.Main", time >> job, keys=[hello]) @ default_time])
"""
OTHERS = {"and", "describes", "did", "has", "needs", "puts", "sexp", "wrote"}
"""Words that follow the name functoria but are not commands."""
NAMED = re.compile(r"functoria ((?:fleet )?[a-z]+)((?: --?[a-z-]+| [A-Z]+)*)")


def commands_in(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Return the commands that a message names, each with its options."""
    for command, rest in NAMED.findall(text):
        yield command.split(), [word for word in rest.split() if word.startswith("-")]


def texts(path: Path) -> Iterator[str]:
    """Yield the strings in a module that may be printed: constants that are not docstrings."""
    tree = ast.parse(path.read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.py").write_text(CONFIG)
    return tmp_path


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_wrong_option_names_the_help_of_its_own_command(
    words: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*words, "--colour-scheme-of-the-moon"])
    said = capsys.readouterr().err
    assert said.startswith("functoria: there is no option --colour-scheme-of-the-moon: ")
    assert f"functoria {' '.join(words)} --help lists those that there are" in said
    assert main([*words, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: functoria {' '.join(words)} ")


def test_commands_that_are_named_are_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = {" ".join(words) for words in WORDS} | {"fleet"}
    found: dict[str, set[str]] = {}
    for package in (functoria, mirage_devices):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            for text in texts(path):
                for words, options in commands_in(text):
                    name = " ".join(words)
                    if words[0] not in OTHERS and name not in ("fleet has", "help configure"):
                        found.setdefault(name, set()).update(options)
    assert found
    for name, options in sorted(found.items()):
        assert name in known, name
        assert main([*name.split(), "--help"]) == 0
        help = capsys.readouterr().out
        for option in options:
            assert re.search(rf"(?<![\w-]){re.escape(option)}\b", help), (name, option)


def test_commands_that_the_gallery_names_are_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for shown in (each for kind in gallery().values() for each in kind):
        for words, options in commands_in(shown.printed):
            if words[0] not in OTHERS:
                assert main([*words, "--help"]) == 0, shown.printed
                help = capsys.readouterr().out
                assert all(option in help for option in options), shown.printed


EXITS = [
    (["configure", "--dry-run"], 2),
    (["configure", "--dry-run", "--helo"], 1),
    (["configure", "--dry-run", "-t", "hvtt"], 1),
    (["configure", "--dry-run", "--hello"], 1),
    (["configure", "--dry-run", "-f", "confg.py"], 1),
    (["diff", "unix", "hvt"], 2),
    (["diff", "unix", "unix"], 0),
    (["diff", "unix", "hvtt"], 1),
    (["diff", "unix"], 1),
    (["diff", "target=hvtt", "unix"], 1),
]


@pytest.mark.parametrize(
    ("words", "status"), EXITS, ids=lambda each: shlex.join(each) if isinstance(each, list) else ""
)
def test_with_exit_code_only_a_change_gives_2(words: list[str], status: int, project: Path) -> None:
    assert main([*words, "--exit-code"]) == status


def test_without_exit_code_wrong_usage_gives_2(project: Path) -> None:
    assert main(["configure", "--helo"]) == 2
    assert main(["diff", "unix", "hvtt"]) == 2


def test_a_required_key_that_is_not_given_is_no_change(project: Path) -> None:
    (project / "config.py").write_text(
        CONFIG.replace('opt("hello", arg.string, default="Hi"', 'required("hello", arg.string, stage="configure"')
    )
    assert main(["configure", "--dry-run"]) == 2
    assert main(["configure", "--dry-run", "--exit-code"]) == 1


NEAR = [
    (["diff", "HEAD", "feture"], "did you mean feature?"),
    (["diff", "HAED", "feature"], "did you mean HEAD?"),
    (["diff", "v1.O", "HEAD"], "did you mean v1.0?"),
    (["diff", "HEAD:confg.py", "HEAD"], "did you mean HEAD:config.py?"),
    (["diff", "HEAD~9", "HEAD"], "HEAD has no HEAD~9"),
    (["diff", "unix", "hvtt"], "did you mean hvt?"),
    (["diff", "unix", "confg.py"], "did you mean config.py?"),
    (["diff", "unix", "target=hvtt"], "did you mean hvt?"),
    (["diff", "unix", "helo=x"], "did you mean hello?"),
    (["configure", "--logs=debgu"], "did you mean debug?"),
    (["configure", "--logs=*:debgu"], "did you mean debug?"),
    (["configure", "--logs=info,tcp:waring"], "did you mean warning?"),
    (["why", "Unikernel.Mian"], "did you mean Unikernel.Main?"),
    (["why", "helo"], "did you mean hello?"),
    (["query", "pakages"], "did you mean packages?"),
    (["audit", "--release", "mirage-rntime.1.0"], "mirage-runtime"),
    (["audit", "-r", "confg.py"], "did you mean config.py?"),
    (["help", "confgure"], "did you mean configure?"),
    (["fleet", "audt"], "did you mean audit?"),
    (["fleet", "audit", "-r", "confg.py"], "did you mean config.py?"),
    (["completion", "bsh"], "did you mean bash?"),
    (["new", "web", "--template", "helo"], "did you mean hello?"),
    (["translate", "config.py"], "config.py is Python already"),
]


@pytest.mark.parametrize(("words", "said"), NEAR, ids=lambda each: shlex.join(each) if isinstance(each, list) else "")
def test_a_misspelt_name_is_told_of(
    words: list[str], said: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"], ["branch", "feature"], ["tag", "v1.0"]):
        subprocess.run(["git", *who, *command], check=True, capture_output=True)
    main(words)
    assert said in capsys.readouterr().err

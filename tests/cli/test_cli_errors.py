"""Errors on the command line: one line with the allowed values, and the place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from functoria.cli import commands
from tests.command_line import PLAIN, Cli, config, one_line, process

USAGE: dict[str, tuple[list[str], *tuple[str, ...]]] = {
    "an unknown command": (
        ["make"],
        f"there is no command make: there are {', '.join(commands.names()[:5])}",
    ),
    "an unknown option": (["configure", "--prot", "80"], "there is no option --prot: did you mean --port?"),
    "an unknown option before the command": (["-x", "configure"], "-x"),
    "an unknown target": (
        ["configure", "-t", "vmware"],
        "'vmware' is not one of unix, macosx, xen, qubes, virtio, hvt",
    ),
    "a value that does not parse": (["configure", "--port", "http"], "--port: 'http' is not an integer"),
    "an option without its value": (["configure", "--port"], "--port expects an integer"),
    "an option in the place of a value": (["configure", "-b", "--dry-run"], "-b expects a value"),
    "an option with its value in the place of one": (["configure", "-o", "--port=80"], "-o expects a value"),
    "an option in the place of a key's value": (["configure", "--port", "--loud"], "--port expects an integer"),
    "an option after short ones in a row": (["configure", "-vb", "--dry-run"], "-b expects a value"),
    "an option in the place of the configuration": (["configure", "-f", "--dry-run"], "-f expects a value"),
    "a threshold that is none": (["configure", "-l", "loud"], "LEVEL is one of error, warning, info, debug"),
    "a surplus argument": (["configure", "more"], "more"),
    "an enum": (["describe", "--size", "huge"], "--size: 'huge' is not one of small, large"),
    "help of an unknown command": (["help", "make"], "there is no command make"),
    "a shell that is none": (["completion", "bsh"], "SHELL: 'bsh' is not one of bash, zsh, fish: did you mean bash?"),
    "a colour that is no choice": (
        ["--color=nver", "describe"],
        "--color: 'nver' is not one of auto, always, never: did",
    ),
    "the same after the command": (
        ["describe", "--color", "nver"],
        "not one of auto, always, never: did you mean never?",
    ),
    "no name": (["why"], "functoria why expects NAME: functoria why --help explains it"),
    "half a comparison": (["diff", "unix"], "functoria diff expects B: functoria diff --help explains it"),
    "a time that is none": (
        ["configure", "--lock-timeout", "soon"],
        "--lock-timeout expects a number of 0 or more, not 'soon'",
    ),
    "a time before now": (["configure", "--lock-timeout=-1"], "--lock-timeout expects a number of 0 or more, not -1"),
    "a number of times as a value": (["configure", "--verbose=3"], "--verbose takes no value: write --verbose alone"),
    "help of a value": (["configure", "--help=port"], "--help takes no value: write --help alone"),
    "no shell": (["completion"], "completion expects SHELL: give one of bash, zsh, fish"),
    "a value of a side of diff": (["diff", "port=http", "unix"], "--port: 'http' is not an integer"),
    "a key of a side of diff": (
        ["diff", "prot=80", "unix"],
        "prot=80: there is no key prot in this configuration: did",
    ),
    "a flag with a value": (["configure", "--loud=yes"], "--loud"),
    "an option of another command": (["describe", "--force"], "there is no option --force"),
}


@pytest.mark.parametrize("name", USAGE)
def test_wrong_usage_is_one_line_that_says_what_is_allowed(name: str, cli: Cli, tmp_path: Path) -> None:
    arguments, *says = USAGE[name]
    config(
        tmp_path,
        'keys = [Key.opt("port", arg.int, default=80), Key.opt("size", arg.enum(["small", "large"]), default="small"), '
        'Key.flag("loud")]\napp = register("used", [main], keys=keys)',
    )
    one_line(cli(*arguments), 2, *says)
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == ["config.py"]


@pytest.mark.parametrize("suffix", ["py", "ml"])
@pytest.mark.parametrize("place", ["", "below/"])
def test_a_configuration_that_is_not_there(suffix: str, place: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "unlike.py").write_text("")
    config(tmp_path, PLAIN)
    there, wrong = f"{place}configs.{suffix}", f"{place}confgs.{suffix}"
    (tmp_path / there).write_text("")
    option = [*(["configure", "-f", wrong], ["describe", "-f", wrong], ["query", "name", "-f", wrong])]
    option += [["why", "x", f"--file={wrong}"], ["diff", "unix", "xen", "-f", wrong]]
    words = [
        ["diff", wrong, "unix"],
        ["diff", "unix", wrong],
        ["audit", "--release", "a.1", wrong],
        ["translate", wrong],
    ]
    for each in (*option, *(words if suffix == "ml" else words[:-1])):
        done = cli(*each)
        assert done.status in (1, 2), each
        assert wrong in done.err
        assert f"did you mean {there}" in done.err, (each, done.err)
        assert "unlike" not in done.err
        assert ("-f FILE" in done.err) == (each in option), (each, done.err)


def test_no_file_of_python_is_meant_where_one_of_ocaml_is_translated(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    one_line(cli("translate"), 1, "the configuration config.ml does not exist: give the path of one that exists\n")


def test_a_required_key_left_out_is_wrong_usage(cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path, 'zone = Key.required("zone", arg.string, stage="configure")\napp = register("z", [main], keys=[zone])'
    )
    done = cli("configure")
    assert done.status == 2
    assert "functoria: --zone is required: give it text" in done.err
    assert not (tmp_path / "main.ml").exists()
    assert cli("configure", "--zone", "example.org").status == 0


BROKEN = {
    "missing": (None, ["the configuration config.py does not exist: name one with -f FILE"]),
    "no Python": ("app = register(\n", ["config.py is not valid Python", "config.py:4"]),
    "a zero byte": (PLAIN + "\nx = '\0'", ["config.py is not valid Python", "zero byte", "config.py:5"]),
    "an exception": (
        "x = 1\ny = x / 0\n" + PLAIN,
        ["config.py failed: ZeroDivisionError: division by zero", "config.py:5"],
    ),
    "an import that fails": (
        "import no_such_module\n" + PLAIN,
        ["config.py failed: ModuleNotFoundError", "config.py:4"],
    ),
    "an exit": ("raise SystemExit(0)", ["config.py failed: SystemExit", "config.py:4"]),
    "no application": ("x = 1", ["config.py registers no application: bind one to a name"]),
    "an application of no root": (
        'from functoria import App\napp = App("wrong")',
        ["an application needs a root device, not 'wrong': make it with register", "config.py:5"],
    ),
    "several applications": (
        PLAIN + '\nother = register("other", [main])',
        ["config.py registers 2 applications (app, other): keep one", "config.py:4", "config.py:5"],
    ),
    "an application that cannot be": (
        'app = register("wrong", [foreign("unikernel", job)])',
        ["'unikernel' is not a module path", "config.py:4"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", ["configure", "describe"])
def test_a_broken_configuration_is_told_before_any_wrong_option(
    name: str, command: str, cli: Cli, tmp_path: Path
) -> None:
    text, says = BROKEN[name]
    if text is not None:
        config(tmp_path, text)
    for arguments in ((), ("--no-such-option",), ("-t", "vmware")):
        done = cli(command, *arguments)
        assert (done.status, done.out) == (1, "")
        assert done.err.startswith("functoria: ")
        assert "Traceback" not in done.err
        for words in says:
            assert words in done.err
    assert not (tmp_path / "main.ml").exists()


def test_a_zero_byte_in_a_module_is_told_where_it_is_imported(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("\n\n\0")
    config(tmp_path, "import other\n" + PLAIN)
    assert "config.py:4" in cli("describe").err


def test_the_directory_stays_whatever_the_configuration_changes_to(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    config(tmp_path, 'import os\nos.chdir("sub")\n' + PLAIN)
    for arguments in ((), ("-b", "out")):
        assert cli("configure", *arguments).status == 0
        assert (tmp_path / Path(*arguments[1:]) / "main.ml").exists()
    assert not list((tmp_path / "sub").iterdir())
    config(tmp_path, 'import os\nos.chdir("sub")\nx = 1 / 0')
    assert "at config.py:6" in cli("configure").err
    assert Path.cwd() == tmp_path


STOPPING = """
from functoria import Device
class Stopping(Device):
    type = job
    module = "Stopping"
    def configure(self, info):
        raise KeyboardInterrupt
app = register("stopping", [Stopping()])
"""


@pytest.mark.parametrize("text", ["raise KeyboardInterrupt", STOPPING])
def test_an_interruption_is_told_alike_wherever_it_comes(text: str, cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, text)
    assert cli("configure") == (130, "", "\nfunctoria: interrupted\n")


def test_a_text_that_begins_as_an_option_is_a_value_after_an_equals_sign(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, 'key = Key.opt("hello", arg.string, default="")\napp = register("t", [main], keys=[key])')
    for arguments in (["--hello=--dry-run"], ["--hello", "--other"], ["--hello", "-vb"], ["--hello", "dry-run"]):
        said = json.loads(cli("describe", *arguments, "--json").out)["keys"]["hello"]["value"]
        assert said == arguments[-1].removeprefix("--hello=")


def test_of_two_options_that_clash_the_users_is_to_change(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, 'app = register("t", [main], keys=[Key.flag("t")])')
    for command in ("configure", "describe"):
        done = cli(command)
        assert done.status == 1
        assert "the keys t and target both claim -t: give t another name, or other flags=\n  at config.py:4" in done.err


def test_one_application_under_two_names_is_one(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, "first = second = " + PLAIN.partition("= ")[2])
    assert cli("configure").status == 0


def test_configurations_have_modules_of_their_own(cli: Cli, tmp_path: Path) -> None:
    for name in ("one", "two"):
        directory = tmp_path / name
        directory.mkdir()
        (directory / "shared.py").write_text(f'NAME = "{name}"\n')
        config(directory, "from shared import NAME\napp = register(NAME, [main])")
        assert json.loads(cli("describe", "--json", "-f", directory / "config.py").out)["name"] == name


def test_modules_beside_the_configuration_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "naming.py").write_text('NAME = "imported"\n')
    config(tmp_path / "sub", "from naming import NAME\napp = register(NAME, [main])")
    done = process("describe", "-f", "sub/config.py", cwd=tmp_path)
    assert re.search(r"^  ● imported ", done.out, re.MULTILINE), done


REFUSED = 'app = register("refused", [main], packages=[package("a", min="2"), package("a", max="1")])'


@pytest.mark.parametrize("arguments", [[], ["-v"], ["--verbose"]])
def test_an_error_has_no_traceback(arguments: list[str], cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, REFUSED)
    done = cli("configure", *arguments)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("functoria: no version of a will do: register requires")
    assert done.err.count("config.py:4") == 1
    assert "Traceback" not in done.err
    assert not (tmp_path / "main.ml").exists()


@pytest.mark.parametrize("arguments", [["-vv"], ["-v", "-v"], ["--verbose", "--verbose"]])
def test_an_error_has_a_traceback_when_very_verbose(arguments: list[str], cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, REFUSED)
    done = cli("configure", *arguments)
    assert done.status == 1
    assert "Traceback (most recent call last)" in done.err
    assert "functoria: no version of a will do" in done.err


def _keyed(directory: Path, flag: str, name: str = "taken") -> None:
    """Write a configuration with a key, on the fourth line, whose option is `flag`."""
    key = f'key = Key.opt("{name}", arg.int, default=80, flags=["{flag}"])'
    config(directory, f'{key}\napp = register("t", [main], keys=[key])')


@pytest.mark.parametrize("option", ["file", "force", "dry-run", "f", "b", "output"])
def test_a_key_named_as_an_option_of_functoria_is_refused(option: str, cli: Cli, tmp_path: Path) -> None:
    _keyed(tmp_path, option)
    done = cli("configure")
    assert done.status == 1
    assert (
        f"the key taken claims {'-' if len(option) == 1 else '--'}{option}, which is an option of functoria" in done.err
    )
    assert "config.py:4" in done.err


@pytest.mark.parametrize("name", ["help", "why", "json", "build-dir", "verbose", "v"])
def test_a_key_named_as_any_option_of_functoria_is_refused_by_all_commands(name: str, cli: Cli, tmp_path: Path) -> None:
    """Which configurations are valid must not depend on the command."""
    _keyed(tmp_path, name)
    for command in ("configure", "describe"):
        done = cli(command)
        assert done.status == 1, command
        assert "which is an option of functoria" in done.err


@pytest.mark.parametrize("name", ["key", "file", "callback", "name", "self", "plan", "build-dir", "force"])
def test_a_key_may_have_any_name_as_long_as_its_option_is_free(name: str, cli: Cli, tmp_path: Path) -> None:
    _keyed(tmp_path, "own", name)
    assert cli("configure", "--own", "81").status == 0
    assert "Arg.opt Cmdliner.Arg.int (81)" in (tmp_path / "key_gen.ml").read_text()

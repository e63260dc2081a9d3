"""The output of configure: the target, changes since last time, forgotten values, the next command, and dry runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mirage_devices import TARGETS
from tests.command_line import PLAIN, Cli, config, process
from tests.projects import snapshot
from tests.tools import need

KEYED = """\
hello = Key.opt("hello", arg.string, default="Hi")
main = foreign("Unikernel", job, keys=[hello, Key.flag("loud")])
app = register("keyed", [main])
"""


def test_it_says_the_target_and_the_next_command(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    done = cli("configure", "-t", "hvt", "-b", "a directory")
    first, *rest = done.out.splitlines()
    assert first.startswith("plain: configured for hvt in a directory (")
    assert rest == ["  next: functoria build -b 'a directory'"]


def test_paths_are_said_from_the_working_directory(cli: Cli, tmp_path: Path) -> None:
    file = config(tmp_path, PLAIN)
    below = cli("configure", "-f", str(file), "-b", str(tmp_path / "out"))
    assert "configured for unix in out (" in below.out
    assert "  next: functoria build -b out\n" in below.out
    assert "  next: functoria build\n" in cli("configure", "-f", str(file)).out
    other = tmp_path.parent / f"{tmp_path.name}-other"
    assert f"  next: functoria build -b {other}\n" in cli("configure", "-b", str(other)).out


def test_it_says_what_changed_and_what_was_forgotten(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, KEYED)
    assert "changed" not in cli("configure", "--hello=Ho", "--loud", "-t", "hvt").out
    done = cli("configure", "-t", "hvt", "--hello=He")
    assert "  changed: hello Ho → He, loud true → false\n" in done.out
    assert "  forgotten: --loud of last time; give it again to keep it\n" in done.out
    assert "  files: key_gen.ml\n" in done.out
    done = cli("configure")
    assert "changed: hello He → Hi, target hvt → unix" in done.out
    assert "forgotten: --hello=He of last time" in done.out
    assert "forgotten: --target=hvt of last time" in done.out
    again = cli("configure")
    assert "changed:" not in again.out
    assert "forgotten" not in again.out


def test_a_choice_that_is_the_default_is_not_forgotten(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, KEYED)
    cli("configure", "--hello=Hi", "-t", "unix")
    done = cli("configure")
    assert "changed:" not in done.out
    assert "forgotten" not in done.out


@pytest.mark.parametrize("words", [["--dry-run"], ["--diff"], ["--dry-run", "--json"], ["--diff", "--exit-code"]])
def test_what_only_looks_writes_nothing(words: list[str], cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, KEYED)
    cli("configure")
    before = snapshot(tmp_path)
    cli("configure", "--hello=Ho", *words)
    cli("configure", "--all-targets", *words)
    assert snapshot(tmp_path) == before
    assert not (tmp_path / "build").exists()


def test_a_diff_is_one_that_patch_applies(cli: Cli, tmp_path: Path) -> None:
    need("patch")
    config(tmp_path, KEYED)
    cli("configure", "-b", "one")
    cli("configure", "-b", "two", "--hello=Ho")
    text = "".join(
        f"{line}\n"
        for line in cli("configure", "-b", "one", "--hello=Ho", "--diff").out.splitlines()
        if line[:1] in "+-@ "
    )
    text = re.sub(r"^(---|\+\+\+) (\S+) (now|then)$", r"\1 \2", text, flags=re.MULTILINE)
    subprocess.run(["patch", "-p0"], cwd=tmp_path / "one", input=text, text=True, check=True, capture_output=True)
    for file in (tmp_path / "two").iterdir():
        if not file.name.startswith("."):
            assert (tmp_path / "one" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--diff"], ["--json"], ["--json", "--dry-run"]])
def test_an_exit_code_says_whether_something_changes(more: list[str], cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, KEYED)
    cli("configure")
    assert cli("configure", "--exit-code", *more).status == 0
    assert cli("configure", "--exit-code", "--hello=Ho", *more).status == 2
    assert cli("configure", "--hello=Hu", *more).status == 0


def test_what_is_done_as_json(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, KEYED)
    cli("configure", "--hello=Ho")
    for words, written in ((["--dry-run"], False), ([], True)):
        data = json.loads(cli("configure", "--loud", "--json", *words).out)
        assert data["written"] is written
        (project,) = data["projects"]
        assert (project["name"], project["target"], project["directory"]) == ("keyed", "unix", ".")
        assert project["choices"] == {"loud": True}
        assert project["changed"]["hello"] == {"before": "Ho", "after": "Hi"}
        assert project["forgotten"] == {"hello": "Ho"}
        assert {"kind": "replace", "name": "key_gen.ml", "conflict": False} in project["files"]


@pytest.mark.parametrize("edit", ["edited\n", "no end of line", "\f\n\x85 \u2028\n\n"])
def test_a_diff_as_json_is_one_that_patch_applies(edit: str, cli: Cli, tmp_path: Path) -> None:
    need("patch")
    config(tmp_path, KEYED)
    assert cli("configure", "-b", "one", "--hello=Ho").status == 0
    (tmp_path / "one" / "dune").write_text(edit)
    looked = [
        json.loads(cli("configure", "-b", "one", "--json", *how).out) for how in (["--diff"], ["--dry-run", "-v"])
    ]
    assert looked[0] == looked[1]
    (project,) = looked[0]["projects"]
    assert {"dune", "key_gen.ml"} <= {each["name"] for each in project["files"] if each["diff"]}
    for each in project["files"]:
        command = ["patch", "-s", str(tmp_path / "one" / each["name"])]
        subprocess.run(command, input=each["diff"], text=True, check=True)
    assert cli("configure", "-b", "two").status == 0
    for name in ("dune", "key_gen.ml"):
        assert (tmp_path / "one" / name).read_text() == (tmp_path / "two" / name).read_text()
    assert not any(
        "diff" in each for each in json.loads(cli("configure", "--dry-run", "--json").out)["projects"][0]["files"]
    )


def test_many_targets_are_written_to_a_directory_each(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    done = cli("configure", "-t", "unix", "--target=hvt")
    assert done.status == 0
    assert {path.name for path in (tmp_path / "build").iterdir()} == {"unix", "hvt"}
    assert "configured for unix in build/unix" in done.out
    assert "next: functoria build -b build/hvt" in done.out
    assert cli("configure", "-t", "xen", "-t", "qubes", "-b", "out").status == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"xen", "qubes"}
    assert not (tmp_path / "main.ml").exists()


@pytest.mark.parametrize("words", [("-t", "hvt", "--target=hvt"), ("-t", "hvt", "-t", "hvt", "-t", "hvt")])
@pytest.mark.parametrize("more", [(), ("-b", "out"), ("--dry-run",), ("--diff",), ("--json",)])
def test_a_target_that_is_given_twice_is_one(
    cli: Cli, tmp_path: Path, words: tuple[str, ...], more: tuple[str, ...]
) -> None:
    file = config(tmp_path, PLAIN)
    done, twice = cli("configure", "-t", "hvt", *more), snapshot(tmp_path)
    for path in sorted(tmp_path.rglob("*"), reverse=True):
        if path != file:
            path.rmdir() if path.is_dir() else path.unlink()
    assert cli("configure", *words, *more) == done
    assert snapshot(tmp_path) == twice


def test_all_targets_are_those_that_the_configuration_can_be_for(cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        "from mirage_devices import block, block_of_file\n"
        'app = register("stored", [foreign("Unikernel.Main", block >> job) @ block_of_file("disk.img")])',
    )
    done = cli("configure", "--all-targets")
    assert done.status == 0
    assert {path.name for path in (tmp_path / "build").iterdir()} == set(TARGETS) - {"muen"}
    assert "muen: not configured: block devices are not supported" in done.out
    refused = cli("configure", "-t", "unix", "-t", "muen", "-b", "out")
    assert refused.status == 1
    assert not (tmp_path / "out").exists()
    assert cli("configure", "--all-targets", "-t", "unix").status == 2


def test_help_of_a_target_lists_its_keys_and_defaults(cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        "from mirage_devices import default_network, generic_stackv4, stackv4\n"
        'app = register("web", [foreign("Unikernel.Main", stackv4 >> job) @ generic_stackv4(default_network)])',
    )
    unix, hvt = (re.sub(r"\s+", " ", cli("configure", "-t", each, "--help").out) for each in ("unix", "hvt"))
    assert "--interface INTERFACE The network interface of the unikernel. Default: tap0." in unix
    assert "--interface INTERFACE The network interface of the unikernel. Default: 0." in hvt


def test_help_lists_the_values_that_the_text_of_a_key_does_not_name(cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        "way = Key.opt('way', arg.enum(['north', 'south']), default='north', stage='configure', doc='Where to.')\n"
        "how = Key.opt('how', arg.enum(['slow', 'slow-down']), default='slow', stage='configure', doc='How: slow, if asked.')\n"
        "all_ = Key.opt('all', arg.enum(['x', 'y']), default='x', stage='configure', doc='Either x or y.')\n"
        "app = register('plain', [main], keys=[way, how, all_])",
    )
    said = " ".join(cli("configure", "--help").out.split())
    assert "Where to. One of north, south. Default: north." in said
    assert "How: slow, if asked. Or slow-down. Default: slow." in said
    assert "Either x or y. Default: x." in said


def test_help_is_there_where_the_configuration_is_broken(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, "app = register(")
    done = cli("configure", "-t", "hvt", "--help")
    assert done.status == 0
    assert "--build-dir DIR" in done.out
    assert "warning: the options of config.py are not listed: config.py is no" in done.err
    place = re.search(r"\n  at config.py:\d+  app = register\(\n +(\^+)\n", done.err)
    assert place is not None, done.err


# What is written by another process or to the descriptor is there at once, and what is printed when buffers are flushed.
LOUD = """
    subprocess.run(['echo', 'echo ' + word], check=True)
    os.system('echo system ' + word)
    os.write(1, f'write {word}\\n'.encode())
    print('stream', word, file=sys.__stdout__)
    print('print', word)
"""


def test_nothing_that_a_configuration_does_prints_on_standard_output(tmp_path: Path) -> None:
    config(
        tmp_path,
        f"import os, subprocess, sys\nfrom functoria import Device\ndef say(word):{LOUD}"
        "say('loading')\nclass Loud(Device):\n    type = job\n    module = 'Loud'\n"
        "    def configure(self, info):\n        say('planning')\n"
        "    def connect(self, info, module, values):\n        return 'Lwt.return ()'\n"
        'app = register("loud", [Loud()])',
    )
    assert process("query", "name", cwd=tmp_path).out == "loud\n"
    ways = ("echo", "system", "write", "stream", "print")
    said = [f"{way} {when}" for when in ("loading", "planning") for way in ways]
    for words in (["configure", "--json"], ["describe", "--json"], ["diff", "unix", "xen", "--json"]):
        done = process(*words, cwd=tmp_path)
        json.loads(done.out)
        assert done.err.splitlines()[: len(said)] == said


def test_what_a_program_printed_itself_stays_where_it_was(tmp_path: Path) -> None:
    file = config(tmp_path, f"import os\nos.write(1, b'aside\\n')\n{PLAIN}")
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom functoria.loading.configuration import load\n"
        "before = sorted(os.listdir('/dev/fd'))\nsys.stdout.write('before\\n')\nload(Path(sys.argv[1]))\n"
        "os.write(1, b'after\\n')\nassert sorted(os.listdir('/dev/fd')) == before\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("before\nafter\n", "aside\n")
    for closed in ("1>&-", "2>&-", "1>&- 2>&-"):
        quiet = "from pathlib import Path; import sys; from functoria.loading.configuration import load; load(Path(sys.argv[1]))"
        command = ["sh", "-c", f'exec "$0" -c "$1" "$2" {closed}', sys.executable, quiet, str(file)]
        (tmp_path / "config.py").write_text(file.read_text().replace("os.write(1, b'aside\\n')", ""))
        subprocess.run(command, check=True)


def test_overlapping_blocks_end_with_standard_output_as_it_was() -> None:
    code = (
        "import os\nfrom functoria.loading.descriptors import aside\none, two = aside(), aside()\n"
        "one.__enter__(); two.__enter__()\none.__exit__(None, None, None); os.write(1, b'in\\n')\n"
        "two.__exit__(None, None, None); os.write(1, b'out\\n')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("out\n", "in\n")


def test_what_a_configuration_prints_is_not_on_standard_output(cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        "from functoria import Device\nprint('loading')\nclass Loud(Device):\n    type = job\n    module = 'Loud'\n"
        "    def configure(self, info):\n        print('planning')\n"
        "    def connect(self, info, module, values):\n        print('connecting')\n        return 'Lwt.return ()'\n"
        'app = register("loud", [Loud()])',
    )
    for words in (["configure", "--json"], ["describe", "--json"], ["configure", "--json", "--dry-run"]):
        done = cli(*words)
        json.loads(done.out)
        assert "loading\nplanning\n" in done.err

"""The output of configurations, and of programs that they run, belongs to their cases and is kept apart from other output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from functoria.fleet.printed import OUTPUT, printed
from tests.command_line import process
from tests.fleets import broken, unikernel

LOUD = """\
import os, sys, subprocess
print("python says")
print("python complains", file=sys.stderr)
print("past python", file=sys.__stdout__)
os.write(1, b"a library says\\n")
subprocess.run(["sh", "-c", "echo a program says; echo a program complains >&2"], check=True)
from functoria import Device, foreign, job
from mirage_devices import register

class Hook(Device):
    type, module = job, "Stdlib"
    def configure(self, info):
        subprocess.run(["sh", "-c", "echo a hook says"], check=True)

app = register("loud", [Hook()])
"""
SAYS = ["python says", "python complains", "past python", "a library says", "a program says", "a hook says"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    broken(tmp_path / "from", "loud", LOUD)
    unikernel(tmp_path / "from", "quiet")
    return tmp_path


@pytest.mark.parametrize("how", ["--json", "--json-lines", "--csv"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_programs_print_is_not_in_what_programs_read(place: Path, how: str, jobs: str) -> None:
    (place / "fleet.toml").write_text('configurations = "from"\ntargets = ["xen", "hvt"]\n')
    done = process("fleet", "plan", how, "-j", jobs, cwd=place)
    assert done.status == 0, done
    assert [line.split("]")[0] for line in done.err.splitlines()] == [f"[{number}/4" for number in range(1, 5)]
    if how == "--csv":
        assert len(done.out.splitlines()) == 5
        return
    records = [json.loads(done.out)] if how == "--json" else [json.loads(line) for line in done.out.splitlines()]
    cases = records[0]["cases"] if how == "--json" else [each["case"] for each in records[:-1]]
    loud, *others = [case["output"] for case in cases]
    for text in [*SAYS, "a program complains"]:
        assert text in loud
    assert others == ["a hook says\n", "", ""]


SCRIPT = """\
import sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from functoria.fleet import Fleet

if __name__ == "__main__":
    how = {"here": {"jobs": 1}, "pool": {"jobs": 2}, "threads": {"executor": ThreadPoolExecutor(2)}}[sys.argv[1]]
    ended = threading.Event()
    def talk():
        while not ended.wait(0.001):
            sys.stdout.write("the script says\\n")  # print writes twice, and other threads may come between
    talking = threading.Thread(target=talk)
    talking.start()
    for result in Fleet.of(["from/loud/config.py", "from/quiet/config.py"], targets=["xen"]).plans(**how):
        sys.stdout.write(f"result {sorted(result.output.splitlines())}\\n")
    ended.set()
    talking.join()
"""


@pytest.mark.parametrize("how", ["here", "pool", "threads"])
def test_a_script_and_its_cases_do_not_mix(place: Path, how: str) -> None:
    (place / "script.py").write_text(SCRIPT)
    done = subprocess.run([sys.executable, "script.py", how], cwd=place, capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if line != "the script says"]
    loud, quiet = (eval(line.removeprefix("result ")) for line in lines if line.startswith("result "))
    assert quiet == []
    # A process that also does other things shares its descriptors. There, what programs print while a configuration is loaded
    # goes to standard error, and in a thread other than the main one, the output of hooks is not captured.
    expected = {"here": [*SAYS[:2], SAYS[-1]], "pool": [*SAYS, "a program complains"], "threads": SAYS[:2]}[how]
    assert loud == sorted(expected)
    assert len(lines) == 2 + (how == "threads")


def test_the_end_of_much_is_kept_and_nothing_is_held(capfd: pytest.CaptureFixture[str]) -> None:
    with printed() as said:
        for number in range(20_000):
            print(f"line {number}")
        os.write(1, "é".encode()[:1])
        text = said.take()
        assert len(text) == OUTPUT
        assert text.endswith("line 19999\n\ufffd")
        print("more")
        assert said.take() == "more\n"
        assert said.take() == ""
    print("after")
    assert capfd.readouterr() == ("after\n", "")


def test_without_descriptors_there_is_what_python_prints(place: Path) -> None:
    code = "import os; os.close(1); os.close(2)\nfrom functoria.fleet import Fleet\n"
    code += "(r,) = Fleet.of('from/loud/config.py', targets='xen').plans(jobs=1)\nopen('result', 'w').write(repr(r))"
    subprocess.run([sys.executable, "-c", code], cwd=place, check=False)
    assert (place / "result").exists()

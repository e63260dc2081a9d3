"""The command fleet: its output for people, logs and programs, and its exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from functoria.errors import ConfigError
from functoria.fleet import Fleet
from tests.command_line import Cli, one_line, process
from tests.fleets import broken, unikernel, unikernels
from tests.tools import all_end, need, run

DESCRIPTION = 'configurations = ["unikernels/"]\ntargets = ["hvt", "xen"]\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    unikernels(tmp_path / "unikernels", "a", "b")
    (tmp_path / "fleet.toml").write_text(DESCRIPTION)
    return tmp_path


def test_planning(cli: Cli, place: Path) -> None:
    done = cli("fleet", "plan")
    assert done.status == 0
    assert done.out == "              done\nunikernels/a  2\nunikernels/b  2\n4 cases: 4 done\n"
    assert done.err.splitlines() == [
        f"[{number}/4] done: unikernels/{name} target={target}"
        for number, (name, target) in enumerate([(n, t) for n in "ab" for t in ("hvt", "xen")], 1)
    ]
    assert cli("fleet", "plan", "fleet.toml").out == done.out
    assert cli("fleet", "plan", "unikernels/a").out.splitlines()[-1] == "11 cases: 11 done"


def test_one_that_fails(cli: Cli, place: Path) -> None:
    broken(place / "unikernels", "z", "1/0\n")
    done = cli("fleet", "plan")
    assert done.status == 1
    assert done.out.splitlines()[-1] == "6 cases: 4 done, 2 failed"
    assert "failed: unikernels/z target=hvt: " in done.out
    assert "ZeroDivisionError" in done.out
    assert "[5/6] failed: unikernels/z target=hvt: " in done.err


@pytest.mark.parametrize("jobs", [(), ("-j", "1")])
def test_one_that_ends_python_fails_alone(place: Path, jobs: tuple[str, ...]) -> None:
    broken(place / "unikernels", "aa", "import os\nos._exit(0)\n")
    for where in ("fleet.toml", "unikernels"):
        done = process("fleet", "plan", where, *jobs, cwd=place)
        assert done.status == 1
        assert "failed" in done.out
        assert re.search(r"aa[^:]*: the process that worked on it ended", done.out)
        assert re.search(r"cases: \d+ done, \d failed", done.out)


def test_hints_and_what_was_printed_are_below_what_failed(cli: Cli, place: Path) -> None:
    code = "from functoria import FunctoriaError\nfor n in range(50): print(f'\\x1b[31mline {n}\\x1b[0m')\n"
    broken(place / "unikernels", "z", f"{code}raise FunctoriaError('no', more=['a hint'])\n")
    done = cli("fleet", "plan", "unikernels/z", "--html", "report.html")
    assert done.status == 1
    start = next(number for number, line in enumerate(done.out.splitlines()) if line.startswith("failed: z"))
    below = done.out.splitlines()[start + 1 : -1]
    hint, quote, mark, *printed = below
    assert hint == "  a hint"
    assert quote == "  at unikernels/z/config.py:3  raise FunctoriaError('no', more=['a hint'])"
    assert mark == f"{' ' * quote.index('FunctoriaError')}{'^' * len(quote[quote.index('FunctoriaError') :])}"
    assert printed == ["  … 30 lines before: --json has them", *(f"  line {n}" for n in range(30, 50))]
    page = (place / "report.html").read_text()
    assert "a hint" in page
    assert "line 49" in page
    (case,) = json.loads(cli("fleet", "plan", "unikernels/z", "--json").out)["cases"]
    assert case["output"].count("line ") == 50


def test_json(cli: Cli, place: Path) -> None:
    broken(place / "unikernels", "z", "1/0\n")
    done = cli("fleet", "plan", "--json")
    assert done.status == 1
    assert [line.split(":")[0] for line in done.err.splitlines()] == [
        *(f"[{number}/6] done" for number in range(1, 5)),
        *(f"[{number}/6] failed" for number in (5, 6)),
    ]
    document = json.loads(done.out)
    assert {name: document[name] for name in ("format", "command", "fleet", "counts")} == {
        "format": 1,
        "command": "plan",
        "fleet": "fleet.toml",
        "counts": {"done": 4, "failed": 2},
    }
    first, *_, last = document["cases"]
    assert first["value"]["keys"]["target"] == "hvt"
    assert last["error"]["kind"] == "ConfigError"
    lines = cli("fleet", "plan", "--json-lines")
    records = [json.loads(line) for line in lines.out.splitlines()]
    assert {record["format"] for record in records} == {1}
    assert records[-1]["counts"] == document["counts"]
    without = [{**each, "seconds": 0, "kept": None} for each in document["cases"]]
    assert [{**record["case"], "seconds": 0, "kept": None} for record in records[:-1]] == without


@pytest.mark.usefixtures("one_process")
def test_csv(cli: Cli, place: Path) -> None:
    head, *rows = csv.reader(io.StringIO(cli("fleet", "plan", "--csv").out))
    assert head == ["case", "outcome", "seconds", "kept", "why"]
    assert [row[:2] for row in rows] == [[f"unikernels/{n} target={t}", "done"] for n in "ab" for t in ("hvt", "xen")]


@pytest.mark.usefixtures("one_process")
def test_what_was_done_is_kept_unless_it_is_to_be_fresh(cli: Cli, place: Path) -> None:
    def kept(*more: str) -> set[bool]:
        return {case["kept"] for case in json.loads(cli("fleet", "plan", "--json", *more).out)["cases"]}

    assert [kept(), kept(), kept("--fresh"), kept("--store", "mine"), kept("--store", "mine")] == [
        {False},
        {True},
        {False},
        {False},
        {True},
    ]


@pytest.mark.usefixtures("one_process")
def test_a_release(cli: Cli, place: Path) -> None:
    unikernel(place / "unikernels", "late", least="3.0.0", most="4.0.0")
    done = cli("fleet", "plan", "--release", "lru.1.5.0", "--json")
    assert done.status == 0
    assert [(row["case"], row["reached"]) for row in json.loads(done.out)["rows"]] == [
        (f"unikernels/{name} target={target}", name != "late")
        for name in ("a", "b", "late")
        for target in ("hvt", "xen")
    ]
    text = cli("fleet", "plan", "--release", "lru.1.5.0").out
    assert re.search(r"unikernels/late target=xen +no +it is below lru", text)
    for wrong in ("lru", "lru.", "lru.1 2"):
        assert cli("fleet", "plan", "--release", wrong).status == 2


@pytest.mark.usefixtures("one_process")
def test_packages(cli: Cli, place: Path) -> None:
    unikernel(place / "unikernels", "late", least="3.0.0", most="4.0.0")
    rows = json.loads(cli("fleet", "packages", "--json").out)["rows"]
    (lru,) = [row for row in rows if row["package"] == "lru"]
    assert (lru["bounds"], lru["cases"]) == ("nothing", 6)
    assert ">= 3.0.0 by unikernels/late target=hvt, unikernels/late target=xen" in lru["emptied_by"]
    assert re.search(r"^lru +nothing +6 ", cli("fleet", "packages").out, re.MULTILINE)
    assert next(csv.reader(io.StringIO(cli("fleet", "packages", "--csv").out)))[0] == "package"


@pytest.mark.usefixtures("one_process")
def test_what_differs(cli: Cli, place: Path) -> None:
    need("git")
    done = cli("fleet", "diff", "--between", "hvt", "xen")
    assert done.status == 0
    assert re.search(r"^unikernels/a +change +key +target +hvt +xen$", done.out, re.MULTILINE)
    assert cli("fleet", "diff", "fleet.toml", "fleet.toml").out == "nothing differs\n"

    for words in (("init", "-q"), ("add", "."), ("-c", "user.name=a", "-c", "user.email=a", "commit", "-qm", "one")):
        run("git", *words, cwd=place)
    file = place / "unikernels" / "a" / "config.py"
    file.write_text(file.read_text().replace("1.0.0", "1.8.0"))
    rows = json.loads(cli("fleet", "diff", "fleet.toml", "HEAD", "--json").out)["rows"]
    assert [(row["case"], row["what"], row["name"]) for row in rows] == [
        (f"unikernels/a target={target}", "bounds", "lru") for target in ("hvt", "xen")
    ]
    assert [row["after"] for row in rows] == ['{>= "1.8.0" & < "2.0.0"}'] * 2
    one_line(cli("fleet", "diff", "fleet.toml", "no-such-revision"), 2, "is not a fleet")


@pytest.mark.usefixtures("one_process")
def test_files_of_a_revision_are_called_as_git_calls_them(cli: Cli, place: Path) -> None:
    need("git")
    file = place / "unikernels" / "a" / "config.py"
    right = file.read_text()
    file.write_text(right.replace("app = register", "app = regster"))
    for words in (("init", "-q"), ("add", "."), ("-c", "user.name=a", "-c", "user.email=a", "commit", "-qm", "one")):
        run("git", *words, cwd=place)
    file.write_text(right)
    for form in ("--json", "--csv", "-v"):
        one, two = (cli("fleet", "diff", "fleet.toml", "HEAD", form, "--store", f"{form}{turn}") for turn in (1, 2))
        if form == "-v":
            assert "HEAD:unikernels/a/config.py" in one.err
        else:
            assert re.sub(r'"seconds": [\d.]+', "", one.out) == re.sub(r'"seconds": [\d.]+', "", two.out)
        assert "functoria-" not in one.out + one.err
    assert "HEAD:unikernels/a/config.py" in cli("fleet", "diff", "fleet.toml", "HEAD", "--json").out


@pytest.mark.usefixtures("one_process")
def test_a_diff_tells_of_its_cases_and_of_those_that_fail(cli: Cli, place: Path) -> None:
    def told(*words: str) -> dict[str, Any]:
        done = cli("fleet", "diff", *words, "--json")
        return {**json.loads(done.out), "status": done.status}

    same = told("--between", "hvt", "xen")
    assert (same["status"], same["counts"], len(same["cases"])) == (0, {"done": 4}, 4)
    (place / "less.toml").write_text('configurations = ["unikernels/a"]\ntargets = ["hvt", "xen"]\n')
    for words, kind in ((("less.toml", "fleet.toml"), "add"), (("fleet.toml", "less.toml"), "remove")):
        found = told(*words)
        assert (found["status"], found["counts"]) == (0, {"done": 6})
        assert [(row["kind"], row["what"]) for row in found["rows"]] == [(kind, "case")] * 2
    broken(place / "unikernels", "z", "1/0\n")
    bad = told("fleet.toml", "fleet.toml")
    assert (bad["status"], bad["counts"], bad["rows"]) == (1, {"done": 8, "failed": 4}, [])
    done = cli("fleet", "diff", "--between", "hvt", "xen")
    assert done.status == 1
    assert "failed: unikernels/z target=hvt: " in done.out


@pytest.mark.usefixtures("one_process")
def test_what_no_case_has_is_told(cli: Cli, place: Path) -> None:
    one_line(cli("fleet", "diff", "--between", "hvt", "xenn"), 2, "no case has target=xenn: did you mean xen?")
    one_line(cli("fleet", "diff", "--between", "hvt", "xen", "--key", "tragte"), 2, "did you mean target?")
    (place / "fleet.toml").write_text(f"{DESCRIPTION}[[exclude]]\ntarget = 'hvtt'\n")
    done = cli("fleet", "plan")
    assert done.status == 0
    assert "warning: an exclusion of target=hvtt matches no case: did you mean hvt?" in done.err


def test_writing(cli: Cli, place: Path) -> None:
    done = cli("fleet", "write", "-b", "out", "-j", "2")
    assert done.status == 0
    for result in Fleet.read(place / "fleet.toml").plans(jobs=1):
        files = result.plan().files()
        assert {name: (place / "out" / result.case.directory / name).read_text() for name in files} == files
    document = json.loads(cli("fleet", "write", "-b", "out", "--json").out)
    assert all(case["value"]["written"] == [] for case in document["cases"])


def test_auditing(cli: Cli, place: Path) -> None:
    (place / "repository" / "packages" / "lru" / "lru.1.5.0").mkdir(parents=True)
    (place / "repository" / "packages" / "lru" / "lru.1.5.0" / "opam").write_text('opam-version: "2.0"\n')
    (place / "repository" / "repo").write_text('opam-version: "2.0"\n')
    done = cli("fleet", "audit", "-r", "repository", "--json")
    assert done.status == 1
    document = json.loads(done.out)
    assert document["counts"] == {"breaks": 4}
    (lru,) = [each for each in document["cases"][0]["value"]["packages"] if each["name"] == "lru"]
    assert lru["admitted"] == ["1.5.0"]
    assert cli("fleet", "audit").status == 2
    one_line(cli("fleet", "audit", "-r", "repository", "--var", "x"), 2, "NAME=VALUE")
    one_line(cli("fleet", "audit", "-r", "repository", "--ocaml", "x"), 2, "--ocaml")


@pytest.mark.parametrize("name", ["audit", "solve"])
def test_what_was_not_read_of_a_repository_is_said(cli: Cli, place: Path, name: str) -> None:
    if name == "solve":
        need("opam")
    for version, text in (("1.5.0", 'opam-version: "2.0"\n'), ("1.6.0", "depends: [[[\n")):
        file = place / "repository" / "packages" / "lru" / f"lru.{version}" / "opam"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    (place / "repository" / "repo").write_text('opam-version: "2.0"\n')
    asked = ("fleet", name, "-r", "repository")
    text = cli(*asked, "--html", "report.html")
    (line,) = [line for line in text.out.splitlines() if line.startswith("not read: ")]
    assert "lru.1.6.0" in line
    page = _Page()
    page.feed((place / "report.html").read_text())
    assert "lru.1.6.0" in page.text
    (unread,) = json.loads(cli(*asked, "--json").out)["unreadable"]
    assert "lru.1.6.0" in unread
    assert json.loads(cli(*asked, "--json-lines").out.splitlines()[-1])["unreadable"] == [unread]
    assert "lru.1.6.0" in cli(*asked, "--csv").err


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {"src", "href", "onclick"} & {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.usefixtures("one_process")
def test_a_page_by_itself(cli: Cli, place: Path) -> None:
    hostile = "<script>alert(1)</script>\"'&"
    broken(place / "unikernels", "z", f"raise ValueError({hostile!r})\n")
    assert cli("fleet", "plan", "--html", "report.html").status == 1
    page = _Page()
    page.feed((place / "report.html").read_text())
    assert "script" not in page.tags
    assert page.tags.count("tr") == 7
    assert hostile in page.text
    assert "http" not in (place / "report.html").read_text().replace("http-equiv", "")


def test_wrong_usage(cli: Cli, place: Path) -> None:
    one_line(cli("fleet", "plna"), 2, "did you mean plan?")
    one_line(cli("fleet", "plan", "--json", "--csv"), 2, "give one")
    one_line(cli("fleet", "plan", "-j", "2", "--dask", "tcp://127.0.0.1:1"), 2, "give one")
    one_line(cli("fleet", "diff"), 2, "give one")
    one_line(cli("fleet", "plan", "nowhere.toml"), 1, "cannot be read")
    assert cli("fleet").out == cli("fleet", "--help").out == cli("help", "fleet").out
    assert max(map(len, cli("fleet").out.splitlines())) < 80
    for name in ("plan", "write", "build", "audit", "solve", "packages", "diff"):
        assert f"functoria fleet {name}" in cli("fleet", name, "--help").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("audit",),
            "functoria fleet audit expects --repository PLACE: functoria fleet audit --help explains it",
        ),
        (("plan", "a", "b"), "functoria fleet plan --help lists what it takes"),
        (("write", "--xyz"), "functoria fleet write --help lists those that there are"),
    ],
)
def test_advice_names_the_command_that_was_given(cli: Cli, place: Path, words: tuple[str, ...], says: str) -> None:
    one_line(cli("fleet", *words), 2, says)


def test_a_terminal_shows_how_far_it_has_come(place: Path) -> None:
    """A terminal shows a bar with counts, which disappears at the end, and no line for each case."""
    main, end = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "functoria", "fleet", "plan"],
        cwd=place,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=end,
        text=True,
    )
    os.close(end)
    shown = b""
    while True:
        try:
            part = os.read(main, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    out, _ = running.communicate()
    os.close(main)
    assert running.returncode == 0
    assert out.endswith("4 cases: 4 done\n")
    assert b"4 done" in shown
    assert b"4/4" in shown
    assert b"[1/4]" not in shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_what_is_done(place: Path, number: int) -> None:
    broken(place / "unikernels", "z", "import time\ntime.sleep(600)\n")
    running = subprocess.Popen(
        [sys.executable, "-m", "functoria", "fleet", "plan", "-j", "2"],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stderr is not None
    for _ in range(4):
        assert "done: " in running.stderr.readline()
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err.strip().splitlines()[-1]) == (128 + number, "", "functoria: interrupted")
    assert all_end(running.pid)
    (place / "unikernels" / "z" / "config.py").unlink()
    again = process("fleet", "plan", "--json", cwd=place)
    assert [case["kept"] for case in json.loads(again.out)["cases"]] == [True] * 4


def test_a_cluster_of_dask(cli: Cli, place: Path) -> None:
    distributed = pytest.importorskip("distributed") if not os.environ.get("CI") else __import__("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, local_directory=str(place / "dask")
    ) as cluster:
        done = cli("fleet", "plan", "--json", "--dask", cluster.scheduler_address)
    assert json.loads(done.out)["counts"] == {"done": 4}


@pytest.mark.parametrize("name", ["plan", "write", "build", "audit", "solve", "packages", "diff"])
@pytest.mark.parametrize("there", [True, False])
def test_a_configuration_in_place_of_a_fleet(cli: Cli, place: Path, name: str, there: bool) -> None:
    where = "unikernels/a/config.py" if there else "nowhere/config.ml"
    words = {"diff": ("--between", "hvt", "xen"), "audit": ("-r", "."), "solve": ("-r", ".")}.get(name, ())
    done = cli("fleet", name, where, *words)
    one_line(done, 2, f"{where} is a configuration", f"fleet {name} takes a TOML file that names some")
    told = done.err.rstrip("\n").rpartition("functoria ")[2].split()
    assert told[-1] == where
    # The suggested command works: with its other arguments its usage is right, and it reads the configuration.
    more = {"diff": ("hvt", "xen"), "audit": ("-r", "r"), "solve": ("-r", "r"), "write": ("--dry-run",)}
    if name in ("audit", "solve"):
        (place / "r" / "packages").mkdir(parents=True)
        (place / "r" / "repo").write_text('opam-version: "2.0"\n')
    did = cli(*told, *more.get(name, ()))
    assert did.status == (0 if there and name not in ("audit", "solve") else 1), did
    assert (re.search("does not exist|cannot be read", did.err) is None) is there, did


def test_the_library_too_says_what_a_fleet_is(place: Path) -> None:
    for file in ("unikernels/a/config.py", "config.ml"):
        with pytest.raises(ConfigError, match="is a configuration, and not a fleet, which is a TOML file"):
            Fleet.read(place / file)


BAD = {
    ".": ". is a directory: name a file to write",
    "": ". is a directory: name a file to write",
    "unikernels": "unikernels is a directory: name a file to write",
    "fleet.toml/report": "is not a directory",
    "fleet.toml/deep/report": "fleet.toml is not a directory",
    "long" * 100: "File name too long",
    "-": "- does not stand for standard output here: name a file to write",
    "dangling": "dangling is a link to nowhere, which does not exist: name another file",
}


@pytest.mark.parametrize("command", [("fleet", "plan", "--html"), ("sbom", "-o"), ("translate", "-o")])
@pytest.mark.parametrize("bad", BAD)
def test_a_file_that_cannot_be_written_is_refused_before_any_work(
    cli: Cli, place: Path, command: tuple[str, ...], bad: str
) -> None:
    (place / "dangling").symlink_to("nowhere")
    for file in place.rglob("config.py"):
        file.write_text(f'open({str(place / "loaded")!r}, "w").close()\n' + file.read_text())
    one_line(cli(*command, bad), 2, BAD[bad])
    assert not (place / "loaded").exists()


@pytest.mark.usefixtures("one_process")
def test_a_report_replaces_only_a_report(cli: Cli, place: Path) -> None:
    for named in ("unikernels/a/config.py", "fleet.toml"):
        before = (place / named).read_bytes()
        one_line(
            cli("fleet", "plan", "--html", named), 2, f"{named} is there already, and this command did not write it"
        )
        assert (place / named).read_bytes() == before
    (place / "report.html").touch()
    for _ in range(2):  # over an empty file, and over a report
        assert cli("fleet", "plan", "--html", "report.html").status == 0
        assert "unikernels/a" in (place / "report.html").read_text()


@pytest.mark.usefixtures("one_process")
def test_a_report_gets_the_directories_that_it_is_in(cli: Cli, place: Path) -> None:
    assert cli("fleet", "plan", "--html", "new/deep/report.html").status == 0
    assert "unikernels/a" in (place / "new" / "deep" / "report.html").read_text()
    broken(place, "bad", "[")
    (place / "fleet.toml").write_text("[")
    assert cli("fleet", "plan", "--html", "other/report.html").status == 1
    assert not (place / "other").exists()

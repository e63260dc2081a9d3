"""Audits: the releases that bounds admit and exclude, and the cases that a new release would reach."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from functoria import App, Bounds, Version, foreign, job, package, register
from functoria.cli import main
from functoria.opam.audit import Case, Finding, Result, audit, cases, reach, solved, to_json
from functoria.opam.file import parse
from functoria.opam.formula import Environment
from functoria.opam.repository import Release, Repository
from functoria.opam.solver import solver
from mirage_devices import v4
from mirage_devices.v3.targets import TARGETS
from tests import recorded, recorded411, tools
from tests.opam.test_opam_repository import write_release
from tests.recorded import CONFIGURATIONS
from tests.snapshots import OF_2018, repository

LINUX = Environment.host({"os": "linux", "arch": "x86_64", "opam-version": "2.1.2"})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a few packages."""
    root = tmp_path_factory.mktemp("repository")
    for version in ("4.05.0", "4.07.1", "4.14.2"):
        write_release(root, "ocaml", version, f'depends: "ocaml-base-compiler" {{= "{version}"}}')
        write_release(root, "ocaml-base-compiler", version, "flags: compiler")
    write_release(root, "a", "0.9.0", "")
    write_release(root, "a", "1.0.0", 'depends: ["ocaml" {< "4.06"}]')
    write_release(root, "a", "1.1.0", 'depends: ["ocaml"]\navailable: os = "macos"')
    write_release(root, "a", "1.2.0", 'depends: ["ocaml" "b" {>= "2"}]')
    write_release(root, "a", "2.0.0", "")
    write_release(root, "b", "1.0", "")
    write_release(root, "b", "2.0", "")
    return root


def app(*packages: object, name: str = "demo") -> App:
    return register(name, [foreign("Unikernel.Main", job, packages=list(packages))])  # type: ignore[arg-type]  # packages


def one(application: App, where: Path, **more: object) -> Result:
    (result,) = audit(cases("demo.py", application), Repository.read(where), environment=LINUX, **more)  # type: ignore[arg-type]  # bounds
    return result


def finding(result: Result, name: str) -> Finding:
    return next(found for found in result.findings if found.package.name == name)


def test_admitted_shut_out_unavailable_and_other_ocaml(place: Path) -> None:
    found = finding(one(app(package("a", compatible="1.0.0"), package("ocaml", min="4.06.0")), place), "a")
    assert found.admitted == ("1.0.0", "1.1.0", "1.2.0")
    assert found.shut_out == ("2.0.0",)
    assert found.unavailable == ("1.1.0",)
    assert found.other_ocaml == ("1.0.0",)
    assert found.usable == ("1.2.0",)
    assert found.breaks is None


def test_the_range_of_ocaml_narrows(place: Path) -> None:
    result = one(app(package("a", min="1.0.0", max="1.1.0")), place, ocaml=Bounds("4.10"))
    assert finding(result, "a").breaks == "no admitted release can be built with an OCaml of the range"
    assert finding(result, "ocaml").admitted == ("4.14.2",)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (package("c"), "the repository does not have it"),
        (package("a", min="3.0.0"), "the repository has no release inside the bounds"),
        (package("a", min="1.1.0", max="1.2.0"), "no admitted release is available on this system"),
    ],
    ids=str,
)
def test_what_breaks(place: Path, wanted: object, why: str) -> None:
    result = one(app(wanted), place)
    assert [reason.rpartition(": ")[2] for reason in result.breaks] == [why]
    assert to_json([result], Repository.read(place))["breaks"] is True


def test_a_pin_takes_the_place_of_releases(place: Path) -> None:
    assert one(app(package("c", pin="git+https://example.org/c.git")), place).breaks == ()


def test_opam_and_the_audit_agree(place: Path) -> None:
    tools.need("opam")
    wanted = {
        "fits.py": app(package("a", compatible="1.0.0"), package("b")),
        "clashes.py": app(package("a", min="1.2.0", max="2.0.0"), package("b", max="2.0")),
        "unknown.py": app(package("c")),
        "pinned.py": app(package("c", pin="git+https://example.org/c.git"), package("b")),
    }
    found = [case for name, application in wanted.items() for case in cases(name, application)]
    results = solved(audit(found, Repository.read(place), environment=LINUX), Repository.read(place))
    states = {r.case.configuration: r.solution.state for r in results if r.solution}
    assert states == {"fits.py": "solved", "clashes.py": "none", "unknown.py": "none", "pinned.py": "solved"}
    by_name = {r.case.configuration: r for r in results}
    assert by_name["fits.py"].breaks == by_name["pinned.py"].breaks == ()
    assert len(by_name["clashes.py"].breaks) == 1
    assert by_name["clashes.py"].breaks[0].startswith("opam finds no solution: ")
    solution = by_name["fits.py"].solution
    assert solution is not None
    assert ("a", "1.2.0") in solution.versions


FOO = package("foo", pin="git+https://example.org/foo.git")


@pytest.mark.parametrize(
    ("fields", "foo", "state"),
    [
        ('depends: "foo"', None, "solved"),
        ('depends: "foo"', "available: false", "solved"),
        ('depends: "foo"', 'depends: "missing"', "solved"),
        ('depends: "foo" {>= "2"}', "", "solved"),
        ('depends: "foo" {< "2"}', "", "none"),
        ('conflicts: "foo"', None, "none"),
        ('conflicts: "foo" {< "2"}', "", "solved"),
    ],
)
def test_a_pinned_package_is_there_as_dev(tmp_path: Path, fields: str, foo: str | None, state: str) -> None:
    tools.need("opam")
    write_release(tmp_path, "a", "1.0", fields)
    if foo is not None:
        write_release(tmp_path, "foo", "1.0", foo)
    (result,) = solved([one(app(package("a"), package("ocaml", pin="o"), FOO), tmp_path)], Repository.read(tmp_path))
    assert result.solution is not None
    assert result.solution.state == state
    assert state == "none" or dict(result.solution.versions) == {"a": "1.0", "foo": "dev", "ocaml": "dev"}


def test_variables_of_the_environment_do_not_reach_opam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools.need("opam")
    write_release(tmp_path / "r", "a", "1.0", 'available: os != "commodore"')
    write_release(tmp_path / "r", "ocaml", "4.14", "")
    for name, value in {
        "OPAMVAR_os": "commodore",
        "OPAMROOT": str(tmp_path / "root"),
        "OPAMSWITCH": "nowhere",
        "OPAMEXTERNALSOLVER": "false",
        "OPAMIGNORECONSTRAINTS": "a",
        "OPAMNOSUCHVARIABLE": "1",
    }.items():
        monkeypatch.setenv(name, value)
    known = Repository.read(tmp_path / "r")
    wanted = {"fits.py": app(package("a")), "not.py": app(package("a", min="2"))}
    found = [case for name, application in wanted.items() for case in cases(name, application)]
    answers = [result.solution for result in solved(audit(found, known, environment=LINUX), known)]
    assert [answer and answer.state for answer in answers] == ["solved", "none"]
    assert not (tmp_path / "root").exists()


def test_a_pin_is_its_configurations_alone(tmp_path: Path) -> None:
    tools.need("opam")
    write_release(tmp_path, "foo", "1.0", "")
    write_release(tmp_path, "ocaml", "4.14", "")
    wanted = {"pins.py": app(FOO), "releases.py": app(package("foo")), "old.py": app(package("foo", max="1.0"))}
    found = [case for name, application in wanted.items() for case in cases(name, application)]
    answers = [r.solution for r in solved(audit(found, Repository.read(tmp_path)), Repository.read(tmp_path))]
    assert [a and a.state for a in answers] == ["solved", "solved", "none"]
    assert [dict(a.versions).get("foo") for a in answers if a] == ["dev", "1.0", None]


def test_a_pinned_package_has_the_version_of_the_emitted_file() -> None:
    of_4 = v4.main(
        "Unikernel", v4.job, packages=[v4.package("foo", pin="git+https://example.org/foo", pin_version="2.0")]
    )
    for application, version in ((app(FOO), "dev"), (v4.register("demo", [of_4], src=None), "2.0")):
        plan = application.plan()
        (text,) = (text for file, text in plan.files().items() if file.endswith(".opam"))
        read = Release("demo", Version("1"), parse(text).fields)
        assert [name for name, _ in read.pins] == [f"foo.{version}"]
        assert plan.package("foo").pin_version == version


@pytest.mark.parametrize(("wanted", "state"), [('>= "2"', "solved"), ('< "2"', "none"), ('>= "3"', "none")])
def test_a_pinned_package_is_there_in_the_version_of_its_pin(tmp_path: Path, wanted: str, state: str) -> None:
    tools.need("opam")
    write_release(tmp_path, "a", "1.0", f'depends: "foo" {{{wanted}}}')
    foo = v4.package("foo", pin="git+https://example.org/foo", pin_version="2.5")
    case = Case("a", (), (package("a"), foo, v4.package("ocaml", pin="o", pin_version="5.3")))
    repository = Repository.read(tmp_path)
    (result,) = solved(audit([case], repository), repository)
    assert result.solution is not None
    assert result.solution.state == state
    assert state == "none" or dict(result.solution.versions) == {"a": "1.0", "foo": "2.5", "ocaml": "5.3"}


def test_a_pinned_compiler_has_the_version_of_its_pin(tmp_path: Path) -> None:
    write_release(tmp_path, "a", "1", 'depends: "ocaml" {< "5"}')
    for version, other in (("4.14", ()), ("5.3", ("1",))):
        case = Case("a", (), (package("a"), v4.package("ocaml", pin="o", pin_version=version)))
        (result,) = audit([case], Repository.read(tmp_path))
        assert finding(result, "a").other_ocaml == other


def test_a_pinned_compiler_builds_what_has_no_upper_bound(tmp_path: Path) -> None:
    write_release(tmp_path, "a", "1", 'depends: "ocaml" {>= "4.04"}')
    write_release(tmp_path, "b", "1", 'depends: "ocaml" {< "5"}')
    result = one(app(package("ocaml", pin="o"), package("a"), package("b")), tmp_path)
    assert [finding(result, name).other_ocaml for name in ("a", "b")] == [(), ("1",)]


def test_a_compiler_that_is_not_available_builds_nothing(tmp_path: Path) -> None:
    write_release(tmp_path, "a", "1", 'depends: "ocaml" {< "5"}')
    write_release(tmp_path, "ocaml", "4.14", "available: false")
    write_release(tmp_path, "ocaml", "5.0", "")
    assert finding(one(app(package("a")), tmp_path), "a").other_ocaml == ("1",)


def test_opam_gets_what_the_packages_asked_for_can_bring_and_answers_the_same(tmp_path: Path) -> None:
    tools.need("opam")
    write_release(tmp_path, "a", "1.0", 'depends: ["b" {with-test} ("c" | "d" {os = "win32"})]\nconflicts: "e"')
    write_release(tmp_path, "a", "2.0", 'depends: ["x" {>= "2"}]')
    for name in ("b", "d", "e", "x"):
        write_release(tmp_path, name, "1.0", "")
    write_release(tmp_path, "c", "1.0", 'depends: "c2"')
    write_release(tmp_path, "c2", "1.0", 'depends: "x"')
    repository = Repository.read(tmp_path)
    assert repository.reachable(["a"]) == {"a", "b", "c", "c2", "d", "x"}
    assert repository.reachable(["unknown"]) == {"unknown"}
    assert [source.name for source in repository.sources({"c", "b"})] == ["b", "c"]
    questions = {"one": [package("a")], "two": [package("a", min="2.0")], "three": [package("a"), package("e")]}
    with solver(repository) as whole, solver(repository, wanted=["a", "e"]) as part:
        answers = part.solve(questions)
        with tarfile.open(part.directory / "index.tar.gz") as given:
            assert len({name.split("/")[1] for name in given.getnames() if name.startswith("packages/")}) == 7
        assert [answer.state for answer in answers.values()] == ["solved", "none", "none"]
        assert answers == whole.solve(questions)


def test_what_cannot_be_read_does_not_reach_opam(tmp_path: Path) -> None:
    tools.need("opam")
    write_release(tmp_path, "ocaml", "4.14", "")
    for name in ("a", "b", "c"):
        write_release(tmp_path, name, "1.0", "")
    (tmp_path / "packages/b/b.1.0/opam").write_text("")
    (tmp_path / "packages/c/c.1.0/opam").write_text('opam-version: "9.0"\n')
    (result,) = solved([one(app(package("a")), tmp_path)], Repository.read(tmp_path))
    assert result.solution is not None
    assert result.solution.state == "solved"


def test_every_target_is_a_case() -> None:
    network = recorded.application("network")
    assert network.keys_by_name["target"][0].converter.alternatives == TARGETS
    found = list(cases("network.py", network, "target"))
    assert [dict(case.choices)["target"] for case in found] == list(TARGETS)
    assert not any(case.refused for case in found)
    qubes = list(cases("qubes.py", recorded.application("qubes"), "target"))
    assert [dict(case.choices)["target"] for case in qubes if case.refused is None] == ["xen", "qubes"]
    assert not any(case.broken for case in qubes)


MODES = ("a, b", "c", "d")
CHOOSES = """\
from functoria import Key, arg, foreign, job, register
keys = [
    Key.opt("mode", arg.enum({"a, b": "`A", "c": "`C", "also c": "`C", "d": "`D"}), default="c"),
    Key.opt("on", arg.bool, default=True), Key.flag("flag"), Key.opt("text", arg.string, default=""),
    Key.opt("maybe", arg.some(arg.enum(["x", "y"])), default=None),
    Key.opt("later", arg.bool, default=True, stage="run"),
]
app = register("chooses", [foreign("Unikernel.Main", job, keys=keys)])
"""


@pytest.fixture
def chooses(tmp_path: Path) -> Path:
    (tmp_path / "chooses.py").write_text(CHOOSES)
    return tmp_path / "chooses.py"


def audited(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> list[dict[str, str]]:
    """Return the choices of the cases that the command lists."""
    assert run("--release", "a", "1", "--json", *map(str, arguments)) == 0
    return [case["choices"] for case in json.loads(capsys.readouterr().out)["release"]["cases"]]


def test_each_value_of_a_key(chooses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audited(capsys, "--key", "mode", chooses) == [{"mode": mode} for mode in MODES]
    assert audited(capsys, "--key", "on", chooses) == [{"on": "false"}, {"on": "true"}]
    assert audited(capsys, "--key", "flag", chooses) == [{"flag": "false"}, {"flag": "true"}]
    assert audited(capsys, "--key", "maybe", chooses) == [{"maybe": "x"}, {"maybe": "y"}]
    assert audited(capsys, "--key", "text", "-t", "b", "-t", "", chooses) == [{"text": "b"}, {"text": ""}]
    assert audited(capsys, chooses) == [{}]


def test_a_choice_of_the_varied_key_is_that_one_alone(chooses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = CONFIGURATIONS / "network.py"
    assert audited(capsys, "--set", "target=xen", network) == [{"target": "xen"}]
    assert audited(capsys, "--key", "mode", "--set", "mode=d", chooses) == [{"mode": "d"}]
    assert audited(capsys, "-t", "xen", "--set", "warn-error=true", network) == [
        {"target": "xen", "warn_error": "true"}
    ]


def test_a_choice_that_is_wrong_breaks() -> None:
    (case,) = cases("network.py", recorded.application("network"), "target", ["unix"], {"net": "carrier-pigeon"})
    assert case.broken


@pytest.mark.parametrize("version", ["3.4.9", "3.5.0", "3.5.99", "3.6.0~beta", "3.6.0", "4.0.0"])
def test_reach_is_membership(version: str) -> None:
    found = list(cases("network.py", recorded.application("network"), "target"))
    for case, reached in zip(found, reach(found, "tcpip", version), strict=True):
        bounds = next(p.bounds for p in case.packages if p.name == "tcpip")
        assert reached.reached == (Version(version) in bounds)
        assert "tcpip" in reached.why


def test_reach_tells_why_not() -> None:
    pinned = app(package("a", pin="git+https://example.org/a.git"))
    assert "pinned" in reach(cases("a.py", pinned), "a", "1")[0].why
    assert "does not use" in reach(cases("a.py", app()), "a", "1")[0].why
    assert "below" in reach(cases("a.py", app(package("a", min="2"))), "a", "1")[0].why


def test_a_refusal_names_the_declarations(tmp_path: Path) -> None:
    own = v4.main("Unikernel.Main", v4.stackv4v6 >> v4.job, packages=[v4.package("tcpip", max="9.0.5")])
    stack = v4.generic_stackv4v6(v4.default_network)
    server = v4.register("server", [own @ stack], src=None)
    found = list(cases("server.py", server, "target"))
    assert [str(case) for case in found] == [f"server.py target={name}" for name in v4.TARGETS]
    near = reach(found, "tcpip", "9.1.0")
    assert {str(refusal.package) for r in near for refusal in r.refusals} == {'tcpip {< "9.0.5"}'}
    assert {refusal.modules for r in near for refusal in r.refusals} == {("Unikernel.Main",)}
    assert {refusal.location.file for r in near for refusal in r.refusals if refusal.location} == {__file__}
    far = reach(found, "tcpip", "10.0.0")
    for before, after in zip(near, far, strict=True):
        assert not before.reached
        assert set(before.refusals) < set(after.refusals)
        declared = [demand for demand in after.case.demands if demand.package.name == "tcpip"]
        assert {module for refusal in after.refusals for module in refusal.modules} == {d.node.module for d in declared}
    assert all(r.reached and not r.refusals for r in reach(found, "tcpip", "9.0.4"))
    assert {r.why.split()[2] for r in reach(found, "tcpip", "8.9")} == {"below"}
    assert all(r.reached for r in reach(found, "lwt", "99"))


def test_a_refusal_names_the_pin() -> None:
    pinned = app(package("a", pin="git+https://example.org/a.git"), package("a", max="2"))
    (found,) = reach(cases("a.py", pinned), "a", "1")
    assert [refusal.package.pin for refusal in found.refusals] == ["git+https://example.org/a.git"]


def run(*arguments: str) -> int:
    """Return the exit status of the command."""
    return main(["audit", *arguments])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.py"
    path.write_text(
        "from functoria import foreign, job, package, register\n"
        'main = foreign("Unikernel.Main", job, packages=[package("a", compatible="1.0.0")])\n'
        'app = register("demo", [main])\n'
    )
    return path


def test_the_command_for_people(place: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = str(tmp_path / "cache")
    assert run("-r", str(place), "--no-solver", "--cache", cache, "--var", "os=linux", str(config)) == 0
    said = capsys.readouterr().out
    assert "shuts out: 2.0.0" in said
    assert "unavailable here: 1.1.0" in said
    assert (tmp_path / "cache").is_dir()
    assert run("-r", str(place), "--no-solver", "--cache", cache, "--ocaml", ">=5.0", str(config)) == 1
    assert "breaks: ocaml" in capsys.readouterr().out


def test_the_command_for_scripts(place: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = ("--no-solver", "--cache", str(tmp_path / "cache"), "--var", "os=macos", "--json", str(config))
    assert run("-r", str(place), *more) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["breaks"] is False
    assert said["repository"] == {"packages": 4, "releases": 13, "unreadable": []}
    (case,) = said["cases"]
    (found,) = [found for found in case["packages"] if found["name"] == "a"]
    assert found["admitted"] == ["1.0.0", "1.1.0", "1.2.0"]
    assert found["unavailable"] == []
    assert case["solution"] is None


def test_the_command_asks_opam(place: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tools.need("opam")
    cache = ("--cache", str(tmp_path / "cache"))
    assert run("-r", str(place), *cache, "--json", str(config)) == 0
    (case,) = json.loads(capsys.readouterr().out)["cases"]
    assert case["solution"]["state"] == "solved"


def test_the_command_on_a_release(capsys: pytest.CaptureFixture[str]) -> None:
    network, hello = str(CONFIGURATIONS / "network.py"), str(CONFIGURATIONS / "hello.py")
    assert run("--release", "tcpip", "3.5.9", "-t", "unix", "-t", "xen", network, hello) == 0
    assert "would reach 2 of 4" in capsys.readouterr().out
    assert run("--release", "tcpip", "3.6.0", "--json", network) == 0
    assert [found["reached"] for found in json.loads(capsys.readouterr().out)["release"]["cases"]] == [False] * len(
        TARGETS
    )


def test_wrong_usage(place: Path, config: Path, chooses: Path, tmp_path: Path) -> None:
    there = ("-r", str(place), str(config), "--no-solver", "--cache", str(tmp_path / "cache"))
    for wrong in (
        (str(config),),
        ("-r", str(tmp_path / "missing"), str(config)),
        (*there, "--var", "os"),
        (*there, "--var", "o s=1"),
        ("--release", "a", "1", "--var", "o s=1", str(config)),
        (*there, "--key", "nonsense"),
        (*there, "--set", "nonsense=1"),
        ("--release", "a", "1", "--set", "mode=nonsense", str(chooses)),
        ("--release", "a", "1", "--set", "later=true", str(chooses)),
        ("--release", "a", "1", "--key", "text", str(chooses)),
        ("--release", "a", "1", "--key", "later", str(chooses)),
        ("--release", "a", "1", "--key", "mode", "-t", "b", str(chooses)),
        ("--release", "a", "1", "-t", "hvt", "--set", "target=xen", str(CONFIGURATIONS / "hello.py")),
        ("--release", "tc pip", "3.6.0", str(config)),
        ("--release", "a<2", "1", str(config)),
        (*there, "--ocaml", "!=4"),
        (*there, "-t", "unix"),
        ("--release", "a", "1", "-t", "commodore", str(CONFIGURATIONS / "hello.py")),
        ("--release", "a", "not a version", str(config)),
        ("--release", "a"),
        ("--release", "a", "--json"),
        ("--release", "a.", str(config)),
        ("--release", "a.1", "--release", "b.1", str(config)),
        ("--release", "a", "1", "--release", "b", "1", str(config)),
        ("--strict", "-r", str(place), str(config)),
        (*there, "--no-such-option"),
    ):
        assert run(*wrong) == 2, wrong


def test_what_a_release_is_told_of(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    takes = tmp_path / "takes.py"
    takes.write_text(config.read_text().replace("1.0.0", "2.0.0"))
    wanted = ["yes", "no"]
    for release in (["a.2.1"], ["a", "2.1"]):
        assert run("--release", *release, str(takes), str(config)) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[0] == "a.2.1 would reach 1 of 2:"
        assert [line.split()[0] for line in said[1:3]] == wanted
        assert f'a {{>= "1.0.0" & < "2.0.0"}} at {config}:2, of Unikernel.Main' in said[3]
    assert run("--release", "a.2.1", "--strict", str(takes), str(config)) == 1
    assert run("--release", "a.2.1", "--strict", str(takes)) == 0
    assert run("--release", "unheard-of.2.1", "--strict", str(takes)) == 0
    capsys.readouterr()
    assert run("--release", "a.2.1", "--json", str(takes), str(config)) == 0
    told = json.loads(capsys.readouterr().out)["release"]
    assert (told["package"], told["version"]) == ("a", "2.1")
    assert [case["reached"] for case in told["cases"]] == [True, False]
    assert [case["refused_by"] for case in told["cases"]] == [
        [],
        [
            {
                "name": "a",
                "min": "1.0.0",
                "max": "2.0.0",
                "build": False,
                "pin": None,
                "pin_version": None,
                "scope": None,
                "libraries": ["a"],
                "declared_at": f"{config}:2",
                "modules": ["Unikernel.Main"],
            }
        ],
    ]


def test_the_same_question_of_both_releases(capsys: pytest.CaptureFixture[str]) -> None:
    network = [str(directory / "network.py") for directory in (CONFIGURATIONS, recorded411.CONFIGURATIONS)]
    assert run("--release", "tcpip.9.0.3", "-t", "unix", "-t", "hvt", "--json", *network) == 0
    told = json.loads(capsys.readouterr().out)["release"]["cases"]
    assert [case["reached"] for case in told] == [False, False, True, True]


def test_a_missing_configuration(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for missing in (tmp_path / "missing.py", tmp_path):
        assert run("-r", str(place), str(missing)) == 1
        said = capsys.readouterr().err
        assert f"the configuration {missing} cannot be read" in said
        assert "-f" not in said


def test_the_snapshot_of_2018() -> None:
    known = repository(OF_2018)
    network = recorded.application("network")
    results = audit(cases("network.py", network, "target"), known, environment=LINUX)
    assert {r.case.choices[0][1]: r.breaks for r in results if r.breaks} == {}
    assert finding(results[0], "tcpip").admitted == ("3.5.0", "3.5.1")
    assert finding(results[0], "tcpip").shut_out == tuple(
        r.version.text for r in known.releases("tcpip") if r.version >= Version("3.6.0")
    )

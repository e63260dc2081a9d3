"""The documents: pages generated from the code are up to date, and the code in the others runs."""

from __future__ import annotations

import json
import re
import runpy
import sys
from pathlib import Path

import pytest

from functoria import App
from functoria.cli import main as functoria
from functoria.cli.config import load
from functoria.errors import InvalidValue, Unsupported
from mirage_devices import TARGETS, v4
from mirage_devices.v4 import TARGETS as V4_TARGETS
from tests.catalogue_rows import CONSTRUCTORS, TYPES
from tests.catalogue_rows411 import ROWS
from tests.command_line import process
from tests.tools import need, run

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CUSTOM = re.findall(r"^```python\n(.*?)^```", (DOCS / "custom-devices.md").read_text(), re.DOTALL | re.MULTILINE)
SIMPLEST, FIELDS, FUNCTOR, KEYS, RULE, STEPS, TYPES_TOO, TARGET, FILES, TRYING = range(10)


def config(directory: Path, number: int) -> Path:
    """Write the example with this number as a configuration to `directory`."""
    directory.mkdir(exist_ok=True)
    path = directory / "config.py"
    path.write_text(CUSTOM[number])
    return path


def application(directory: Path, number: int) -> App:
    """Return the application that the example registers."""
    app: App = runpy.run_path(str(config(directory, number)))["app"]
    return app


def test_the_pages_of_devices_are_what_the_code_says() -> None:
    done = run(sys.executable, DOCS / "generate_devices.py", "--check", check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stale_page_is_told(tmp_path: Path) -> None:
    script = tmp_path / "generate_devices.py"
    script.write_text((DOCS / "generate_devices.py").read_text())
    run(sys.executable, script)
    for folder in ("devices", "devices-4.11"):
        assert {path.name: path.read_text() for path in (tmp_path / folder).iterdir()} == {
            path.name: path.read_text() for path in (DOCS / folder).iterdir()
        }
    run(sys.executable, script, "--check")
    (tmp_path / "devices" / "block.md").write_text("edited")
    (tmp_path / "devices" / "gone.md").write_text("of a kind that is no more")
    (tmp_path / "devices" / "tcp.md").unlink()
    (tmp_path / "devices-4.11" / "kv.md").unlink()
    done = run(sys.executable, script, "--check", check=False)
    assert done.returncode == 1
    stale = ["devices/block.md", "devices/gone.md", "devices/tcp.md", "devices-4.11/kv.md"]
    assert re.findall(r"docs/(\S+\.md) is stale", done.stderr) == stale
    run(sys.executable, script)
    run(sys.executable, script, "--check")


def test_every_name_of_the_catalogue_is_on_a_page() -> None:
    index = (DOCS / "devices" / "index.md").read_text()
    missing = {name for name in (*TYPES, *CONSTRUCTORS) if f"`{name}`" not in index}
    assert missing == {"argv", "info", "job", "noop", "register"}  # of the core, or without a kind


def test_every_name_of_the_catalogue_of_4_11_is_on_a_page() -> None:
    index = (DOCS / "devices-4.11" / "index.md").read_text()
    kinds = {name for name, home in vars(v4)["_HOME"].items() if ".devices." in home}
    named = {name for name in kinds if not isinstance(getattr(v4, name), type)}
    assert {name for name in named if f"`{name}`" not in index} == set()
    assert named >= {name.partition(" ")[0] for name in ROWS if name.partition(" ")[0] in dir(v4)}


def test_there_are_ten_examples_of_custom_devices() -> None:
    assert len(CUSTOM) == 10


@pytest.mark.parametrize("number", [number for number in range(len(CUSTOM)) if number != TARGET])
def test_an_example_of_a_custom_device_has_a_plan_on_every_target(tmp_path: Path, number: int) -> None:
    app = application(tmp_path, number)
    for target in TARGETS:
        if target == "muen" and number in (KEYS, STEPS):
            with pytest.raises(Unsupported, match="muen"):
                app.plan(target=target)
        else:
            assert "main.ml" in app.plan(target=target).files()


def test_the_target_of_ones_own_is_configured_for(tmp_path: Path) -> None:
    config(tmp_path, TARGET)
    # In a separate process, because targets are never removed.
    assert process("configure", "-t", "spt", cwd=tmp_path).status == 0
    assert "solo5-bindings-spt" in (tmp_path / "link.sh").read_text()


def test_the_file_of_an_emitter_is_written_and_removed(tmp_path: Path) -> None:
    path = config(tmp_path, FILES)
    assert process("configure", "-t", "hvt", cwd=tmp_path).status == 0
    assert json.loads((tmp_path / "bill.json").read_text())["packages"]["mirage-runtime"] == '{>= "3.3.0" & < "3.4.0"}'
    path.write_text(path.read_text().replace("emitters, bill)", "emitters,)"))
    assert process("configure", "-t", "hvt", cwd=tmp_path).status == 0
    assert not (tmp_path / "bill.json").exists()


def test_the_simplest_and_the_functor_are_connected_as_they_say(tmp_path: Path) -> None:
    assert "Counter.connect ()" in application(tmp_path, SIMPLEST).plan().files()["main.ml"]
    text = application(tmp_path, FUNCTOR).plan().files()["main.ml"]
    assert "module Make_ticker = Ticker.Make(OS.Time)" in text
    assert "Make_ticker.connect _time _console_0" in text


def test_devices_with_fields_are_two(tmp_path: Path) -> None:
    text = application(tmp_path, FIELDS).plan().files()["main.ml"]
    assert re.findall(r"Counter\.connect (.*)", text) == ['~start:(0) "apples"', '~start:(5) "pears"']


def test_keys_and_packages_are_by_group_and_target(tmp_path: Path) -> None:
    app = application(tmp_path, KEYS)
    plan = app.plan({"target": "macosx", "inside-sensor": "0x42"})
    assert (plan.values["inside-sensor"], plan.values["outside-sensor"]) == (0x42, 0x41)
    assert str(plan.package("sensor-unix")) == 'sensor-unix {>= "1.2.0" & < "2.0.0"}'
    assert app.plan(target="hvt").package("sensor-stubs").libraries == ()
    with pytest.warns(UserWarning, match=r"claim the sensor at 0x41: .*of --\w+-sensor .*of --\w+-sensor\b"):
        app.plan({"inside-sensor": "0x41"})
    text = plan.files()["main.ml"]
    assert "Sensor.connect (Key_gen.inside_sensor ())" in text
    assert "Sensor.connect (Key_gen.outside_sensor ())" in text


def test_the_rule_makes_the_module_also_in_another_directory(tmp_path: Path) -> None:
    need("dune")
    path = config(tmp_path, RULE)
    (tmp_path / "motto.txt").write_text("First, do no harm.\nThen the rest.\n")
    build = tmp_path / "build"
    assert functoria(["configure", "-f", str(path), "-t", "unix", "-b", str(build)]) == 0
    run("dune", "build", "--root", ".", "./motto.ml", cwd=build)
    made = build / "_build" / "default" / "motto.ml"
    assert made.read_text() == "let text = {|First, do no harm.|}\n"
    (tmp_path / "motto.txt").write_text("Second.\n")
    run("dune", "build", "--root", ".", "./motto.ml", cwd=build)
    assert made.read_text() == "let text = {|Second.|}\n"


def test_what_is_built_is_cleaned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need("dune")
    config(tmp_path, STEPS)
    monkeypatch.chdir(tmp_path)
    assert functoria(["configure", "-t", "unix", "--sectors=4"]) == 0
    functoria(["build"])  # dune lacks the libraries of MirageOS, but devices are built first
    assert (tmp_path / "disk.img").read_bytes() == bytes(2048)
    run("dune", "build", "--root", ".", "./disk_size.ml")
    assert (tmp_path / "_build" / "default" / "disk_size.ml").read_text() == "let sectors = 4\n"
    assert "$(FUNCTORIA) build" in (tmp_path / "Makefile").read_text()
    assert functoria(["clean"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.py"]


def test_the_code_on_both_releases_is_of_each_and_plans_on_all_its_targets() -> None:
    code = re.findall(r"^```python\n(.*?)^```", (DOCS / "mirageos-4.md").read_text(), re.DOTALL | re.MULTILINE)
    readme = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert set(code[:2]) == set(readme[:2])
    for number, block in enumerate(code):
        namespace: dict[str, object] = {}
        exec(block, namespace)
        app = namespace["app"]
        assert isinstance(app, App)
        is_3 = number % 2 == 0
        targets = TARGETS if is_3 else V4_TARGETS
        for target in targets:
            assert ("main.ml" if is_3 else "mirage/main.ml") in app.plan(target=target).files()


CHANGES = re.split(r"^## ", (DOCS / "from-3.3-to-4.11.md").read_text(), flags=re.MULTILINE)[1:]


def test_there_is_a_section_for_each_of_the_fourteen_changes() -> None:
    assert [section.partition(".")[0] for section in CHANGES] == [str(number) for number in range(1, 15)]


@pytest.mark.parametrize("section", CHANGES, ids=lambda section: section.splitlines()[0])
def test_a_change_is_said_in_both_releases_and_both_run(section: str) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    for block, targets, file in zip(blocks, (TARGETS, V4_TARGETS), ("main.ml", "mirage/main.ml"), strict=True):
        namespace: dict[str, object] = {}
        exec(block, namespace)
        app = namespace["app"]
        assert isinstance(app, App)
        refused = set()
        for target in targets:
            try:
                assert file in app.plan(target=target).files()
            except Unsupported:
                refused.add(target)
        assert refused <= {"muen"}  # muen has no block devices


def test_the_code_on_keys_runs_and_does_what_is_said() -> None:
    code = re.findall(r"^```python\n(.*?)^```", (DOCS / "keys.md").read_text(), re.DOTALL | re.MULTILINE)
    namespace: dict[str, object] = {}
    for block in code:
        exec(block, namespace)
    app, plan = namespace["app"], namespace["plan"]
    assert isinstance(app, App)
    assert plan.values["loud"] is True  # type: ignore[attr-defined]  # a plan, made by the document's code
    text = app.plan().files()["key_gen.ml"]
    assert "let colour () = `Red" in text
    assert "PEERS" in text
    with pytest.raises(InvalidValue, match="when the unikernel runs"):
        app.plan(token="secret")


def test_the_configurations_that_are_shown_load(tmp_path: Path) -> None:
    text = (DOCS / "configurations.md").read_text()
    for name, code in re.findall(r"^```python\n# (\S+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        (tmp_path / name).write_text(code)
    assert load(tmp_path / "config.py").title == "hello"
    assert load(tmp_path / "config_prod.py").title == "hello-prod"


def test_links_between_documents_lead_somewhere() -> None:
    for path in [ROOT / "CHANGES.md", ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} → {target}"


def test_every_point_of_the_changes_has_a_test_named_after_it() -> None:
    tests = (ROOT / "tests" / "catalogue" / "test_announcement.py").read_text()
    points = re.findall(r"^- \*\*(.*?)\*\*", (ROOT / "CHANGES.md").read_text(), re.MULTILINE)
    assert len(points) == 12
    names = "bootvar upper_bounds pins random_stdlib no_depext depend_by io_page charrua one_module opam_2 genode dune"
    assert all(re.search(rf"^def test_\w*{name}", tests, re.MULTILINE) for name in names.split())

"""Configurations as people name and call them: several in one directory, links, options given twice."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from functoria import App, FunctoriaError, Key, arg, foreign, job, noop, register
from functoria.cli.config import load
from functoria.errors import ConfigError, UnknownKey
from functoria.project.state import State
from tests.command_line import Cli, one_line, process
from tests.tools import need

HEAD = "from functoria import Key, arg, foreign, job\nfrom mirage_devices import default_time, register, time\n"
HELLO = HEAD + 'main = foreign("Unikernel.Main", time >> job)\n'


def config(directory: Path, name: str = "config.py", more: str = "", title: str = "hello") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text(HELLO + more + f'app = register("{title}", [main @ default_time])\n')
    return path


@pytest.mark.parametrize(
    "name", ["config_prod", "test", "json", "functoria", "mirage_devices", "with-dash", "v1.2", "2nd"]
)
def test_a_configuration_imports_the_one_beside_it(name: str, cli: Cli, tmp_path: Path) -> None:
    config(tmp_path)
    path = tmp_path / f"{name}.py"
    path.write_text(HEAD + 'from config import main\nprod = register("prod", [main @ default_time])\n')
    assert load(path).title == "prod"
    assert load(tmp_path / "config.py").title == "hello"
    assert cli("describe", "-f", path).status == 0


def test_a_configuration_has_its_own_name(tmp_path: Path) -> None:
    path = config(
        tmp_path,
        "net.py",
        'assert __name__ == "net", __name__\nclass Mine:\n    pass\nassert Mine.__module__ == "net"\n',
    )
    load(path)
    assert sys.modules["net"].__file__ == str(path)


def test_configurations_in_one_process_do_not_meet(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "parts.py").write_text(f"TITLE = {name!r}\n")
        (tmp_path / name / "config.py").write_text(
            HELLO + "from parts import TITLE\napp = register(TITLE, [main @ default_time])\n"
        )
    for name in ("a", "b", "a"):
        assert load(tmp_path / name / "config.py").title == name


PARTS = {
    "a module": ("parts.py", "from parts import TITLE"),
    "a package": ("parts/__init__.py", "from parts import TITLE"),
    "a module of a package": ("parts/names.py", "from parts.names import TITLE"),
    "a module of a directory": ("parts/deep/names.py", "import parts.deep.names\nTITLE = parts.deep.names.TITLE"),
    "a name of a directory": ("parts/names.py", "from parts import names\nTITLE = names.TITLE"),
    "a directory of its own": (
        "lib/names.py",
        "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'lib'))\nfrom names import TITLE",
    ),
}


@pytest.mark.parametrize("where", PARTS)
def test_what_configurations_import_does_not_meet(where: str, tmp_path: Path) -> None:
    name, lines = PARTS[where]
    for title in ("one", "two"):
        file = tmp_path / title / name
        file.parent.mkdir(parents=True)
        file.write_text(f"TITLE = {title!r}\n")
        if where == "a module of a package":
            (file.parent / "__init__.py").touch()
        config(tmp_path / title, more=f"{lines}\n", title="unused")
        path = tmp_path / title / "config.py"
        path.write_text(path.read_text().replace('"unused"', "TITLE"))
    before = list(sys.path)
    for title in ("one", "two", "one"):
        app = load(tmp_path / title / "config.py")
        assert app.title == title
        assert len(sys.path) <= len(before) + 2
    assert load(config(tmp_path / "three")).title == "hello"
    assert not [path for path in sys.path if path.startswith((str(tmp_path / "one"), str(tmp_path / "two")))]


@pytest.mark.parametrize(
    "name",
    ["networkx", "packaging", "platformdirs", "rich", "click", "lark", "difflib", "random", "queue", "string", "this"],
)
@pytest.mark.parametrize("itself", [True, False])
def test_what_lies_there_hides_nothing_that_this_library_needs(itself: bool, name: str, tmp_path: Path) -> None:
    path = config(
        tmp_path, f"{name if itself else 'config'}.py", 'main = foreign("A", job, packages=[package("b", min="1")])\n'
    )
    path.write_text(
        path.read_text().replace("main @ default_time", "main").replace("import Key", "import package, Key")
    )
    if not itself:
        (tmp_path / f"{name}.py").write_text("raise AssertionError\n")
    for words in (
        ["describe", "--why", "lwt"],
        ["configure", "-b", "out"],
        ["configure", "-b", "out", "-t", "xen", "--dry-run"],
    ):
        command = [sys.executable, "-P", "-m", "functoria", *words, "-f", path.name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), (words, done)


def test_a_configuration_may_have_what_another_has(tmp_path: Path) -> None:
    config(tmp_path)
    for text, title in (
        ('from config import *\nprod = register("prod", [main @ default_time])\n', "prod"),
        ('from config import app, main\nprod = register("prod", [main @ default_time])\n', "prod"),
        ("from config import app as again\n", "hello"),
        ("import config\nagain = config.app\n", "hello"),
    ):
        path = tmp_path / "config_prod.py"
        path.write_text(HEAD + text)
        assert load(path).title == title
    path.write_text(
        path.read_text() + "from config import main\none, two = (register(n, [main @ default_time]) for n in 'ab')\n"
    )
    with pytest.raises(ConfigError, match=r"registers 2 applications \(one, two\)"):
        load(path)


ODD_MODULES = """
import sys, types

class Lazy(types.ModuleType):
    def __getattr__(self, name):
        raise ImportError(name)

class Closed(types.ModuleType):
    def __getattribute__(self, name):
        raise RuntimeError(name)

numbered = types.ModuleType("numbered_here")
numbered.__file__ = numbered.__path__ = 1
sys.modules.update(
    lazy_here=Lazy("lazy_here"), closed_here=Closed("closed_here"), prevented_here=None, object_here=object(),
    numbered_here=numbered,
)
"""


def test_a_configuration_may_leave_modules_of_any_kind(tmp_path: Path) -> None:
    path = config(tmp_path, more=ODD_MODULES)
    try:
        for _ in range(2):  # the second time, what the first has imported is forgotten
            app = load(path)
            assert (app.title, app.file) == ("hello", path)
    finally:
        for name in [name for name in sys.modules if name.endswith("_here")]:
            del sys.modules[name]


def test_a_configuration_in_a_package_imports_relatively(tmp_path: Path) -> None:
    package = tmp_path / "outer" / "inner"
    path = config(
        package, more="from . import parts\nfrom ..above import T\nfrom .parts import U\nassert (T, U) == (1, 2)\n"
    )
    for directory in (package, package.parent):
        (directory / "__init__.py").touch()
    (package.parent / "above.py").write_text("T = 1\n")
    (package / "parts.py").write_text("from .more import U\n")
    (package / "more.py").write_text("U = 2\n")
    (package / "config_prod.py").write_text(HEAD + "from .config import app as prod\n")
    for _ in range(2):
        assert load(path).title == "hello"
        assert load(package / "config_prod.py").title == "hello"
    alone = config(tmp_path / "alone", more="from . import parts\n")
    with pytest.raises(ConfigError, match="failed: ImportError: attempted relative import"):
        load(alone)


DEVICE = """\
from attrs import frozen
from functoria import Device, Key, arg, foreign, job, package, register

@frozen
class Mine(Device):
    number: int
    type, module = job, "Stdlib"

def wanted(text):
    return (package(text),)

key = Key.opt("key", arg.string, default="lwt", stage="configure")
app = register("mine", [Mine(3), foreign("Unikernel", job, packages=key.value.map(wanted))])
"""


def planned(app: App) -> dict[str, str]:
    return app.plan().files()


@pytest.mark.parametrize("name", ["config", "net", "with-dash"])
def test_what_a_configuration_defines_travels(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.py"
    path.write_text(DEVICE)
    app = load(path)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(planned, app).result(timeout=300) == planned(app)


def test_a_module_written_just_now_is_found(tmp_path: Path) -> None:
    path = config(tmp_path)
    load(path)
    (tmp_path / "late.py").write_text("X = 1\n")
    path.write_text(HELLO + 'import late\napp = register("late", [main @ default_time])\n')
    assert load(path).title == "late"


def test_a_linked_configuration_is_where_the_link_is(cli: Cli, tmp_path: Path) -> None:
    target = config(tmp_path / "shared", more="import parts\nassert parts.HERE == 'project'\n")
    (tmp_path / "shared" / "parts.py").write_text("HERE = 'shared'\n")
    (tmp_path / "shared" / "unikernel.ml").write_text("(* shared *)\n")
    project = tmp_path / "project"
    project.mkdir()
    (project / "config.py").symlink_to(target)
    (project / "parts.py").write_text("HERE = 'project'\n")
    (project / "unikernel.ml").write_text("(* project *)\n")
    done = cli("configure", "-f", project / "config.py", "-b", tmp_path / "build")
    assert done.status == 0, done.err
    assert (tmp_path / "build" / "unikernel.ml").read_text() == "(* project *)\n"
    app = load(project / "config.py")
    assert app.location is not None
    assert app.location.file == str(project / "config.py")


def test_a_linked_configuration_is_built_where_the_link_is(tmp_path: Path) -> None:
    need("dune", "ocamlfind")
    for place in ("project", "shared"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "parts.py").write_text(f"HERE = {place!r}\n")
        (tmp_path / place / "unikernel.ml").write_text(f'let start = print_endline "{place}"\n')
    (tmp_path / "shared" / "real.py").write_text(
        "from functoria import foreign, job, register\nimport parts\nassert parts.HERE == 'project'\n"
        'app = register("plain", [foreign("Unikernel", job)])\n'
    )
    (tmp_path / "shared" / "config.py").symlink_to("real.py")
    project = tmp_path / "project"
    (project / "config.py").symlink_to("../shared/config.py")
    (tmp_path / "link").symlink_to("project")
    for where, build in ((project, "."), (project, "build"), (tmp_path / "link", "build"), (project / "build", ".")):
        if where != project / "build":
            assert process("configure", "-b", build, cwd=where).status == 0
        done = process("build", "-b", build, cwd=where)
        assert done.status == 0, done
        leads = f"a link to {tmp_path}/shared/real.py"
        assert done.out.startswith(f"configuration: {project}/config.py, {leads}\n")
        command = [str((where / build / "plain").resolve())]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "project\n"
        if where != tmp_path / "link":
            assert process("clean", "-b", build, cwd=where).status == 0
            assert not (where / build / "main.ml").exists()
        if build == "build":
            assert process("configure", "-b", build, cwd=where).status == 0


TWICE = [
    (["--hello=1", "--hello=2"], "--hello is given 2 times (1, 2): give it once"),
    (["--hello", "1", "--hello=1"], "--hello is given 2 times (1, 1)"),
    (["-p1", "-p", "2", "--port=3"], "--port is given 3 times (1, 2, 3)"),
    (["-vp1", "-vp2"], "--port is given 2 times (1, 2)"),
    (["-vp", "1", "--hello=-p", "-p2"], "--port is given 2 times (1, 2)"),
    (["--hello=", "--hello", ""], "--hello is given 2 times (, )"),
    (["-f", "config.py", "--file=config.py"], "--file is given 2 times (config.py, config.py)"),
    (["--lock-timeout=1", "--lock-timeout", "2"], "--lock-timeout is given 2 times (1, 2)"),
    (["-b", "x", "-b", "y"], "--build-dir is given 2 times (x, y)"),
    (["-o", "x", "--output=y"], "--output is given 2 times (x, y)"),
]


@pytest.mark.parametrize(("words", "said"), TWICE, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_an_option_given_twice_is_wrong_usage(words: list[str], said: str, cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        more='keys = [Key.opt("hello", arg.string, default=""), Key.opt("port", arg.int, default=1, flags=["p", "port"])]\n'
        'main = foreign("Unikernel.Main", time >> job, keys=keys)\n',
    )
    before = sorted(tmp_path.rglob("*"))
    done = cli("configure", *words)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert [path for path in sorted(tmp_path.rglob("*")) if "__pycache__" not in path.parts] == before


@pytest.mark.parametrize("option", ["--set", "--var"])
def test_a_choice_of_an_audit_given_twice_is_wrong_usage(option: str, cli: Cli, tmp_path: Path) -> None:
    file = config(tmp_path)
    done = cli("audit", "-r", tmp_path, option, "os=1", option, "os=2", file)
    assert (done.status, done.out) == (2, "")
    assert f"{option} gives os 2 times (1, 2): give it once" in done.err


def test_flags_may_be_repeated(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path)
    assert cli("configure", "--force", "--force", "-vv", "-v").status == 0


def test_an_option_of_the_unikernel_says_why_it_is_not_one_here(cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        more='token = Key.required("token", arg.string, stage="run")\n'
        'main = foreign("Unikernel.Main", time >> job, keys=[token])\n',
    )
    done = cli("configure", "--token=x")
    assert done.status == 2
    assert "--token is an option of the unikernel, given when it runs" in done.err
    assert "config.py:4" in done.err


def test_values_by_key_and_by_either_spelling() -> None:
    port = Key.opt("http-port", arg.int, default=80)
    plan = register("x", [foreign("Unikernel", job, keys=[port])]).plan(http_port=8080)
    for name in (port, "http-port", "http_port"):
        assert plan.values[name] == 8080
        assert plan.values.get(name) == 8080
        assert name in plan.values
    assert plan.values == {"http-port": 8080}
    other = Key.opt("http-port", arg.int, default=81)
    for asked in (other, "port", Key.flag("x"), 3):
        assert asked not in plan.values
        assert plan.values.get(asked, "none") == "none"
        with pytest.raises(UnknownKey, match=r"did you mean http-port|it has http-port"):
            plan.values[asked]
    partial = register("x", [foreign("Unikernel", job, keys=[port])]).plan(partial=True)
    with pytest.raises(KeyError, match="complete it first"):
        partial.values[port]


def test_a_job_without_arguments_is_a_function_where_it_has_keys() -> None:
    hello = Key.opt("hello", arg.string, default="")
    fixed = Key.opt("fixed", arg.string, default="", stage="configure")
    for keys, code in (([], "Unikernel.start\n"), ([fixed], "Unikernel.start\n"), ([hello], "Unikernel.start ()\n")):
        text = register("x", [foreign("Unikernel", job, keys=keys)]).plan().files()["main.ml"]
        assert f"  {code}" in text
    after = register("x", [foreign("Unikernel", job, keys=[hello], deps=[noop])]).plan().files()["main.ml"]
    assert "Unikernel.start _noop\n" in after


@pytest.mark.parametrize("build", ["build", "."])
def test_a_project_written_from_a_script_is_built_by_the_command(build: str, tmp_path: Path) -> None:
    need("dune", "ocamlfind")
    script = tmp_path / "make_it.py"
    script.write_text(
        "from functoria import foreign, job, register\n"
        'app = register("plain", [foreign("Unikernel", job)])\n'
        'if __name__ == "__main__":\n'
        f'    app.plan().write("{build}", sources=".")\n'
    )
    (tmp_path / "unikernel.ml").write_text('let start = print_endline "started"\n')
    subprocess.run([sys.executable, script.name], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "functoria", "build"]
    done = subprocess.run(command, cwd=tmp_path / build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        subprocess.run([tmp_path / build / "plain"], capture_output=True, text=True, check=True).stdout == "started\n"
    )


def test_what_binds_an_application_is_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "apps.py").write_text(
        "from functoria import noop, register\ndef make(name):\n    return register(name, [noop])\n"
    )
    (tmp_path / "script.py").write_text(
        "from apps import make\napp = make('factory')\n"
        "def local():\n    app = make('local')\n    app.plan().write('local')\n"
        "if __name__ == '__main__':\n    app.plan().write('factory')\n    local()\n"
    )
    subprocess.run([sys.executable, "script.py"], cwd=tmp_path, check=True)
    assert not_none(State.load(tmp_path / "factory")).config == "../script.py"
    assert not_none(State.load(tmp_path / "local")).config is None
    assert process("clean", "-b", "factory", cwd=tmp_path).out.startswith(f"configuration: {tmp_path}/script.py\n")


def test_what_a_prompt_wrote_is_built_of_a_named_configuration(tmp_path: Path) -> None:
    text = "from functoria import noop, register\napp = register('typed', [noop])\napp.plan().write('out')\n"
    subprocess.run([sys.executable], input=text, text=True, cwd=tmp_path, check=True)
    subprocess.run([sys.executable, "-c", text.replace("out", "more")], cwd=tmp_path, check=True)
    for directory in ("out", "more"):
        one_line(
            process("build", "-b", directory, cwd=tmp_path),
            1,
            f"{directory} was written by a program, of an application that no file beside it or above binds to a name",
            "name the configuration with -f FILE",
        )
    (tmp_path / "typed.py").write_text("from functoria import noop, register\napp = register('typed', [noop])\n")
    assert "configuration: typed.py" in process("clean", "-b", "out", "-f", "typed.py", cwd=tmp_path).out


def test_what_was_configured_is_not_said_of_another_s_plan(tmp_path: Path) -> None:
    load(config(tmp_path / "project")).plan().write(tmp_path / "project" / "out")
    other = register("other", [noop])
    other.plan().write(tmp_path / "project" / "out")
    assert not_none(State.load(tmp_path / "project" / "out")).config is None


def not_none(state: State | None) -> State:
    assert state is not None
    return state


def test_two_interfaces_of_one_name_are_told() -> None:
    from mirage_devices import netif, network
    from mirage_devices import register as mirage

    main = foreign("Unikernel.Main", network >> network >> job)
    app = mirage("two", [main @ netif("0") @ netif("1", group="b")])
    with pytest.warns(
        UserWarning, match=r"network interface 0: Netif .* of --interface .* of --b-interface; give each its own"
    ) as told:
        app.plan(target="hvt", **{"b-interface": "0"})
    assert len(told) == 1
    app.plan(target="hvt")


def test_two_images_of_one_file_are_told() -> None:
    from mirage_devices import block, block_of_file
    from mirage_devices import register as mirage

    main = foreign("Unikernel.Main", block >> block >> job)
    with pytest.warns(UserWarning, match=r"block file disk\.img"):
        mirage("two", [main @ block_of_file("disk.img") @ block_of_file("./disk.img")]).plan(target="unix")


def test_errors_of_configurations_are_shown_at_their_lines(tmp_path: Path) -> None:
    path = config(tmp_path, "net.py", "main @ 3\n")
    with pytest.raises(FunctoriaError) as caught:
        load(path)
    assert f"{path}:4" in str(caught.value)

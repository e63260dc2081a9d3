"""Configurations as people write and call them: their names, several beside each other, links, options given twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from functoria import FunctoriaError, Key, arg, foreign, job, noop, register
from functoria.cli.config import load
from functoria.errors import UnknownKey
from tests.command_line import Cli
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


TWICE = [
    (["--hello=1", "--hello=2"], "--hello is given 2 times (1, 2): give it once"),
    (["--hello", "1", "--hello=1"], "--hello is given 2 times (1, 1)"),
    (["-p1", "-p", "2", "--port=3"], "--port is given 3 times (1, 2, 3)"),
    (["-t", "unix", "-t", "xen"], "--target is given 2 times (unix, xen)"),
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
        with pytest.raises(UnknownKey, match="it has http-port"):
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


def test_two_interfaces_of_one_name_are_told() -> None:
    from mirage_devices import netif, network
    from mirage_devices import register as mirage

    main = foreign("Unikernel.Main", network >> network >> job)
    app = mirage("two", [main @ netif("0") @ netif("1", group="b")])
    with pytest.warns(
        UserWarning, match=r"network interface 0: Netif .* of --interface .* of --b-interface .*different"
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

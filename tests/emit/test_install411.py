"""Installed files and names of main modules in MirageOS 4.11, as dune and opam use them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from functoria import Info, Job, Key, Plan, Unsupported, arg, job
from mirage_devices.v4 import (
    Device,
    Install,
    arp,
    create_ipv4,
    default_network,
    direct_tcp,
    docteur,
    ethif,
    generic_stackv4v6,
    kv_ro,
    main,
    noop,
    register,
    socket_stackv4v6,
    stackv4v6,
    tcpv4,
)
from tests.tools import need, run


@frozen
class Installing(Device[Job]):
    """A job that installs files."""

    bin: tuple[tuple[str, str], ...] = ()
    etc: tuple[str, ...] = ()

    type = job
    module = "Installing"
    deps = (noop,)

    def install(self, info: Info) -> Install:
        return Install(self.bin, self.etc)


def _plan(*jobs: Any, target: str = "unix", **more: Any) -> Plan:
    return register("hello", jobs, src=None, **more).plan(target=target)


def _promoted(plan: Plan) -> list[tuple[str, str]]:
    """Return the files of dist, each with the file that it is a copy of."""
    text = plan.files()["dist/dune"]
    return list(
        zip(re.findall(r"\(target (\S+)\)", text), re.findall(r"\(copy \.\./(\S+) %\{target\}\)", text), strict=True)
    )


def _copied(plan: Plan) -> list[str]:
    """Return the files that opam copies from dist."""
    (text,) = (text for name, text in plan.files().items() if name.endswith(".opam"))
    return re.findall(r'\["cp" "dist/(.*?)" ', text)


_NAMES = st.text("abcdef", min_size=1, max_size=6).map(lambda name: f"{name}.bin")


@given(st.lists(st.lists(_NAMES, max_size=3), max_size=4), st.sampled_from(["unix", "hvt", "xen"]))
def test_what_each_device_installs_is_promoted_and_copied(files: list[list[str]], target: str) -> None:
    """This includes several devices of one module."""
    plan = _plan(noop, *(Installing(etc=tuple(each)) for each in files), target=target)
    wanted = {name for each in files for name in each}
    assert wanted <= {name for name, _ in _promoted(plan)}
    assert sorted(_copied(plan)) == sorted(name for name, _ in _promoted(plan))


def test_two_disks_of_docteur_are_both_installed() -> None:
    def disk(number: int) -> Any:
        name = Key.opt(f"name{number}", arg.string, default=f"disk{number}", doc="A disk.")
        output = Key.opt(f"output{number}", arg.string, default=f"disk{number}.img", doc="A file.")
        return docteur(f"https://example.org/{number}", name=name, output=output)

    for target in ("unix", "hvt"):
        plan = _plan(main("Unikernel.Main", kv_ro >> kv_ro >> job) @ disk(1) @ disk(2), target=target)
        assert {"disk1.img", "disk2.img"} <= set(_copied(plan))


def test_files_in_folders_are_installed_under_their_own_names(tmp_path: Path) -> None:
    """A dune rule can only make files in its own folder."""
    need("dune")
    plan = _plan(Installing(bin=(("sub/tool.exe", "tool"),), etc=("sub/data.bin",)))
    assert _promoted(plan)[1:] == [("tool", "sub/tool.exe"), ("data.bin", "sub/data.bin")]
    assert _copied(plan) == ["hello", "tool", "data.bin"]
    for name in ("hello", "sub/tool.exe", "sub/data.bin"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    (tmp_path / "dune-project").write_text("(lang dune 2.9)\n")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/dune").write_text(plan.files()["dist/dune"])
    run("dune", "build", "--root", ".", "./dist", cwd=tmp_path)
    assert (tmp_path / "dist/data.bin").read_text() == "sub/data.bin"
    assert (tmp_path / "dist/tool").read_text() == "sub/tool.exe"


@pytest.mark.parametrize(
    ("devices", "why"),
    [
        ([Installing(etc=("a/data", "b/data"))], "b/data is installed as data, and so is a/data"),
        ([Installing(etc=("data",)), Installing(bin=(("tool.exe", "DATA"),))], "and so is"),
        ([Installing(bin=(("tool.exe", "hello"),))], "and so is a file hello of the build"),
        ([Installing(bin=(("tool.exe", "bin/tool"),))], "not a plain name"),
        ([Installing(etc=("/etc/passwd",))], "not a file below the project"),
        ([Installing(etc=("../data",))], "not a file below the project"),
        ([Installing(etc=("dune",))], "and so is a file dune of the build"),
    ],
)
def test_what_cannot_be_installed_is_refused(devices: list[Any], why: str) -> None:
    with pytest.raises(Unsupported, match=re.escape(why)):
        _plan(*devices).files()


@pytest.mark.parametrize("output", ["images/disk.img", "/disk.img", "..", ""])
@pytest.mark.parametrize("target", ["unix", "hvt"])
def test_a_disk_of_docteur_is_made_in_the_folder_of_the_project(output: str, target: str) -> None:
    app = register("hello", [main("Unikernel.Main", kv_ro >> job) @ docteur("https://example.org")], src=None)
    with pytest.raises(Unsupported, match=r"--disk-output is .* without folders"):
        app.plan({"target": target, "disk-output": output})


@pytest.mark.parametrize("output", ["other", "o.p", "out-a", "o.p-q.r", "a--b", "1x", "class", "_a"])
def test_a_main_module_called_after_the_output_is_one_for_dune(tmp_path: Path, output: str) -> None:
    """There is no warning in any profile, and the image has the output's own name."""
    need("dune")
    plan = _plan(noop, output=output)
    text = plan.files()["dune.build"]
    (name,) = re.findall(r"\(name (\S+)\)", text)
    assert f"mirage/{name}.ml" in plan.files()
    assert [file for file, _ in _promoted(plan)] == [output]
    (tmp_path / "mirage").mkdir()
    (tmp_path / f"mirage/{name}.ml").write_text("let () = ignore 0\n")
    (tmp_path / "dune-project").write_text("(lang dune 2.9)\n")
    (tmp_path / "dune").write_text(re.sub(r"\(libraries[^)]*\)", "", text))
    done = run("dune", "build", "--root", ".", f"./{output}", cwd=tmp_path)
    assert done.stderr.replace("Entering directory '.'", "").strip() == ""
    assert (tmp_path / "_build/default" / output).is_file()


def test_messages_name_the_option_that_was_given() -> None:
    stack = generic_stackv4v6(default_network, group="front")
    app = register("hello", [main("Unikernel.Main", stackv4v6 >> job) @ stack], src=None)
    with pytest.raises(Unsupported, match="leave --front-net=host out there"):
        app.plan({"target": "hvt", "front-net": "host"})
    with pytest.raises(Unsupported, match="use generic_stackv4v6"):
        _plan(main("Unikernel.Main", stackv4v6 >> job) @ socket_stackv4v6(group="front"), target="hvt")
    link = ethif(default_network)
    tcp: Any = direct_tcp(create_ipv4(link, arp(link)), group="back")
    app = register("hello", [main("Unikernel.Main", tcpv4 >> job) @ tcp], src=None)
    with pytest.raises(Unsupported, match="leave --back-utcp out"):
        app.plan({"back-utcp": True})

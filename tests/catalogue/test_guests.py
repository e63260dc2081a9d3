"""Files that start a guest: the disks, bridges and substitutions in the files for xl, xe and libvirt."""

from __future__ import annotations

import ast
import re
import shlex
import string
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pytest

from functoria import App, Plan, foreign, job
from functoria.errors import InvalidName
from mirage_devices import archive, block, block_of_file, default_network, kv_ro, netif, network, register
from mirage_devices.guests import xl_string
from mirage_devices.v3.backends import xen_files


@pytest.fixture(autouse=True)
def _bridges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xen_files, "bridges", lambda count: [f"xenbr{number}" for number in range(count)])


def guest(disks: Sequence[str], networks: Sequence[str] = ()) -> App:
    """Return a unikernel `guest` with these block files, and these interfaces as well."""
    signature = foreign("Unikernel.Main", job).signature
    for _ in networks:
        signature = network >> signature
    for _ in disks:
        signature = block >> signature
    main = foreign("Unikernel.Main", signature)
    return register("guest", [main(*map(block_of_file, disks), *(netif(n, group=f"g{n}") for n in networks))])


def settings(text: str) -> dict[str, object]:
    """Return the settings in a file for xl: its values are written as in Python, except for @MEMORY@."""
    text = re.sub(r"@MEMORY@", "'@MEMORY@'", text)
    return {
        line.targets[0].id: ast.literal_eval(line.value)
        for line in ast.parse(text).body
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [("plain", "'plain'"), ("it's", '"it\'s"'), ('a"b', "'a\"b'"), ("", "''"), ("%x {y} $z", "'%x {y} $z'")],
)
def test_a_string_of_xl_has_the_quotes_that_the_text_has_not(text: str, said: str) -> None:
    assert xl_string(text) == said
    assert ast.literal_eval(said) == text


@pytest.mark.parametrize("text", ['it\'s "both"', "\"'", "'\"'", "a\\b", "a\\", "\\'", "a\nb", "a\0b", "\ud800"])
def test_what_no_string_of_xl_can_say_is_refused(text: str) -> None:
    with pytest.raises(InvalidName):
        xl_string(text)
    with pytest.raises(InvalidName):
        guest([text]).plan(target="xen").files()


DISKS = ["a.img", "dir/b.img", "c d.img"]


def test_xl() -> None:
    files = guest(DISKS, ["0", "5"]).plan(target="xen").files()
    filled = settings(files["guest.xl"])
    assert filled == {
        "name": "guest",
        "kernel": "guest.xen",
        "builder": "linux",
        "memory": 256,
        "on_crash": "preserve",
        "disk": [
            f"format=raw, vdev=xvd{letter}, access=rw, target={disk}" for letter, disk in zip("bcd", DISKS, strict=True)
        ],
        "vif": ["bridge=xenbr0", "bridge=xenbr1"],
    }


def test_xl_with_its_values_left_to_fill_in() -> None:
    left = settings(guest(DISKS, ["0", "5"]).plan(target="xen").files()["guest.xl.in"])
    assert (left["name"], left["kernel"], left["memory"]) == ("@NAME@", "@KERNEL@", "@MEMORY@")
    assert left["disk"] == [
        f"format=raw, vdev=xvd{letter}, access=rw, target=@BLOCK:{disk}@"
        for letter, disk in zip("bcd", DISKS, strict=True)
    ]
    assert left["vif"] == ["bridge=@NETWORK:0@", "bridge=@NETWORK:5@"]


def test_xe() -> None:
    file = guest(DISKS).plan(target="xen").contents["guest.xe"]
    assert file.executable
    words = shlex.split(file.text, comments=True)
    assert [word.removeprefix("filename=") for word in words if word.startswith("filename=")] == DISKS
    assert re.findall(r'vdi-uuid="\$VDI" device=(\d)', file.text) == ["0", "1", "2", "3"]
    assert file.text.index("xe-unikernel-upload --path guest.xen") < file.text.index("xe vm-start")


def libvirt(plan: Plan) -> tuple[str | None, list[tuple[str | None, ...]], list[str | None]]:
    """Return the kernel, the disks and the bridges that a libvirt file names."""
    domain = ElementTree.fromstring(plan.files()["guest_libvirt.xml"])
    disks = [
        tuple(
            found.get(name)
            for found, name in (
                (disk.find("source"), "file"),
                (disk.find("target"), "dev"),
                (disk.find("target"), "bus"),
            )
            if found is not None
        )
        for disk in domain.iter("disk")
    ]
    return (
        domain.findtext("os/kernel"),
        disks,
        [source.get("bridge") for source in domain.findall("devices/interface/source")],
    )


def test_libvirt_for_xen() -> None:
    expected = [("a.img", "xvdb", "xen"), ("dir/b.img", "xvdc", "xen"), ("c d.img", "xvdd", "xen")]
    kernel, disks, bridges = libvirt(guest(DISKS, ["0", "5"]).plan(target="xen"))
    assert (kernel, disks, bridges) == ("guest.xen", expected, ["xenbr0", "xenbr1"])


def test_libvirt_for_virtio() -> None:
    expected = [("a.img", "vda", "virtio"), ("dir/b.img", "vdb", "virtio"), ("c d.img", "vdc", "virtio")]
    kernel, disks, _ = libvirt(guest(DISKS).plan(target="virtio"))
    assert (kernel, disks) == ("guest.virtio", expected)


@pytest.mark.parametrize(("target", "stem", "first"), [("virtio", "vd", 0), ("xen", "xvd", 1)])
def test_there_are_more_disks_than_letters(target: str, stem: str, first: int) -> None:
    letters = [*string.ascii_lowercase, *("a" + letter for letter in string.ascii_lowercase)]
    _, disks, _ = libvirt(guest([f"{n}.img" for n in range(30)]).plan(target=target))
    assert [disk[1] for disk in disks] == [stem + letter for letter in letters[first : first + 30]]


@pytest.mark.parametrize("target", ["unix", "qubes", "hvt", "muen", "genode"])
def test_other_targets_have_none_of_these(target: str) -> None:
    main = foreign("Unikernel.Main", network >> job) @ default_network
    names = register("guest", [main]).plan(target=target).files()
    assert not [name for name in names if name.endswith((".xl", ".xl.in", ".xe", ".xml"))]


ONE, TWO, THREE = (block_of_file(f"{n}.img") for n in (1, 2, 3))


def over(name: str, disks: int, **more: Any) -> Any:
    """Return a job over this many disks."""
    signature = foreign("Unikernel.Main", job).signature
    for _ in range(disks):
        signature = block >> signature
    return foreign(name, signature, **more)


NUMBERED: dict[str, tuple[list[Any], str]] = {
    "arguments": ([over("M", 3)(TWO, ONE, THREE)], "213"),
    "a dependency": ([over("M", 1, deps=[TWO])(ONE)], "21"),
    "dependencies": ([over("M", 0, deps=[ONE, TWO, THREE])], "321"),
    "jobs": ([over("M1", 1)(ONE), over("M2", 1)(TWO), over("M3", 1)(THREE)], "321"),
    "jobs, and a dependency": ([over("M1", 1, deps=[THREE])(ONE), over("M2", 1)(TWO)], "231"),
    "an archive": ([foreign("M", kv_ro >> (block >> (block >> job)))(archive(THREE), ONE, TWO)], "312"),
    "shared": ([over("M1", 2)(ONE, TWO), over("M2", 2)(TWO, THREE)], "231"),
}
"""Jobs, and the order of their disks' numbers, as MirageOS 3.3.1 printed them for each."""


@pytest.mark.parametrize("name", NUMBERED)
def test_disks_have_the_numbers_that_mirageos_gives_them(name: str) -> None:
    jobs, order = NUMBERED[name]
    filled = settings(register("numbered", jobs).plan(target="xen").files()["numbered.xl"])
    assert filled["disk"] == [
        f"format=raw, vdev=xvd{letter}, access=rw, target={disk}.img"
        for letter, disk in zip("bcd", order, strict=False)
    ]

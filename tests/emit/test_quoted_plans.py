"""Text from users in a plan is unchanged in its files, in every language, or is refused."""

from __future__ import annotations

import re
import shlex
import string
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import functoria
from functoria import FunctoriaError, Impl, Key, Plan, arg, foreign, job, package
from functoria.errors import InvalidPackage, InvalidValue
from functoria.testing import opam
from mirage_devices import (
    TARGETS,
    archive_of_files,
    block,
    block_of_file,
    block_of_xenstore_id,
    console,
    crunch,
    custom_console,
    direct_kv_ro,
    fat_of_files,
    fs,
    generic_stackv4,
    kv_ro,
    netif,
    ramdisk,
    register,
    syslog,
    syslog_config,
    syslog_udp,
)
from tests.texts import (
    UNSAYABLE,
    batches,
    examples,
    lines,
    ocaml_shape,
    ocaml_strings,
    refused,
    strings,
    tokens,
    words,
)
from tests.tools import need, run

Build = Callable[[str], Plan]


def planned(term: Impl[Any], target: str, **more: Any) -> Plan:
    return register("quoted", [term], **more).plan(target=target)


def key_default(target: str, text: str) -> Plan:
    return planned(foreign("Unikernel", job, keys=[Key.opt("k", arg.string, default=text)]), target)


def key_value(target: str, text: str) -> Plan:
    key = Key.opt("k", arg.list(arg.string), default=["plain", "plain"])
    return register("quoted", [foreign("Unikernel", job, keys=[key])]).plan({key: [text, "plain"], "target": target})


def constant(target: str, text: str) -> Plan:
    return planned(foreign("Unikernel", job, keys=[Key.opt("k", arg.string, default=text, stage="configure")]), target)


def key_docv(target: str, text: str) -> Plan:
    return planned(foreign("Unikernel", job, keys=[Key.opt("k", arg.int, default=0, docv=text)]), target)


def enum_name(target: str, text: str) -> Plan:
    key = Key.opt("k", arg.enum({text: "`A", "other one": "`B"}), default=text)
    return planned(foreign("Unikernel", job, keys=[key]), target)


def log_source(target: str, text: str) -> Plan:
    assume("," not in text and text != "*")
    return register("quoted", [foreign("Unikernel", job)]).plan(target=target, logs=f"{text}:debug")


def interface(target: str, text: str) -> Plan:
    return planned(
        foreign("Unikernel", generic_stackv4(netif("0")).signature >> job) @ generic_stackv4(netif(text)), target
    )


def console_id(target: str, text: str) -> Plan:
    return planned(foreign("Unikernel", console >> job) @ custom_console(text), target)


def ramdisk_name(target: str, text: str) -> Plan:
    return planned(foreign("Unikernel", block >> job) @ ramdisk(text), target)


def syslog_hostname(target: str, text: str) -> Plan:
    client = syslog_udp(generic_stackv4(netif("0")), syslog_config(text))
    return planned(foreign("Unikernel", syslog >> job) @ client, target)


IN_OCAML: Mapping[str, tuple[Callable[[str, str], Plan], str]] = {
    "default": (key_default, "key_gen.ml"),
    "value": (key_value, "key_gen.ml"),
    "constant": (constant, "key_gen.ml"),
    "docv": (key_docv, "key_gen.ml"),
    "enum": (enum_name, "key_gen.ml"),
    "log source": (log_source, "key_gen.ml"),
    "interface": (interface, "key_gen.ml"),
    "syslog hostname": (syslog_hostname, "key_gen.ml"),
    "console": (console_id, "main.ml"),
    "ramdisk": (ramdisk_name, "main.ml"),
}


@pytest.mark.parametrize("place", IN_OCAML)
@given(text=words, target=st.sampled_from(TARGETS))
@examples(40)
def test_text_is_a_literal_of_the_program(place: str, text: str, target: str) -> None:
    build, file = IN_OCAML[place]
    if (place, target) == ("interface", "xen") and refused(lambda: build(target, text)):
        assert set(text) & UNSAYABLE, text  # the configurations of xl and libvirt contain it too
        return
    code = build(target, text).files()[file]
    assert text in ocaml_strings(code)
    assert ocaml_shape(code) == ocaml_shape(build(target, "harmless").files()[file])


@pytest.mark.parametrize("place", ["doc", "docs"])
@given(text=words)
@examples(40)
def test_documentation_of_a_key_is_a_literal_that_cmdliner_reads_back(place: str, text: str) -> None:
    def code(text: str) -> str:
        key = Key.flag("k", **{place: text})  # type: ignore[arg-type]  # both are text
        return planned(foreign("Unikernel", job, keys=[key]), "unix").files()["key_gen.ml"]

    assert text in [re.sub(r"\\([\\$])", r"\1", found) for found in ocaml_strings(code(text))]
    assert ocaml_shape(code(text)) == ocaml_shape(code("harmless"))


pins = lines.map(lambda text: "".join(c for c in text if c.isprintable() and not c.isspace())).filter(bool)


@given(pin=pins)
@examples(100)
def test_pins_read_back(pin: str) -> None:
    plan = planned(foreign("Unikernel", job, packages=[package("tcpip", pin=pin)]), "unix")
    found = tokens(plan.files()["mirage-unikernel-quoted-unix.opam"])
    start = found.index(("atom", "pin-depends"))
    assert found[start:] == [
        *(("atom", "pin-depends"), ("mark", ":"), ("mark", "["), ("mark", "[")),
        *(("string", "tcpip.dev"), ("string", pin), ("mark", "]"), ("mark", "]")),
    ]


@given(pin=words)
@examples(100)
def test_a_pin_with_blanks_or_control_characters_is_refused(pin: str) -> None:
    if all(c.isprintable() and not c.isspace() for c in pin):
        assert package("tcpip", pin=pin).pin == pin
    else:
        with pytest.raises(InvalidPackage, match="is not a URL or path"):
            package("tcpip", pin=pin)


@given(st.lists(pins, min_size=20, max_size=20))
@batches(4)
def test_the_real_opam_reads_pins_back(opam_root: Path, many: list[str]) -> None:
    packages = [package(f"p{i:02}", pin=f"git+https://example.org/{pin}") for i, pin in enumerate(many)]
    file = opam_root / "pins.opam"
    file.write_text(
        planned(foreign("Unikernel", job, packages=packages), "unix").files()["mirage-unikernel-quoted-unix.opam"]
    )
    options = ("--root", str(opam_root / "root"), "--just-file")
    shown = run("opam", "show", *options, "-f", "pin-depends", file).stdout
    assert strings(shown) == [text for p in packages for text in (f"{p.name}.dev", p.pin)]


titles = st.tuples(st.sampled_from(["a", "Unikernel-"]), words).map("".join)


@given(title=titles, core=st.booleans())
@examples(60)
def test_the_name_of_an_application_reads_back(title: str, core: bool) -> None:
    """Names of files and programs contain as much of it as a name can; opam's synopsis has the title, with single blanks."""
    make = functoria.register if core else register
    plan, plain = (make(name, [foreign("Unikernel", job)]).plan() for name in (title, "a"))
    files = plan.files()
    (opam,) = (name for name in files if name.endswith(".opam"))
    (other,) = (text for name, text in plain.files().items() if name.endswith(".opam"))
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", opam)
    found = tokens(files[opam])
    synopsis = found[found.index(("atom", "synopsis")) + 2]
    assert synopsis[0] == "string"
    assert " ".join(title.split()) in " ".join(synopsis[1].split())
    assert [kind for kind, _ in found] == [kind for kind, _ in tokens(other)]
    assert plan.info.name in strings(files["dune"])
    assert set(plan.info.name) <= set(string.ascii_letters + string.digits + "_")


@given(st.lists(titles, min_size=15, max_size=15))
@batches(3)
def test_the_real_opam_accepts_every_name(tmp_path_factory: pytest.TempPathFactory, many: list[str]) -> None:
    need("opam")
    directory = tmp_path_factory.mktemp("names")
    for number, title in enumerate(many):
        (directory / str(number)).mkdir()
        files = register(title, [foreign("Unikernel", job)]).plan().files()
        (opam,) = (name for name in files if name.endswith(".opam"))
        (directory / str(number) / opam).write_text(files[opam])
    linted = run("opam", "lint", *directory.glob("*/*.opam"), check=False)
    assert linted.stdout.count(": Passed.") == len(many), linted.stdout


@given(st.lists(st.tuples(lines.filter(str.strip), st.none() | lines.filter(str.strip)), min_size=15, max_size=15))
@batches(3)
def test_the_real_opam_accepts_every_homepage(
    tmp_path_factory: pytest.TempPathFactory, many: list[tuple[str, str | None]]
) -> None:
    need("opam")
    directory = tmp_path_factory.mktemp("homepages")
    for number, (homepage, bug_reports) in enumerate(many):
        app = functoria.register("x", [foreign("Unikernel", job)], homepage=homepage, bug_reports=bug_reports)
        text = app.plan().files()["x.opam"]
        fields = opam.read(text)
        assert (fields["homepage"], fields["bug-reports"]) == (homepage, bug_reports or homepage)
        (directory / f"{number}.opam").write_text(text)
    linted = run("opam", "lint", *directory.glob("*.opam"), check=False)
    assert linted.stdout.count(": Passed.") == len(many), linted.stdout


@pytest.mark.parametrize("said", ["", " ", 3, ["https://example.org"]])
@pytest.mark.parametrize("field", ["homepage", "bug_reports"])
@pytest.mark.parametrize("register", [register, functoria.register])
def test_what_is_no_url_is_no_homepage(register: Any, field: str, said: Any) -> None:
    with pytest.raises(InvalidValue, match=f"{field} of quoted must be the text of a URL"):
        register("quoted", [foreign("Unikernel", job)], **{field: said})


def over_files(target: str, text: str) -> Plan:
    main = foreign("Unikernel", block >> job)
    return planned(main @ block_of_file(text), target)


def over_directories(target: str, text: str) -> Plan:
    main = foreign("Unikernel", kv_ro >> kv_ro >> kv_ro >> fs >> job)
    return planned(main(crunch(text), direct_kv_ro(text), archive_of_files(text), fat_of_files(text)), target)


@given(path=words, target=st.sampled_from([t for t in TARGETS if t != "muen"]))
@examples(150)
def test_paths_of_block_devices_come_out_in_every_file(path: str, target: str) -> None:
    if refused(lambda: over_files(target, path)):
        assert set(path) & UNSAYABLE, path
        return
    files, plain = over_files(target, path).files(), over_files(target, "disk.img").files()
    assert files.keys() == plain.keys()
    assert ocaml_shape(files["main.ml"]) == ocaml_shape(plain["main.ml"])
    if target not in ("xen", "qubes"):
        assert path in ocaml_strings(files["main.ml"])
    for name, text in files.items():
        if name.endswith(".xml"):
            assert [source.get("file") for source in ElementTree.fromstring(text).iter("source")] == [path]
        if name.endswith(".xl"):
            assert f"target={path}" in [spec.partition("rw, ")[2] for spec in xl_strings(text)]
        if name.endswith(".xe"):
            assert shlex.split(text).count(f"filename={path}") == 1


def xl_strings(text: str) -> list[str]:
    """Return the strings in a configuration of xl, which has two kinds of quotes, and comments to the end of the line."""
    return [a or b for a, b in re.findall(r"""(?:'([^'\n]*)'|"([^"\n]*)")""", re.sub("(?m)^#.*$", "", text))]


@given(id=words)
@examples(40)
def test_ids_of_xenstore_are_literals(id: str) -> None:
    plan = planned(foreign("Unikernel", block >> job) @ block_of_xenstore_id(id), "qubes")
    assert id in ocaml_strings(plan.files()["main.ml"])


def harmless(path: str) -> str:
    """Return a path of the same form as `path`, with names that mean nothing in any language."""
    parts = PurePosixPath(path).parts
    if path.startswith("/"):
        return "/harmless"
    if ".." in parts or not parts:
        return "../harmless" if parts else "."
    hidden = any(part[0] in "._" for part in parts)
    return "_harmless" if hidden else "/".join(["some"] * (len(parts) > 1) + ["harmless"])


@given(path=words, target=st.sampled_from([t for t in TARGETS if t != "muen"]))
@examples(150)
def test_directories_come_out_in_every_file(path: str, target: str) -> None:
    if refused(lambda: over_directories(target, path).files()):
        assert "\0" in path, path
        return
    files, plain = over_directories(target, path).files(), over_directories(target, harmless(path)).files()
    assert ocaml_shape(files["main.ml"]) == ocaml_shape(plain["main.ml"])
    found, where = tokens(files["dune"].replace("\\%{", "%{")), PurePosixPath(path)
    assert [kind for kind, _ in found if kind == "mark"] == [
        kind for kind, _ in tokens(plain["dune"]) if kind == "mark"
    ]
    ignored = {name: tokens(text) for name, text in files.items() if name == "dune" or name.endswith("/dune")}
    if harmless(path) == "some/harmless":
        assert where.name in [text for _, text in ignored.pop(f"{where.parent}/dune")]
    elif harmless(path) == "harmless":
        assert where.name in [text for _, text in ignored["dune"]]
    assert ignored.keys() == {"dune"}
    (script,) = (text for name, text in files.items() if name.endswith("-image.sh"))
    if target in ("unix", "macosx"):
        assert path in ocaml_strings(files["main.ml"])
    commands = [text for _, text in found if "tar --format" in text]
    assert commands
    for each in (script, *commands):
        said = shlex.split(each)
        assert any(word == f"the directory {path} does not exist" for word in said)
        assert {f"data={path}", f"data=$project/{where}"}.intersection(said)


@given(st.lists(st.tuples(words, st.sampled_from(TARGETS)), min_size=12, max_size=12))
@batches(3)
def test_real_tools_read_whole_plans(tmp_path_factory: pytest.TempPathFactory, many: list[tuple[str, str]]) -> None:
    need("ocamlc", "dune")
    directory = tmp_path_factory.mktemp("plans")
    sources: list[Path] = []
    scripts: list[Path] = []
    for number, (text, target) in enumerate(many):
        here = directory / str(number)
        here.mkdir()
        try:
            files = over_directories(target, text).files()
        except FunctoriaError:
            continue
        for name, content in files.items():
            if not name.endswith(".opam"):
                (here / name).parent.mkdir(parents=True, exist_ok=True)
                (here / name).write_text(content)
        sources += [here / "main.ml", here / "key_gen.ml"]
        scripts += here.glob("*.sh")
    run("ocamlc", "-stop-after", "parsing", *sources) if sources else None
    for script in scripts:
        run("sh", "-n", script)
    read = run("dune", "external-lib-deps", "--root", ".", "@default", cwd=directory)
    assert "mirage-runtime" in read.stdout + read.stderr


NAMES = ["t t", "it's", 'a"b', "$(touch pwned)", "`touch pwned`", "%{deps}", "%{x}", "a*)", "{|b|}", "é", "a;b", "c\\d"]


@pytest.mark.parametrize("name", [*NAMES, "-x", "-", "#x", "~", "a&b", "tab\there", "a$$b"])
def test_an_archive_is_made_of_a_directory_whatever_its_name(name: str, tmp_path: Path) -> None:
    need("dune", "tar")
    (tmp_path / name).mkdir()
    (tmp_path / name / "inside").write_text("here")
    plan = planned(foreign("Unikernel", kv_ro >> job) @ archive_of_files(name), "unix")
    plan.write(tmp_path)
    (image,) = {text for text in strings((tmp_path / "dune").read_text()) if text.endswith(".img")}
    run("dune", "build", "--root", ".", image, cwd=tmp_path)
    with tarfile.open(tmp_path / "_build/default" / image) as archive:
        assert archive.getnames() == ["inside"]
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("name", ["plain", "a b", "--checkpoint-action=exec=touch pwned", "-T", "a\\nb", "a'b", "é"])
def test_an_archive_holds_files_whatever_their_names(name: str, tmp_path: Path) -> None:
    need("dune", "tar")
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "--checkpoint=1").write_text("here")
    (tmp_path / "t" / name).write_text("here")
    plan = planned(foreign("Unikernel", kv_ro >> job) @ archive_of_files("t"), "unix")
    plan.write(tmp_path)
    run("dune", "build", "--root", ".", "tar_block_t.img", cwd=tmp_path)
    with tarfile.open(tmp_path / "_build/default/tar_block_t.img") as archive:
        names = sorted(archive.getnames())
    assert names == sorted(["--checkpoint=1", name])
    assert not list(tmp_path.rglob("pwned"))

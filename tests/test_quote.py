"""Whatever text a user gives comes out as that text, in each language of the emitted files, or is refused.

The readers here share no code with the library: tree-sitter reads OCaml, a few lines read dune and opam; and the real
OCaml, opam, dune, make and sh read samples back.
"""

from __future__ import annotations

import re
import shlex
import string
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import tree_sitter
import tree_sitter_ocaml
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import functoria
from functoria import FunctoriaError, Impl, Key, Plan, arg, foreign, job, package, quote
from functoria.errors import InvalidName, InvalidPackage
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
from tests.tools import need, run

Reader = Callable[[str], list[str]]

PIECES = [
    *('"', "\\", "'", "`", "\n", "\r", "\t", "\0", "\x01", "\x1b", "\x7f", " ", "#", ";", "$", "%", "&", "|", "*", "-"),
    *("*)", "(*", "%{", "}%", "${", "$(", "$$", "}", "{", "{|", "|}", ")", "]", "\\n", '\\"', "\\\n", "\\065", "\\x41"),
    *(
        '"""',
        "%{name}%",
        "%{deps}",
        "$(shell id)",
        "`id`",
        "é",
        "ñ",
        "日本",
        "🐪",
        "\u2028",
        "\u200e",
        "\ufeff",
        "a",
        "0",
    ),
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=6).map("".join)
words = texts.filter(bool)
lines = words.map(lambda text: re.sub("[\0\r\n]", "", text)).filter(bool)
"""Text of one line, which every language here can say but XML, which has no control characters."""
lone = st.text(st.characters(categories=["Cs"]), min_size=1, max_size=2)


def examples(count: int) -> settings:
    """`count` examples, the same on every run."""
    return settings(max_examples=count, deadline=None, derandomize=True)


def batches(count: int) -> settings:
    """`count` batches of examples for a real tool, the same on every run, and not tried again one by one."""
    unasked = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(examples(count), phases=[Phase.generate], suppress_health_check=unasked)


@cache
def ocaml_parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_ocaml.language_ocaml()))


def nodes(source: str) -> Iterator[tree_sitter.Node]:
    """The nodes of OCaml code, in order; a string literal is one node."""
    pending = [ocaml_parser().parse(source.encode()).root_node]
    while pending:
        node = pending.pop()
        yield node
        if node.type != "string":
            pending.extend(reversed(node.children))


def ocaml_strings(source: str) -> list[str]:
    """The string literals of OCaml code, read as the manual says; the code must parse."""
    found = []
    for node in nodes(source):
        assert not node.has_error, source
        if node.type == "string":
            assert node.text is not None
            found.append(unescaped(node.text.decode()[1:-1]))
        assert node.type not in ("quoted_string", "comment") or b"Made by functoria" in (node.text or b""), source
    return found


def unescaped(body: str) -> str:
    """The string between OCaml's, dune's or opam's quotes."""
    simple = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b"}

    def one(match: re.Match[bytes]) -> bytes:
        code = match.group(1)
        return bytes([int(code)]) if code.isdigit() else simple.get(code, code)

    return re.sub(rb"\\([0-9]{3}|[^0-9])", one, body.encode(), flags=re.DOTALL).decode()


def ocaml_shape(source: str) -> list[str]:
    """What kinds of nodes OCaml code consists of, whatever its names and literals say."""
    return [node.type for node in nodes(source)]


TOKEN = re.compile(
    r'\s+|[;#][^\n]*|(?P<mark>[()\[\]{}:])|"(?P<string>(?:[^"\\]|\\.)*)"|(?P<atom>[^\s()\[\]{}";:]+)', re.DOTALL
)


def tokens(source: str) -> list[tuple[str, str]]:
    """A dune or opam file as tokens: marks, atoms and strings."""
    found, at = [], 0
    while at < len(source):
        match = TOKEN.match(source, at)
        assert match is not None, source[at : at + 80]
        at = match.end()
        if match.lastgroup is not None:
            found.append((match.lastgroup, unescaped(match[match.lastgroup])))
    return found


def strings(source: str) -> list[str]:
    return [text for kind, text in tokens(source) if kind in ("string", "atom")]


UNSAYABLE = {*map(chr, range(32)), *"'\"\\\ufffe\uffff"} - {"\t"}
"""What either of a guest's configurations has no way to say: quotes and backslashes in xl's, most control characters in XML."""


def refused(act: Callable[[], object]) -> bool:
    """Whether `act` says that a text cannot be said."""
    try:
        act()
    except InvalidName:
        return True
    return False


@given(texts)
@examples(200)
def test_ocaml_reads_a_literal_back(text: str) -> None:
    assert ocaml_strings(f"let x = {quote.ocaml(text)}") == [text]


@given(st.lists(texts, min_size=60, max_size=60))
@batches(5)
def test_the_real_ocaml_reads_literals_back(tmp_path_factory: pytest.TempPathFactory, many: list[str]) -> None:
    need("ocaml")
    program = tmp_path_factory.mktemp("ocaml") / "strings.ml"
    items = ";\n".join(map(quote.ocaml, many))
    show = 'let () = List.iter (fun s -> String.iter (fun c -> Printf.printf "%02x" (Char.code c)) s; print_newline ())'
    program.write_bytes(f"{show} [\n{items}]\n".encode())
    run("ocamlc", "-stop-after", "parsing", "-impl", program)
    printed = run("ocaml", "-w", "+a", program).stdout.split("\n")[:-1]
    assert [bytes.fromhex(line).decode() for line in printed] == many


@given(texts)
@examples(200)
def test_cmdliner_reads_documentation_back(text: str) -> None:
    assert re.sub(r"\\([\\$])", r"\1", quote.cmdliner(text)) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*\$", quote.cmdliner(text))


@given(texts)
@examples(200)
def test_opam_strings_read_back(text: str) -> None:
    assert tokens(quote.opam(text)) == [("string", text)]


@pytest.fixture(scope="module")
def opam_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("opam")
    root = tmp_path_factory.mktemp("opam")
    (root / "repository").mkdir()
    (root / "repository" / "repo").write_text('opam-version: "2.0"\n')
    run(
        "opam", "init", "--bare", "--no-setup", "--disable-sandboxing", root / "repository", OPAMROOT=str(root / "root")
    )
    return root


@given(st.lists(lines.filter(str.strip), min_size=40, max_size=40))
@batches(5)
def test_the_real_opam_reads_strings_back(opam_root: Path, many: list[str]) -> None:
    # Each string is the URL of a pin and the name of an author; opam shows a list of authors joined by commas.
    authors = "".join(f"  {quote.opam(text)}\n" for text in many)
    file = opam_root / "strings.opam"
    file.write_text(
        f'opam-version: "2.0"\nname: "strings"\nmaintainer: "me"\nsynopsis: "Strings"\nauthors: [\n{authors}]\n'
    )
    options = ("--root", str(opam_root / "root"), "--just-file")
    shown = run("opam", "show", *options, "-f", "authors", file).stdout
    assert shown == ", ".join(many) + "\n"


@given(texts)
@examples(200)
def test_dune_strings_read_back(text: str) -> None:
    ((kind, read),) = tokens(quote.dune(text).replace("\\%{", "%{")) or [("", "")]
    assert read == text
    assert kind == "string" or not text.startswith(":")


@given(st.lists(texts, min_size=100, max_size=100))
@batches(3)
def test_the_real_dune_reads_strings_back(tmp_path_factory: pytest.TempPathFactory, many: list[str]) -> None:
    need("dune")
    directory = tmp_path_factory.mktemp("dune")
    rule = "(rule (targets out{0}) (action (with-stdout-to out{0} (echo {1}))))\n"
    (directory / "dune-project").write_text("(lang dune 1.1)\n")
    (directory / "dune").write_bytes("".join(rule.format(i, quote.dune(text)) for i, text in enumerate(many)).encode())
    targets = [f"out{i}" for i in range(len(many))]
    run("dune", "build", "--root", ".", *targets, cwd=directory)
    assert [(directory / "_build/default" / out).read_bytes().decode() for out in targets] == many


@given(st.lists(texts, min_size=100, max_size=100))
@batches(3)
def test_the_real_shell_reads_words_back(many: list[str]) -> None:
    sayable = [text for text in many if not refused(lambda text=text: quote.sh(text))]  # type: ignore[misc]  # its default binds it
    assert sayable == [text for text in many if "\0" not in text]
    script = f"printf '%s\\0' {' '.join(map(quote.sh, sayable))}"
    for shell in ("sh", "dash", "bash"):
        need(shell)
        printed = subprocess.run([shell, "-c", script], capture_output=True, check=True).stdout
        assert printed.decode().split("\0")[:-1] == sayable
    assert shlex.split(" ".join(map(quote.sh, sayable))) == sayable


@given(st.lists(texts, min_size=60, max_size=60))
@batches(5)
def test_the_real_make_reads_words_back(tmp_path_factory: pytest.TempPathFactory, many: list[str]) -> None:
    need("make")
    sayable = [text for text in many if not refused(lambda text=text: quote.make(quote.sh(text)))]  # type: ignore[misc]  # its default binds it
    assert sayable == [text for text in many if not set(text) & set("\0\r\n")]
    recipes = "".join(f"\t@printf '%s\\n' {quote.make(quote.sh(text))}\n" for text in sayable)
    makefile = tmp_path_factory.mktemp("make") / "Makefile"
    makefile.write_bytes(f"all:\n{recipes}".encode())
    assert run("make", "-s", "-f", makefile).stdout == "".join(f"{text}\n" for text in sayable)


@given(st.tuples(texts, lone, texts).map("".join))
@examples(100)
def test_no_language_says_a_lone_surrogate(text: str) -> None:
    for say in (quote.ocaml, quote.opam, quote.dune, quote.make, quote.sh):
        with pytest.raises(InvalidName):
            say(text)


@given(st.tuples(lines, st.sampled_from("\0\r\n"), lines).map("".join))
@examples(100)
def test_make_says_only_lines(text: str) -> None:
    with pytest.raises(InvalidName, match="line break or a zero byte, which make cannot say"):
        quote.make(text)


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


def key_section(target: str, text: str) -> Plan:
    return planned(foreign("Unikernel", job, keys=[Key.flag("k", docs=text)]), target)


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
    "section": (key_section, "key_gen.ml"),
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
        assert set(text) & UNSAYABLE, text  # xl's configuration and libvirt's name it too
        return
    code = build(target, text).files()[file]
    assert text in ocaml_strings(code)
    assert ocaml_shape(code) == ocaml_shape(build(target, "harmless").files()[file])


@given(text=words)
@examples(40)
def test_documentation_of_a_key_is_a_literal_that_cmdliner_reads_back(text: str) -> None:
    code = planned(foreign("Unikernel", job, keys=[Key.flag("k", doc=text)]), "unix").files()["key_gen.ml"]
    assert text in [re.sub(r"\\([\\$])", r"\1", found) for found in ocaml_strings(code)]


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
    """Names of files and programs hold what a name can; opam's synopsis has the title, its blanks as one."""
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
    assert " error " not in linted.stdout + linted.stderr, linted.stdout


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
    """The strings of a configuration of xl, which has either quotes; comments to the end of the line."""
    return [a or b for a, b in re.findall(r"""(?:'([^'\n]*)'|"([^"\n]*)")""", re.sub("(?m)^#.*$", "", text))]


@given(id=words)
@examples(40)
def test_ids_of_xenstore_are_literals(id: str) -> None:
    plan = planned(foreign("Unikernel", block >> job) @ block_of_xenstore_id(id), "qubes")
    assert id in ocaml_strings(plan.files()["main.ml"])


@given(path=words, target=st.sampled_from([t for t in TARGETS if t != "muen"]))
@examples(150)
def test_directories_come_out_in_every_file(path: str, target: str) -> None:
    if refused(lambda: over_directories(target, path).files()):
        assert set(path) & set("\0\r\n") or path.startswith("/") or ".." in path.split("/"), path
        return
    files, plain = over_directories(target, path).files(), over_directories(target, "harmless").files()
    assert ocaml_shape(files["main.ml"]) == ocaml_shape(plain["main.ml"])
    found = tokens(files["dune"].replace("\\%{", "%{"))
    if path not in (".", "./"):
        assert [kind for kind, _ in found if kind == "mark"] == [
            kind for kind, _ in tokens(plain["dune"]) if kind == "mark"
        ]
        assert path in [text for _, text in found]
    (script,) = (text for name, text in files.items() if name.endswith("-image.sh"))
    assert path in shlex.split(script)
    if target in ("unix", "macosx"):
        assert path in ocaml_strings(files["main.ml"])
    commands = [shlex.split(text) for _, text in found if "tar --format" in text]
    assert commands
    assert all(path in words for words in commands)


@pytest.mark.parametrize("directory", ["/srv/www", "..", "../www", "www/../../www"])
@pytest.mark.parametrize("make", [crunch, archive_of_files, fat_of_files])
def test_a_directory_that_dune_cannot_copy_is_refused(make: Callable[[str], Impl[Any]], directory: str) -> None:
    device = make(directory)
    with pytest.raises(FunctoriaError, match=re.escape(directory)):
        planned(foreign("Unikernel", device.signature >> job) @ device, "unix").files()


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
                (here / name).write_text(content)
        sources += [here / "main.ml", here / "key_gen.ml"]
        scripts += here.glob("*.sh")
    run("ocamlc", "-stop-after", "parsing", *sources) if sources else None
    for script in scripts:
        run("sh", "-n", script)
    read = run("dune", "external-lib-deps", "--root", ".", "@default", cwd=directory)
    assert "mirage-runtime" in read.stdout + read.stderr


NAMES = ["t t", "it's", 'a"b', "$(touch pwned)", "`touch pwned`", "%{deps}", "%{x}", "a*)", "{|b|}", "é", "a;b", "c\\d"]


@pytest.mark.parametrize("name", [*NAMES, "-x", "#x", "~", "a&b", "tab\there", "a$$b"])
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
        names = sorted(name.removeprefix("./") for name in archive.getnames())
    assert names == sorted(["--checkpoint=1", name])
    assert not list(tmp_path.rglob("pwned"))

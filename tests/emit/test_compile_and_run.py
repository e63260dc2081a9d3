"""Files emitted for unix compile without warnings under dune's default profile, and the programs behave as described."""

from __future__ import annotations

import hashlib
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import Plan
from tests.ocaml_runtime import (
    UNIKERNELS,
    Runtime,
    Unikernel,
    application,
    configuration,
    connected,
    echoes,
    escaped,
    free_port,
    opam_root,
)
from tests.tools import need, run


def test_ocamlfind_finds_all_libraries_too(runtime: Runtime) -> None:
    names = sorted(path.parent.name for path in UNIKERNELS.glob("*/config.py"))
    libraries = {library for name in names for library in chosen(name).libraries}
    assert {"tcpip.stack-direct", "logs-syslog.mirage", "mirage-unix"} < libraries
    run("ocamlfind", "query", *sorted(libraries), **runtime.variables)


def chosen(name: str) -> Plan:
    """Return the plan of a unikernel for unix, with the keys that its configuration requires."""
    needed = {"fixed-needed": "10.1.2.3/8"} if name == "arguments" else {}
    return application(name).plan({"target": "unix", **needed})


def test_noop_does_nothing(runtime: Runtime, tmp_path: Path) -> None:
    done = runtime.build("noop", tmp_path).run()
    assert done.stdout + done.stderr == ""


@pytest.fixture(scope="module")
def hello(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Unikernel:
    return runtime.build("hello", tmp_path_factory.mktemp("hello"))


def test_hello_says_its_default(hello: Unikernel) -> None:
    done = hello.run()
    assert done.stdout == "Hello World!\n" * 2
    assert done.stderr == ""


def test_hello_says_what_it_is_told_to(hello: Unikernel) -> None:
    assert hello.output("--hello=Ciao") == "Ciao\n" * 2
    assert hello.output("--hello", "Ciao") == "Ciao\n" * 2


def test_hello_says_what_was_configured_unless_told_otherwise(runtime: Runtime, tmp_path: Path) -> None:
    bonjour = runtime.build("hello", tmp_path, {"hello": 'Bonjour "tout le monde" \\o/ 100%'})
    assert bonjour.output() == 'Bonjour "tout le monde" \\o/ 100%\n' * 2
    assert bonjour.output("--hello=Ciao") == "Ciao\n" * 2


def test_help_lists_the_runtime_keys_and_no_others(hello: Unikernel) -> None:
    text = hello.output("--help=plain")
    assert "--hello=VAL (absent=Hello World!)" in text
    assert "What the unikernel says." in text
    assert re.search(r"-l LEVEL, --logs=LEVEL .*MIRAGE_LOGS", text)
    assert text.index("UNIKERNEL PARAMETERS") < text.index("--logs=LEVEL") < text.index("APPLICATION OPTIONS")
    for key in application("hello").plan(target="unix").keys:
        assert key.runtime == any(f"{option}=" in text for option in key.options)


def test_an_unknown_option_is_refused_before_anything_runs(hello: Unikernel) -> None:
    done = hello.run("--nope", status=64)
    assert done.stdout == ""
    assert "unknown option '--nope'" in done.stderr


@pytest.mark.parametrize("threshold", ["*:debug", "debug", "greeter:debug", "error,greeter:debug"])
def test_logs_are_as_verbose_as_asked(hello: Unikernel, threshold: str) -> None:
    for done in (hello.run("-l", threshold), hello.run(MIRAGE_LOGS=threshold)):
        assert done.stdout == "Hello World!\n" * 2
        assert done.stderr.count("DEBUG [greeter] about to say it") == 2


@pytest.mark.parametrize("threshold", ["*:info", "other:debug,info", "debug,greeter:error"])
def test_logs_are_no_more_verbose_than_asked(hello: Unikernel, threshold: str) -> None:
    assert "about to say it" not in hello.run("-l", threshold).stderr


@pytest.mark.parametrize("name", ["hello", "store"])
def test_what_is_emitted_compiles_with_all_warnings_as_errors(runtime: Runtime, tmp_path: Path, name: str) -> None:
    runtime.build(name, tmp_path, {"warn_error": "true"}).run()


def test_logs_configured_are_the_default(runtime: Runtime, tmp_path: Path) -> None:
    loud = runtime.build("hello", tmp_path, {"logs": "*:error,greeter:debug"})
    assert loud.run().stderr.count("about to say it") == 2
    assert loud.run("-l", "*:info").stderr == ""


def test_the_clocks_tell_the_time(runtime: Runtime, tmp_path: Path) -> None:
    clock = runtime.build("clock", tmp_path)
    start = time.time()
    days, picoseconds, before, after = map(int, clock.output().split())
    end = time.time()
    assert start - 0.001 <= days * 86_400 + picoseconds / 1e12 <= end + 0.001
    assert 0 <= before <= after


def test_what_is_typed_comes_back_on_the_other_console(runtime: Runtime, tmp_path: Path) -> None:
    console = runtime.build("console", tmp_path)
    assert console.run(typed="piñata").stdout == "PIñATA\ndone\n"
    assert console.run().stdout == "done\n"


@pytest.mark.parametrize("prng", ["stdlib", "nocrypto", "fortuna"])
def test_random_numbers_differ(runtime: Runtime, tmp_path: Path, prng: str) -> None:
    none, *some = runtime.build("random", tmp_path, {"prng": prng}).output().split()
    assert none == f"0:{hashlib.md5(b'').hexdigest()}"
    assert len(set(some)) == 2
    assert all(re.fullmatch("16:[0-9a-f]{32}", number) for number in some)


@pytest.mark.parametrize("way", ["direct", "crunch", "archive"])
def test_a_store_holds_the_files_of_a_directory(runtime: Runtime, tmp_path: Path, way: str) -> None:
    sources, directory = tmp_path / "sources", tmp_path / "project"
    shutil.copytree(UNIKERNELS / "store", sources)
    (sources / "data/sub/long.bin").write_bytes(bytes(range(256)) * 40)
    (sources / "data/name with blanks").write_text("blanks\n")
    store = runtime.build("store", directory, {"kv_ro": way}, sources=sources)
    files = [path for path in (sources / "data").rglob("*") if path.is_file()]
    keys = {str(path.relative_to(sources / "data")): path.read_bytes() for path in files}
    assert len(keys) == 5
    want = {key: (len(held), hashlib.md5(held).hexdigest(), held[2:5]) for key, held in keys.items()}
    got = {}
    for line in store.output(f"--ask={escaped(','.join([*keys, 'absent', 'sub']))}").splitlines():
        if found := re.fullmatch(r'(.*): (\d+) ([0-9a-f]{32}) "(.*)"', line):
            key, size, digest, part = found.groups()
            bytes_of = re.sub(r"\\(\d{3})", lambda code: chr(int(code[1])), part.replace("\\n", "\n")).encode("latin-1")
            got[key] = (int(size), digest, bytes_of)
        else:
            assert line in ("absent: no such key", "sub: no such key")
    assert got == want


def test_an_archive_is_made_again_when_a_file_changes(runtime: Runtime, tmp_path: Path) -> None:
    need("tar")
    sources, directory = tmp_path / "sources", tmp_path / "project"
    shutil.copytree(UNIKERNELS / "store", sources)
    runtime.build("store", directory, {"kv_ro": "archive"}, sources=sources)
    (sources / "data/readme").write_text("another text\n")
    store = runtime.build("store", directory, {"kv_ro": "archive"}, sources=sources)
    assert store.output("--ask=readme").startswith("readme: 13 ")
    (image,) = directory.glob("*.img")
    assert run("tar", "-tf", image).stdout.split() == ["empty", "readme", "sub/nested.bin"]


def test_blocks_read_back_what_was_written(runtime: Runtime, tmp_path: Path) -> None:
    blocks = runtime.build("blocks", tmp_path)
    (tmp_path / "one.img").write_bytes(b"\x01" * 512 * 8)
    (tmp_path / "two.img").write_bytes(b"\x02" * 512 * 20)
    lines = blocks.output().splitlines()
    assert lines[0::2] == [
        "one: 8 sectors, 1, sector 7 of one",
        "two: 20 sectors, 2, sector 19 of two",
        "ram: 32768 sectors, 0, sector 32767 of ram",
    ]
    assert lines[1::2] == [f"{name}: beyond the end of the device" for name in ("one", "two", "ram")]
    for name, mark, last in (("one", b"\x01", 7), ("two", b"\x02", 19)):
        held = (tmp_path / f"{name}.img").read_bytes()
        assert held == mark * 512 * last + f"sector {last} of {name}".encode().ljust(512, b".")


def test_an_echo_service_on_the_sockets_of_the_host(runtime: Runtime, tmp_path: Path) -> None:
    echo = runtime.build("echo", tmp_path, {"net": "socket", "ips": "192.0.2.1"})
    port = free_port(socket.SOCK_STREAM)
    command = [str(echo.program), f"--port={port}", "--ips=127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        with connected(port, process) as client:
            echoes(client)
        output, errors = process.communicate(timeout=120)
    assert (process.returncode, output, errors) == (0, "", "")


def test_devices_start_after_what_they_depend_on_and_once(runtime: Runtime, tmp_path: Path) -> None:
    lines = runtime.build("order", tmp_path).output().splitlines()
    assert lines == [
        'opened the "main" ledger',
        'first signs the "main" ledger',
        'second signs the "main" ledger',
        "first and second signed: first, second",
    ]


DECLARED = {
    "string": "plain text",
    "bool": "false",
    "int": "-7",
    "ints": "1,2",
    "maybe": "none",
    "maybes": "",
    "colour": "red",
    "fruits": "pear",
    "ipv4": "192.0.2.1",
    "interface": "10.0.0.2 in 10.0.0.0/24",
    "ipv6": "2001:db8::1",
    "network": "2001:db8::/32",
    "threshold": "*:info",
    "fixed": "never said",
    "late": "as declared",
    "flag": "false",
    "fixed-flag": "false",
    "late-flag": "false",
    "needed": "3",
    "fixed-needed": "10.1.2.3 in 10.0.0.0/8",
    "late-needed": "now",
    "renamed": "long or short",
    "quick": "false",
}
"""What the unikernel `arguments` prints if only required arguments are given."""

GIVEN = {
    "string": ('two  words, "quoted" \\ $(b,x) %d', 'two  words, "quoted" \\ $(b,x) %d'),
    "bool": ("true", "true"),
    "int": ("0x2a", "42"),
    "ints": ("3,-4,4611686018427387903", "3,-4,4611686018427387903"),
    "maybe": ("a text", "some a text"),
    "maybes": ("5,-6", "some 5,some -6"),
    "colour": ("crimson", "dark-red"),
    "fruits": ("apple,pear,apple", "apple,pear,apple"),
    "ipv4": ("203.0.113.9", "203.0.113.9"),
    "interface": ("172.20.5.4/12", "172.20.5.4 in 172.16.0.0/12"),
    "ipv6": ("fe80::0:1", "fe80::1"),
    "network": ("fe80::/10", "fe80::/10"),
    "threshold": ("tcp.pcb:debug", "tcp.pcb:debug"),
    "needed": ("-5", "-5"),
    "renamed": ("c", "c"),
}
"""For each key that can be configured and given at boot: the text of its value, and what the unikernel prints for it."""


MUST = ("--needed=3", "--late-needed=now")
"""The argument that it refuses to boot without."""


def printed(unikernel: Unikernel, *arguments: str, **variables: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in unikernel.output(*arguments, **variables).splitlines())


@pytest.fixture(scope="module")
def arguments(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Unikernel:
    return runtime.build("arguments", tmp_path_factory.mktemp("arguments"), {"fixed-needed": "10.1.2.3/8"})


def test_keys_have_their_declared_defaults(arguments: Unikernel) -> None:
    assert printed(arguments, *MUST) == DECLARED


def test_keys_given_at_boot(arguments: Unikernel) -> None:
    given = {name: text for name, (text, _) in GIVEN.items()}
    options = [f"--{'other-name' if name == 'renamed' else name}={escaped(text)}" for name, text in given.items()]
    want = {name: shown for name, (_, shown) in GIVEN.items()}
    flags = {"flag": "true", "late-flag": "true", "late": "later", "late-needed": "now"}
    got = printed(arguments, *options, "--flag", "--late-flag", "--late=later", "--late-needed", "now")
    assert got == {**DECLARED, **want, **flags}


def test_keys_given_when_configured_are_the_defaults_at_boot(
    runtime: Runtime, arguments: Unikernel, tmp_path: Path
) -> None:
    given: dict[str, Any] = {name: text for name, (text, _) in GIVEN.items()}
    given |= {"fixed": 'a "fixed" text', "flag": True, "fixed-flag": True, "fixed-needed": "10.1.2.3/31"}
    configured = runtime.build("arguments", tmp_path, given)
    want = {
        **DECLARED,
        **{name: shown for name, (_, shown) in GIVEN.items()},
        "fixed": 'a "fixed" text',
        "flag": "true",
        "fixed-flag": "true",
        "fixed-needed": "10.1.2.3 in 10.1.2.2/31",
    }
    assert printed(configured, "--late-needed=now") == want
    again = [f"--{name}={text}" for name, text in (("int", "8"), ("interface", "10.0.0.9/8"), ("fruits", "pear"))]
    told = {"int": "8", "interface": "10.0.0.9 in 10.0.0.0/8", "fruits": "pear", "flag": "true"}
    assert printed(configured, *again, "--flag", "--late-needed=now") == {**want, **told}


def test_an_alias_sets_what_is_not_set_itself(runtime: Runtime, tmp_path: Path) -> None:
    context = {"quick": True, "fixed": "said myself", "fixed-needed": "10.1.2.3/8"}
    quick = runtime.build("arguments", tmp_path, context)
    assert printed(quick, *MUST) == {**DECLARED, "fixed": "said myself", "int": "99", "quick": "true"}
    assert printed(quick, *MUST, "--int=1")["int"] == "1"


def test_an_option_has_all_its_names_and_its_variable(arguments: Unikernel) -> None:
    (key,) = (key for key in configuration("arguments")["kinds"] if key.name == "renamed")
    assert key.options == ("-r", "--ü", "--other-name")
    for option in key.options:
        assert printed(arguments, *MUST, option, "given")["renamed"] == "given"
    assert printed(arguments, *MUST, RENAMED="variable")["renamed"] == "variable"
    assert printed(arguments, *MUST, "--other-name=option", RENAMED="variable")["renamed"] == "option"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--late-needed=now"], "required option --needed is missing"),
        (["--needed=3"], "required option --late-needed is missing"),
        ([*MUST, "--fixed=x"], "unknown option '--fixed'"),
        ([*MUST, "--quick"], "unknown option '--quick'"),
        ([*MUST, "--int=many"], "option '--int'"),
        ([*MUST, "--colour=green"], "option '--colour'"),
        ([*MUST, "--interface=10.0.0.2"], "option '--interface'"),
        ([*MUST, "--ipv6=10.0.0.2"], "option '--ipv6'"),
        ([*MUST, "--threshold=x:loud"], "option '--threshold'"),
        ([*MUST, "--string=two words"], "too many arguments"),
    ],
)
def test_what_cannot_be_is_refused_at_boot(arguments: Unikernel, words: list[str], complaint: str) -> None:
    done = arguments.run(*words, status=64)
    assert done.stdout == ""
    assert complaint in done.stderr


@pytest.fixture(scope="module")
def texts(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Unikernel:
    return runtime.build("texts", tmp_path_factory.mktemp("texts"))


def test_texts_of_all_kinds_are_configured(texts: Unikernel) -> None:
    want = configuration("texts")["TEXTS"]
    assert [bytes.fromhex(line).decode() for line in texts.output().splitlines()] == want * 2


def test_texts_of_all_kinds_are_shown_by_help(texts: Unikernel) -> None:
    shown = " ".join(texts.output("--help=plain").split())
    for number, text in enumerate(configuration("texts")["TEXTS"]):
        if text.isprintable():
            assert " ".join(text.split()) in shown
            assert " ".join(f"SECTION {number} {text} --text-{number}=".split()) in shown


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_is_given_at_boot_where_blanks_are_escaped(texts: Unikernel, text: str) -> None:
    first = texts.output(f"--text-0={escaped(text)}".encode()).splitlines()[0]
    assert bytes.fromhex(first).decode() == text


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("network", {}),
        ("network", {"dhcp": "true"}),
        ("network", {"net": "socket"}),
        ("network", {"prng": "nocrypto", "ipv4": "192.168.0.2/31", "private-ipv4-gateway": "192.168.0.1"}),
        ("ipv6", {}),
        ("conduit", {}),
        ("conduit", {"net": "socket"}),
        ("syslog", {}),
        ("syslog", {"transport": "tcp", "dhcp": "true"}),
        ("syslog", {"transport": "tls", "syslog": "192.0.2.4", "syslog-port": "6514"}),
        ("fat", {}),
    ],
    ids=str,
)
def test_stacks_and_what_is_above_them_compile(
    runtime: Runtime, tmp_path: Path, name: str, context: dict[str, str]
) -> None:
    unikernel = runtime.build(name, tmp_path, context)
    options = unikernel.output("--help=plain")
    for key in application(name).plan({"target": "unix", **context}).keys:
        assert key.runtime == (f"{key.options[-1]}=" in options)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_logs_are_sent_to_a_server(runtime: Runtime, tmp_path: Path, transport: str) -> None:
    syslog = runtime.build("syslog", tmp_path, {"net": "socket", "transport": transport})
    assert "the unikernel is running" in syslog.run().stderr
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(type=kind) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(60)
        if transport == "tcp":
            server.listen()
        where = ["--syslog=127.0.0.1", f"--syslog-port={server.getsockname()[1]}"]
        for hostname, options in (('host "one"', []), ("another", ["--syslog-hostname=another"])):
            assert syslog.run(*where, *options).stderr == ""
            if transport == "udp":
                got = server.recv(65_536)
            else:
                connection, _ = server.accept()
                with connection:
                    got = connection.makefile("rb").readline().rstrip(b"\n")
            message = f"<14>{hostname} application: the unikernel is running, and has more to say"
            assert got.decode() == message[:60]


def test_a_unikernel_knows_what_it_was_built_with(runtime: Runtime, tmp_path: Path) -> None:
    plan = application("app_info").plan(target="unix")
    depends: dict[str, list[str]] = {package.name: [] for package in plan.packages if not package.build}
    depends["lwt"] = ["ocplib-endian"]
    depends |= {"ocplib-endian": [], "unrelated": ["lwt"]}
    unikernel = runtime.build("app_info", tmp_path / "project", **opam_root(tmp_path / "opam", depends))
    first, *packages = unikernel.output().splitlines()
    assert first == f"app_info has {' '.join(plan.libraries)}"
    versions = {name: f"1.{number}~dev+x" for number, name in enumerate(depends)}
    del versions["unrelated"]
    assert dict(line.split(" ") for line in packages) == versions

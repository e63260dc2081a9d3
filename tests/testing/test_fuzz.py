"""Whatever text is given when configuring, only a FunctoriaError escapes.

Each test tries a fixed number of inputs; FUNCTORIA_FUZZ multiplies it (`FUNCTORIA_FUZZ=100 pytest tests/testing/test_fuzz.py`).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functoria import (
    Bounds,
    FunctoriaError,
    Key,
    Package,
    Version,
    arg,
    foreign,
    job,
    merge,
    package,
    quote,
    register,
)
from functoria.cli import main
from functoria.opam.file import condition, of_data, parse, to_data
from functoria.opam.formula import Environment, Formula
from functoria.opam.repository import Repository
from functoria.project.state import NAME, State
from mirage_devices import ipv4_config, ipv6_config, noop, syslog_config
from mirage_devices import register as mirage
from mirage_devices.v3 import arguments
from tests import recorded

MORE = int(os.environ.get("FUNCTORIA_FUZZ", "1"))
EXAMPLES = 500 * MORE
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=MORE == 1,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
slow = settings(fuzzed, max_examples=EXAMPLES // 5)

HOSTILE = [
    *(
        "",
        " ",
        "\0",
        "\n",
        "\r\n",
        "\ud800",
        "é",
        "İ",
        "١",
        "𝟙",
        "\u202e",
        "-",
        "--",
        "~",
        ".",
        "..",
        "/",
        "$(x)",
        "`x`",
    ),
    *(
        '"',
        '\\"',
        "%{x}%",
        "*)",
        "(*",
        "{|",
        "|}",
        "&",
        "|",
        "!",
        "#",
        "'",
        ";",
        "=",
        ",",
        "0" * 5000,
        "9" * 5000,
        "1." * 500,
    ),
    *(
        ">=1",
        "<2",
        "~=1",
        ">=",
        "==1.*",
        "~=9",
        "1e400",
        "nan",
        "0x",
        "0b2",
        "-0",
        "a" * 300,
        "true",
        "None",
        "1.0-",
        "v",
        "v9",
    ),
]
text = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=20),
    st.text(st.characters(codec=None), max_size=12),
    st.text(st.sampled_from("0159.~-+v_ab>=<,!*"), max_size=16),
    st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join),
)
anything = st.one_of(
    text, st.none(), st.integers(), st.floats(), st.binary(max_size=6), st.lists(text, max_size=2), st.booleans()
)


def attempt(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Return the result of `function`, or None for a FunctoriaError with a message; other errors pass through."""
    try:
        return function(*arguments, **named)
    except FunctoriaError as error:
        said = error
    assert said.message
    assert str(said).startswith(said.message)
    return None


@fuzzed
@given(anything, anything)
def test_versions(one: Any, two: Any) -> None:
    versions = [made for made in (attempt(Version, one), attempt(Version, two)) if made is not None]
    for version in versions:
        attempt(version.next_incompatible)
        attempt(Bounds.compatible, version)
        assert version == Version(str(version))
    assert versions == sorted(versions) or versions[::-1] == sorted(versions)


@fuzzed
@given(anything, anything)
def test_bounds(one: Any, two: Any) -> None:
    found = [attempt(Bounds.of_opam, one), attempt(Bounds.of_specifiers, two), attempt(Bounds, one, two)]
    bounds = [made for made in found if made is not None]
    for made in bounds:
        attempt(made.allows, one)
        attempt(made.specifiers)
        assert all(made.includes(made & other) for other in bounds)


@fuzzed
@given(text, text, text, st.lists(text, max_size=2), anything)
def test_packages(name: str, low: str, high: str, libraries: list[str], pin: Any) -> None:
    made = [
        attempt(package, name),
        attempt(package, "p" + name),
        attempt(package, name, min=low, max=high),
        attempt(package, "p", min=low, max=high),
        attempt(package, "p", compatible=low),
        attempt(package, "p", sublibs=libraries),
        attempt(package, "p", ocamlfind=libraries),
        attempt(package, "p", pin=pin),
    ]
    packages: list[Package] = [one for one in made if one is not None]
    same = [one for one in packages if one.name == "p"]
    if same:
        attempt(merge, same)
    app = register("demo", [foreign("Unikernel.Main", job, packages=packages)])
    plan = attempt(app.plan)
    files = None if plan is None else attempt(plan.files)
    if plan is not None and files is not None:
        opam = next(content for file, content in files.items() if file.endswith(".opam"))
        assert Formula(parse(opam).fields["depends"]).names == tuple(one.name for one in plan.packages)


CONVERTERS = [
    *(arg.string, arg.bool, arg.int, arg.list(arg.int), arg.some(arg.string), arg.enum(["a", "b-c"])),
    *(arguments.ipv4_address, arguments.ipv4_interface, arguments.ipv6_address, arguments.ipv6_network),
    *(arguments.log_threshold, arg.list(arguments.log_threshold), arg.some(arguments.ipv4_address)),
]


@fuzzed
@given(text, st.sampled_from(CONVERTERS), anything, text, st.lists(text, max_size=2), st.none() | text, anything)
def test_keys(name: str, converter: Any, default: Any, doc: str, flags: list[str], env: str | None, value: Any) -> None:
    made = [
        attempt(Key.opt, name, converter, default=default, doc=doc, docs=doc, docv=doc, env=env, flags=flags or None),
        attempt(Key.opt, "k", converter, default=default, doc=doc),
        attempt(Key.flag, name, doc=doc, flags=flags or None),
        attempt(Key.required, "k" + name, converter, env=env),
        attempt(Key.required, "k", converter),
    ]
    for key in made:
        if key is not None:
            attempt(key.accept, value)
            app = register("demo", [foreign("Unikernel.Main", job, keys=[key])])
            plan = attempt(app.plan, {key: value})
            if plan is not None:
                attempt(plan.files)


@fuzzed
@given(text, text, anything, anything)
def test_names_and_addresses(name: str, module: str, one: Any, two: Any) -> None:
    for function, arguments_ in (
        (register, (name, [])),
        (mirage, (name, [noop])),
        (foreign, (module, job)),
        (ipv4_config, (one, two)),
        (ipv6_config, (one, two)),
        (syslog_config, (one,)),
    ):
        made = attempt(function, *arguments_)
        if function is mirage and made is not None:
            plan = attempt(made.plan)
            if plan is not None:
                attempt(plan.files)


@fuzzed
@given(st.lists(st.tuples(text, anything), max_size=3))
def test_contexts(pairs: list[tuple[str, Any]]) -> None:
    names = ("target", "hello", "logs")
    app = recorded.application("hello-key")
    attempt(app.plan, dict(pairs))
    attempt(app.plan, dict(zip(names, [value for _, value in pairs], strict=False)))


@fuzzed
@given(text)
def test_quoting(one: str) -> None:
    for say in (quote.ocaml, quote.opam, quote.dune, quote.make, quote.sh):
        said = attempt(say, one)
        assert said is None or isinstance(said, str)


OPAM = [
    'opam-version: "2.0"',
    "depends: [",
    "]",
    '"a"',
    '{>= "1"}',
    "{build & ",
    "}",
    "(",
    ")",
    "|",
    "&",
    "!",
    "url {",
    "x-y: ",
    "\n",
]
opam = st.one_of(
    text, st.lists(st.one_of(st.sampled_from(OPAM), text), max_size=12).map(" ".join), st.binary(max_size=40)
)


@fuzzed
@given(opam, text)
def test_opam_files(content: str | bytes, name: str) -> None:
    read = attempt(parse, content, name=name)
    for value in () if read is None else read.fields.values():
        assert of_data(json.loads(json.dumps(to_data(value)))) == value
        formula = Formula(value)
        environment = Environment.host()
        environment.holds(value)
        for package_name in formula.names:
            formula.allows(package_name, Version("1"), environment)
            formula.hits(package_name, Version("1"), environment)
    if isinstance(content, str):
        attempt(condition, content)


@slow
@given(opam)
def test_repositories(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "packages" / "a" / "a.1" / "opam"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogatepass"))
    (tmp_path / "archive.tar").write_bytes(file.read_bytes())
    attempt(Repository.read, tmp_path / "archive.tar")
    read = Repository.read(tmp_path)
    assert read.size + len(read.unreadable) == 1
    for release in read:
        release.is_available(Environment.host())
        release.admits("a", Version("1"), Environment.host())
        assert isinstance(release.pins, tuple)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["format", "files", "app", "context"]), inner)
    ),
    max_leaves=5,
)
states = st.fixed_dictionaries(
    {
        "format": st.just(1) | plain,
        "app": st.text(max_size=3) | plain,
        "config": st.none() | plain,
        "output": st.none() | plain,
        "context": st.dictionaries(st.text(max_size=3), plain, max_size=2) | plain,
        "files": st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2) | plain,
        "products": st.lists(st.text(max_size=3), max_size=2) | plain,
    }
)


@slow
@given(st.one_of(states.map(json.dumps).map(str.encode), plain.map(json.dumps).map(str.encode), st.binary(max_size=40)))
def test_state_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    state = attempt(State.load, tmp_path)
    plan = recorded.application("noop").plan(target="unix")
    attempt(plan.diff, tmp_path)
    if state is not None:
        assert attempt(State.load, tmp_path) == state


ARGUMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["configure", "describe", "build", "clean", "help", "-f", "-t", "unix", "--dry-run", "--why", "--json"]
        ),
        st.sampled_from(["--hello", "-l", "-b", "-o", "-vv", "--file=", "-t=", "--", "-h", "--version"]),
        text,
    ),
    max_size=5,
)


@slow
@given(ARGUMENTS)
def test_command_lines(tmp_path: Path, arguments_: list[str]) -> None:
    (tmp_path / "config.py").write_text((recorded.CONFIGURATIONS / "hello-key.py").read_text())
    before = Path.cwd()
    os.chdir(tmp_path)
    # Output is below the temporary directory; with an absolute path or one containing .., it would not be.
    safe = [word for word in arguments_ if "/" not in word and ".." not in word]
    # As in a process: stderr escapes what it cannot encode, stdout fails.
    out, complaints = (
        io.TextIOWrapper(io.BytesIO(), "utf-8"),
        io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace"),
    )
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaints):
            assert main(safe) in (0, 1, 2)
    finally:
        os.chdir(before)

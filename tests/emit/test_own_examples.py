"""docs/examples: each is configured for every target of its release, built for unix, and run as far as the libraries here go."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

from functoria import App, Unsupported
from functoria.loading.configuration import load
from mirage_devices import TARGETS, v4
from tests.emit import cross
from tests.ocaml_runtime import Runtime, opam_root
from tests.tools import run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NAMES = sorted(f"{path.parent.parent.name}/{path.parent.name}" for path in EXAMPLES.glob("*/*/config.py"))
ALL = {"3.3": TARGETS, "4.11": v4.TARGETS}
REFUSED: dict[str, dict[str, set[str]]] = {
    "3.3": {"virtio": {"tracing"}, "hvt": {"tracing"}, "genode": {"tracing"}, "muen": {"tracing", "block"}},
    "4.11": {"muen": {"block", "disk-lottery", "littlefs"}},
}
"""The examples that devices refuse: with disks, which Muen does not have, and traced ones on Solo5."""
NO_LIBRARY = {
    "3.3/http-fetch": "Unbound module Cohttp_mirage.Client",
    "3.3/static-website-tls": "Unbound module Tls_mirage",
    "3.3/tracing": "tracing needs lwt.tracing, which is not installed",
    "4.11/http-fetch": "Unbound module Cohttp_lwt.S",
    "4.11/static-website-tls": "Unbound module type Cohttp_mirage.Server.S",
}
"""Examples that the tests have no signatures of libraries for, with what is missing: these are parsed, and not built."""
SAID: dict[str, tuple[list[str], str]] = {
    "noop": ([], r""),
    "noop-functor": ([], r""),
    "hello-key": (["--hello=Ciao"], r"(Ciao\n){4}"),
    "app-info": ([], r"app_info\nlibraries: .*mirage-unix(.|\n)*|app-info, compiled by OCaml \S+\n"),
    "local-library": ([], r"Hello, you\n"),
    "heads1": ([], r"Heads\nTails\nFinished\n"),
    "heads2": ([], r"((Heads|Tails)\n){5}"),
    "timeout1": (["--takes=1"], r"done\n"),
    "timeout2": (["--takes=2000"], r"cancelled\n"),
    "echo-server": ([], r"(a+\n){10}"),
    "block": ([], r"2048 sectors of 512 bytes: true\n"),
    "clock": ([], r"(day \d+, \d\d:\d\d:\d\d\n){2,}"),
    "console": ([], r"(hello\n){4}"),
    "prng": ([], r"[0-9a-f]{16}\n[0-9a-f]{32}\n[0-9a-f]{64}\n"),
    "crypto": ([], r"[0-9a-f]{16}\n[0-9a-f]{32}\n[0-9a-f]{64}\n"),
    "kv-ro": ([], r"the contents are right\n"),
    "disk-lottery": (["--sectors=1"], r"sector 0 was drawn 1 times\n"),
}
"""What examples that end print, and their arguments. The others are services, or need a network."""


def application(name: str) -> App:
    return load(EXAMPLES / name / "config.py")


def test_the_examples_are_there() -> None:
    """Those of MirageOS's tutorial, devices and applications in either release, and no others."""
    shared = {"noop", "hello-key", "app-info", "heads1", "heads2", "timeout1", "timeout2", "echo-server", "block"}
    shared |= {
        "clock",
        "conduit-server",
        "http-fetch",
        "kv-ro",
        "network",
        "ping6",
        "dhcp",
        "dns",
        "static-website-tls",
    }
    wanted = {
        "3.3": shared | {"noop-functor", "console", "prng", "tracing"},
        "4.11": shared | {"local-library", "disk-lottery", "littlefs", "docteur", "crypto"},
    }
    assert set(NAMES) == {f"{release}/{name}" for release, names in wanted.items() for name in names}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_configured_for_every_target(name: str, tmp_path: Path) -> None:
    release, _, own = name.partition("/")
    app = application(name)
    for target in ALL[release]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            if own in REFUSED[release].get(target, ()):
                with pytest.raises(Unsupported):
                    app.plan(target=target)
                continue
            plan = app.plan(target=target)
            plan.write(tmp_path / target, sources=EXAMPLES / name)
            assert plan.diff(tmp_path / target, sources=EXAMPLES / name) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_built_and_says_what_it_is_to(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    release, _, own = name.partition("/")
    runtime: Runtime = request.getfixturevalue("runtime" if release == "3.3" else "runtime4")
    plan = application(name).plan(target="unix")
    plan.write(tmp_path, sources=EXAMPLES / name)
    variables = cross.variables(runtime, tmp_path / "tools") if own == "docteur" else runtime.variables  # for its tool
    if name == "3.3/app-info":  # which asks opam for the packages
        variables = {**variables, **opam_root(tmp_path / "opam", {each.name: [] for each in plan.packages})}
    done = run("dune", "build", "--root", ".", cwd=tmp_path, check=False, **variables)
    said = done.stdout + done.stderr
    if name in NO_LIBRARY:
        assert NO_LIBRARY[name] in said
        run("ocamlfind", "ocamlc", "-stop-after", "parsing", "-c", EXAMPLES / name / "unikernel.ml", cwd=tmp_path)
        return
    assert said == ""
    program = tmp_path / (plan.info.output if release == "3.3" else f"dist/{plan.info.output}")
    if own in SAID:
        words, wanted = SAID[own]
        (tmp_path / "disk.img").write_bytes(bytes(1 << 20))
        assert re.fullmatch(wanted, run(program, *words, cwd=tmp_path).stdout)

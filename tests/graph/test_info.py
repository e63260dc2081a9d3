"""The module with information on the build, which comes from opam."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mirage_devices import app_info
from tests.emit.test_dune_rules import Project
from tests.ocaml_runtime import opam_root
from tests.tools import need, run


def test_info_gen_holds_what_opam_has_installed(tmp_path: Path) -> None:
    project = Project(tmp_path, app_info)
    text = project.dune("info_gen.ml").read_text()
    assert re.findall(r'^    (".*), (".*);$', text, re.MULTILINE) == [
        ('"lwt"', '"4.1.0"'),
        ('"mirage-runtime"', '"3.3.1"'),
        ('"odd"', '"1\\\\2\\"3"'),
    ]
    assert 'name = "rules"' in text
    libraries = "; ".join(f'"{library}"' for library in project.plan.libraries)
    assert f"libraries = [{libraries}]" in text
    asked = re.findall(r"--required-by=(\S+)", project.log.read_text())
    linked = [wanted.name for wanted in project.plan.packages if not wanted.build]
    assert asked[0].split(",") == sorted(linked)


def test_info_gen_is_ocaml_that_compiles(tmp_path: Path) -> None:
    need("ocamlfind")
    project = Project(tmp_path, app_info)
    module = project.dune("info_gen.ml")
    (tmp_path / "mirage_info.ml").write_text(
        "type t = { name : string; libraries : string list; packages : (string * string) list }"
    )
    (tmp_path / "info_gen.ml").write_text(module.read_text())
    run("ocamlfind", "ocamlc", "-w", "+a-70", "-warn-error", "+a", "-c", "mirage_info.ml", "info_gen.ml", cwd=tmp_path)


def test_info_gen_is_made_at_each_build_for_no_file_says_what_is_installed(tmp_path: Path) -> None:
    project = Project(tmp_path, app_info)
    project.dune("info_gen.ml")
    once = project.calls("opam")
    project.dune("info_gen.ml")
    assert project.calls("opam") > once


def test_info_gen_without_opam_is_an_error_that_names_it(tmp_path: Path) -> None:
    project = Project(tmp_path, app_info)
    project.without("opam")
    assert "opam is not installed" in project.error("info_gen.ml")


def test_info_gen_fails_where_opam_does(tmp_path: Path) -> None:
    project = Project(tmp_path, app_info)
    (tmp_path / "bin" / "opam").write_text("#!/bin/sh\necho 'no switch is set' >&2\nexit 50\n")
    assert "no switch is set" in project.error("info_gen.ml")


@pytest.mark.parametrize("unknown", [[], ["lwt"], ["mirage-runtime", "mirage-unix"], ["every one"]], ids=str)
def test_info_gen_asks_what_the_real_opam_answers(tmp_path: Path, unknown: list[str]) -> None:
    need("opam")
    project = Project(tmp_path, app_info)
    every = [wanted.name for wanted in project.plan.packages if not wanted.build]
    wanted = [name for name in every if name not in unknown and unknown != ["every one"]]
    depends = {**{name: ["below"] for name in wanted}, "below": [], "unrelated": ["below"]}
    variables = opam_root(tmp_path / "opam", depends)
    said = run("sh", "info_gen.sh", cwd=project.directory, **variables)
    assert said.stderr == ""
    names = re.findall(r'^    "(.*)", "1.*~dev\+x";$', said.stdout, re.MULTILINE)
    assert names == (sorted([*wanted, "below"]) if wanted else [])

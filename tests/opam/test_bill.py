"""Bills of materials: valid by the schema, complete, and the same bytes for the same plan."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import Plan, package
from functoria.errors import ConfigError
from functoria.opam.bill import bill
from functoria.opam.lock import Lock, Locked, digest
from functoria.opam.locking import lock
from functoria.opam.repository import Repository
from mirage_devices import v4
from tests import recorded, recorded411, tools
from tests.command_line import Cli
from tests.opam.test_lock import CONFIG, plan4_of, plan_of
from tests.opam.test_opam_repository import write_release
from tests.snapshots import CACHE, OF_2018, OF_2026, repository


@cache
def validator() -> Any:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_6)


def read(text: str) -> dict[str, Any]:
    """Return the document, after checking it against the schema of CycloneDX."""
    wrong = validator().validate_str(text)
    assert wrong is None, wrong
    found: dict[str, Any] = json.loads(text)
    return found


def parts(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {part["name"]: part for part in document["components"]}


def graph(document: dict[str, Any]) -> dict[str, set[str]]:
    """Return the dependencies in a bill, by name; the program is ""."""
    short = {row["ref"]: row["ref"].partition(":")[2] for row in document["dependencies"]}
    return {short[row["ref"]]: {short[ref] for ref in row.get("dependsOn", ())} for row in document["dependencies"]}


def properties(part: dict[str, Any]) -> dict[str, str]:
    return {said["name"]: said["value"] for said in part.get("properties", ())}


def locked(plan: Plan, scope: str | None = None, **more: str) -> Lock:
    versions = {**{p.name: "dev" if p.pin else str(p.min or "1") for p in plan.packages}, **more}
    packages = tuple(Locked(name, version, scope) for name, version in sorted(versions.items()))  # type: ignore[arg-type]  # a scope
    return Lock(packages, digest(plan.packages), "0" * 64)


PINNED = "git+https://example.org/c#main"
PLAN = plan_of(package("a", min="1.0", max="2.0"), package("b", build=True), package("c", pin=PINNED))


def test_without_a_lock_it_has_the_bounds() -> None:
    document = read(bill(PLAN))
    found = parts(document)
    assert sorted(found) == sorted(wanted.name for wanted in PLAN.packages)
    assert graph(document)[""] == set(found)
    assert found["a"]["purl"] == "pkg:opam/a"
    assert "version" not in found["a"]
    assert properties(found["a"]) == {
        "functoria:bounds": '>= "1.0" & < "2.0"',
        "functoria:range": "vers:opam/>=1.0|<2.0",
    }
    assert [found[name]["scope"] for name in "abc"] == ["required", "excluded", "required"]
    assert found["c"]["purl"] == "pkg:opam/c@dev?vcs_url=git%2Bhttps://example.org/c%23main"
    assert document["metadata"]["component"]["name"] == "demo"
    assert "timestamp" not in document["metadata"]


def test_with_a_lock_it_has_the_versions(tmp_path: Path) -> None:
    write_release(tmp_path, "a", "1.0", 'depends: ["b" "d" {= "3"}]\nlicense: "ISC"\nsynopsis: "An a"')
    write_release(tmp_path, "b", "1", 'license: ["MIT" "Apache-2.0"]\nhomepage: "https://example.org/b c"')
    write_release(tmp_path, "ocaml", "4.08.0", 'license: ["LGPL-2.1-only WITH OCaml-LGPL-linking-exception" "MIT"]')
    write_release(
        tmp_path,
        "d",
        "3",
        'license: "ask me"\n'
        f'url {{ src: "https://example.org/d.tbz" checksum: ["sha256={"A" * 64}" "md5={"1" * 32}" "sha1=1" "sha512=no"] }}',
    )
    write_release(tmp_path, "d", "4", "")
    document = read(bill(PLAN, locked(PLAN, d="3"), Repository.read(tmp_path)))
    found = parts(document)
    assert {name: part["purl"] for name, part in found.items() if name != "c"} == {
        "a": "pkg:opam/a@1.0",
        "b": "pkg:opam/b@1",
        "d": "pkg:opam/d@3",
        "ocaml": "pkg:opam/ocaml@4.08.0",
    }
    assert graph(document) == {"": {"a", "b", "c", "ocaml"}, "a": {"b", "d"}, "b": set(), "c": set(), "d": set()} | {
        "ocaml": set()
    }
    assert found["a"]["licenses"] == [{"license": {"id": "ISC"}}]
    assert found["a"]["description"] == "An a"
    assert {licence["license"]["id"] for licence in found["b"]["licenses"]} == {"MIT", "Apache-2.0"}
    assert found["d"]["licenses"] == [{"license": {"name": "ask me"}}]
    expression = "(LGPL-2.1-only WITH OCaml-LGPL-linking-exception) AND MIT"
    assert found["ocaml"]["licenses"] == [{"expression": expression}]
    assert found["b"]["externalReferences"] == [{"type": "website", "url": "https://example.org/b%20c"}]
    (source,) = found["d"]["externalReferences"]
    assert source["type"] == "source-distribution"
    assert {(one["alg"], one["content"]) for one in source["hashes"]} == {("SHA-256", "a" * 64), ("MD5", "1" * 32)}
    assert [reference["type"] for reference in found["c"]["externalReferences"]] == ["vcs"]
    assert properties(document["metadata"]) == {
        "functoria:plan": f"sha256={digest(PLAN.packages)}",
        "functoria:repository": f"sha256={'0' * 64}",
    }


def test_where_4_11_installs_it() -> None:
    plan = plan4_of(v4.package("a"), v4.package("tool", scope="switch"))
    for found in (parts(read(bill(plan))), parts(read(bill(plan, lock_of(plan))))):
        assert properties(found["a"])["functoria:installed-in"] == "monorepo"
        assert properties(found["tool"])["functoria:installed-in"] == "switch"


def lock_of(plan: Plan) -> Lock:
    scopes = {wanted.name: wanted.scope for wanted in plan.packages}
    made = locked(plan)
    return evolve(made, packages=tuple(evolve(one, scope=scopes[one.name]) for one in made.packages))


def test_the_same_is_the_same_bytes_and_another_has_another_number(tmp_path: Path) -> None:
    write_release(tmp_path, "a", "1.0", 'license: "ISC"')
    repository = Repository.read(tmp_path)
    same = {bill(PLAN, locked(PLAN), Repository.read(tmp_path)) for _ in range(3)}
    assert len(same) == 1
    others = [bill(PLAN), bill(PLAN, locked(PLAN)), bill(PLAN, locked(PLAN, d="1")), bill(plan_of()), *same]
    numbers = [read(text)["serialNumber"] for text in others]
    assert len({*numbers}) == len(others)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", number) for number in numbers)
    assert bill(PLAN, locked(PLAN), repository) in same


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.from_regex(
    r"\A[a-z]{1,4}:(//)?[]a-z0-9:/?#@[%.-]{0,12}\Z"
)


@settings(max_examples=100, deadline=None)
@given(fields=st.dictionaries(st.sampled_from(["license", "homepage", "bug-reports", "dev-repo", "synopsis"]), TEXT))
def test_whatever_opam_files_say_the_schema_accepts(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, str]
) -> None:
    place = tmp_path_factory.mktemp("r")
    lines = [f"{name}: {json.dumps(text, ensure_ascii=False)}" for name, text in fields.items()]
    write_release(place, "a", "1.0", "\n".join(line.replace("\\u", "\\\\u") for line in lines))
    write_release(place, "b", "1", "")
    repository = Repository.read(place)
    assert [*parts(read(bill(PLAN, locked(PLAN), repository)))] == ["a", "b", "c", "ocaml"]


@pytest.mark.parametrize(("release", "name", "target"), [("3.3", "network", "hvt"), ("4.11", "hello", "hvt")])
def test_of_both_releases(release: str, name: str, target: str) -> None:
    tools.need("opam")
    if release == "3.3":
        plan, place = recorded.application(name).plan(recorded.context(name, target)), repository(OF_2018)
    else:
        plan, place = recorded411.plan(name, target), repository(OF_2026)
    made = lock(plan, place, changes={"os": "linux"}, cache=CACHE)
    document = read(bill(plan, made, place, changes={"os": "linux"}))
    found, needs = parts(document), graph(document)
    assert {part: said["version"] for part, said in found.items()} == made.versions
    reached, pending = set(), [""]
    while pending:
        part = pending.pop()
        if part not in reached:
            reached.add(part)
            pending += needs[part]
    assert reached == {"", *found}, "everything that opam installs is needed by something"
    assert sum("licenses" in part for part in found.values()) > len(found) / 3
    assert sum("externalReferences" in part for part in found.values()) > len(found) / 2


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "cyclonedx"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cyclonedx", None)
    with pytest.raises(ConfigError, match=re.escape("pip install 'functoria[sbom]'")):
        bill(PLAN)


def test_the_command(cli: Cli, tmp_path: Path) -> None:
    tools.need("opam")
    write_release(tmp_path / "r", "ocaml", "4.14", "")
    write_release(tmp_path / "r", "a", "1.0", 'license: "ISC"')
    (tmp_path / "config.py").write_text(CONFIG)
    assert cli("configure", "-b", "b").status == 0
    printed = cli("sbom", "-b", "b")
    assert printed.status == 0
    assert parts(read(printed.out))["a"]["purl"] == "pkg:opam/a"
    refused = cli("sbom", "-b", "b", "--locked")
    assert refused.status == 1
    assert "lock first, with functoria lock" in refused.err
    assert cli("lock", "-b", "b", "-r", "r", "--cache", "c").status == 0
    for command in (("sbom", "-b", "b", "--locked", "-r", "r", "--cache", "c", "-o", "bill.json"),):
        assert cli(*command).status == 0
        again = cli(*command)
        assert again.status == 1
        assert "is there already" in again.err
        assert cli(*command, "--force").status == 0
    found = parts(read((tmp_path / "bill.json").read_text()))
    assert found["a"]["licenses"] == [{"license": {"id": "ISC"}}]
    write_release(tmp_path / "r", "a", "1.1", 'license: "MIT"')
    other = cli("sbom", "-b", "b", "-r", "r", "--cache", "c")
    assert other.status == 0
    assert "not the one that was locked" in other.err

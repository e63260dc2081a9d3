"""The operations on a case, which run on workers: planning, queries, writing and building."""

from __future__ import annotations

import base64
import os
import tempfile
from hashlib import file_digest
from pathlib import Path
from typing import Any

from attr import frozen

from functoria.errors import FileConflict, UnknownKey, WriteError
from functoria.fleet.case import Case
from functoria.fleet.configuration import Place
from functoria.fleet.contents import MARK
from functoria.fleet.group import alternatives
from functoria.fleet.outline import Outline
from functoria.fleet.work import Came
from functoria.plan.plan import Plan
from functoria.project.state import State
from functoria.project.tree import lies_in


class _Answer:
    """An operation that returns an answer and has no effects."""

    def where(self, case: Case) -> str:
        """Return empty text, because an answer is not in any place."""
        return ""

    def received(self, case: Case, value: Any) -> Any:
        """Return the answer."""
        return value

    def holds(self, case: Case, done: Any) -> bool:
        """Return True: answers depend on nothing but the question."""
        return True


@frozen
class Expand(_Answer):
    """Lists the values of keys that only the configuration knows."""

    names: tuple[str, ...]

    @property
    def mark(self) -> str:
        """Return the names of the keys."""
        return f"values {self.names!r}"

    def run(self, place: Place, case: Case) -> Came:
        """Return the `values` by name, and the `keys` that exist. Raises InvalidValue for a key without a list of values."""
        keys = [name for name, variants in place.app.keys_by_name.items() if variants[0].configurable]
        return Came({"values": alternatives(place.app, self.names), "keys": keys})


@frozen
class Outlined(_Answer):
    """Outlines the plan."""

    @property
    def mark(self) -> str:
        """Return the same text always, because there is one question only."""
        return "outline"

    def run(self, place: Place, case: Case) -> Came:
        """Return the outline as data. Raises what planning raises."""
        plan = planned(place, case)
        return Came(dict(Outline.of(plan).data), _names_place(plan, place))


PARTS = ("name", "packages", "libraries", "devices", "keys", "files")
"""The possible queries, besides names of files."""


@frozen
class Asked(_Answer):
    """Queries a part of the plan, or the text of a file by its path or the last part of that."""

    question: str

    @property
    def mark(self) -> str:
        """Return the query."""
        return f"question {self.question}"

    def run(self, place: Place, case: Case) -> Came:
        """Return the answer as data. Raises UnknownKey for a file that the plan does not have."""
        plan = planned(place, case)
        if self.question in PARTS:
            return Came(answer(Outline.of(plan), self.question), _names_place(plan, place))
        files = plan.files()
        if self.question == "opam":
            return Came(next(text for name, text in files.items() if name.endswith(".opam")), _names_place(plan, place))
        named = [name for name in files if name == self.question or name.endswith(f"/{self.question}")]
        if not named:
            from functoria.misspelling import instead

            raise UnknownKey(
                f"{case} has no {self.question}: {instead(self.question, [*PARTS, 'opam', *files])}",
                objects=[self.question],
            )
        return Came(files[named[0]], _names_place(plan, place))


def answer(outline: Outline, part: str) -> Any:
    """Return one of PARTS of an outline, as plain data for people."""
    if part == "packages":
        return [str(package) for package in outline.packages]
    return outline.data[part] if part != "files" else sorted(outline.data["files"])


@frozen
class Written(_Answer):
    """Writes the plan to a directory of its own, with links to the unikernel's modules."""

    directory: str
    """The directory of the fleet."""
    force: bool = False

    mark = None

    def run(self, place: Place, case: Case) -> Came:
        """Return the files that changed. Raises what planning and writing raise."""
        plan = planned(place, case)
        return Came(write(plan, place, Path(self.directory, case.directory), self.force))


@frozen
class Built:
    """Writes the plan to a directory of its own, and builds it there."""

    directory: str
    """The directory of the fleet."""
    apart: bool = False
    """Whether this happens on another machine, in a temporary directory."""
    dune: tuple[str, ...] | None = None
    force: bool = False

    @property
    def mark(self) -> str:
        """Return the command that builds it."""
        return f"build {self.dune}"

    def where(self, case: Case) -> str:
        """Return the directory of the program: from the configuration, so that both may be moved together."""
        there = os.path.abspath(Path(self.directory, case.directory))
        origin = case.configuration.origin
        return os.path.relpath(there, origin) if origin else there

    def run(self, place: Place, case: Case) -> Came:
        """Return the program, with its content if built on another machine. Raises what planning, writing and building raise."""
        plan = planned(place, case)
        if not self.apart:
            there = Path(self.directory, case.directory)
            write(plan, place, there, self.force)
            return Came(self._built(plan, place, there), _names_place(plan, place))
        with tempfile.TemporaryDirectory(prefix="functoria-built-", ignore_cleanup_errors=True) as directory:
            there = Path(directory).resolve() / "built"
            write(plan, place, there, force=False)
            made = self._built(plan, place, there)
            return Came({**made, "content": base64.b64encode((there / made["file"]).read_bytes()).decode("ascii")})

    def _built(self, plan: Plan, place: Place, there: Path) -> dict[str, Any]:
        from functoria.project.build import build

        file = build(there, plan, dune=self.dune, config=place.file)
        return {"file": str(file.relative_to(there)), **_measured(file)}

    def received(self, case: Case, value: Any) -> Any:
        """Write the program, if it comes with its content, to another name first, so that it is never incomplete."""
        if "content" not in value:
            return {**value, "directory": case.directory}
        content = base64.b64decode(value["content"])
        there = Path(self.directory, case.directory)
        if State.load(there) is not None:
            raise FileConflict(
                f"{there} is configured, and built on this machine: have the fleet built on others write elsewhere",
                objects=[there],
            )
        program = there / value["file"]
        if not lies_in(program, there):
            raise WriteError(
                f"a worker built {program}, which is not in {there}: its program is left out", objects=[program]
            )
        program.parent.mkdir(parents=True, exist_ok=True)
        (there / MARK).touch()
        with tempfile.NamedTemporaryFile(dir=program.parent, prefix=".", delete=False) as file:
            file.write(content)
        os.chmod(file.name, 0o755)
        os.replace(file.name, program)
        return {"directory": case.directory, "file": value["file"], **_measured(program)}

    def holds(self, case: Case, done: Any) -> bool:
        """Return whether the program is still as it was built. True for unsupported choices: building again does not help."""
        if done["outcome"] != "done":
            return True
        if done["value"]["directory"] != case.directory:  # it had another label
            return False
        try:
            return all(done["value"][name] == said for name, said in _measured(self.path(done["value"])).items())
        except OSError:
            return False

    def path(self, value: Any) -> Path:
        """Return the path of the program."""
        return Path(self.directory, value["directory"], value["file"])


def _measured(file: Path) -> dict[str, Any]:
    """Return the size and the digest of a file."""
    with open(file, "rb") as stream:
        return {"size": os.fstat(stream.fileno()).st_size, "digest": file_digest(stream, "sha256").hexdigest()}


def _names_place(plan: Plan, place: Place) -> bool:
    """Return whether a file of `plan` names the directory of its configuration, and would differ elsewhere."""
    return bool(place.at) and any(place.at in text for text in plan.files().values())


def planned(place: Place, case: Case) -> Plan:
    """Plan `case`. Raises what planning raises, and WriteError if a file would name a directory of this worker's own."""
    plan = place.app.plan(dict(case.choices))
    if place.root is not None:
        for name, text in plan.files().items():
            if str(place.root) in text:
                raise WriteError(
                    f"{name} of {case} names the directory of its configuration, which is another one on each worker: have the "
                    "configuration name files by paths from there",
                    objects=[name],
                )
    return plan


def write(plan: Plan, place: Place, directory: Path, force: bool) -> Any:
    """Write `plan`, and return which files were written, removed and left."""
    from functoria.project.directory import Project

    directory.parent.mkdir(parents=True, exist_ok=True)
    file = place.file if place.file is not None else plan.app.file
    near = file is not None and lies_in(directory, file.parent)
    outcome = Project(directory).write(
        plan,
        sources=None if file is None else file.parent,
        config=file if near else None,
        release=place.release,
        force=force,
    )
    parts = {"written": outcome.written, "removed": outcome.removed, "kept": outcome.kept}
    return {name: [str(path.relative_to(directory)) for path in paths] for name, paths in parts.items()}

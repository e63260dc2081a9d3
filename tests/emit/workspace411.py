"""All projects of a target in one workspace of dune, so that one dune reads all of them and builds some."""

from __future__ import annotations

import re
from pathlib import Path

from functoria import Plan
from tests.emit import own_modules
from tests.quick_builds import KEPT
from tests.tools import run


class Workspace:
    """Projects below one directory. Those with the same name are in one project of dune, each in its own directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)
        self._projects: dict[str, Path] = {}
        self.files: set[str] = set()
        """The texts of all files that dune has read."""

    def add(self, plan: Plan) -> Path | None:
        """Return the directory with the files of `plan` and of its unikernel; None if dune has already read the same ones."""
        files = plan.files()
        read = {name: text for name, text in files.items() if re.search(r"(^|/)dune(\.|-|$)", name)}
        if self.files.issuperset(read.values()):
            return None
        self.files |= set(read.values())
        project, workspace = files["dune-project"], files["dune-workspace"]
        (self.root / "dune-workspace").write_text(workspace)
        top = self._projects.setdefault(project, self.root / f"project{len(self._projects)}")
        directory = top / str(len(list(top.iterdir())) if top.exists() else 0)
        for name, text in files.items():
            if name not in ("dune-project", "dune-workspace"):
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                (directory / name).write_text(text)
        (top / "dune-project").write_text(project)
        self._fill(plan, directory)
        return directory

    def _fill(self, plan: Plan, directory: Path) -> None:
        made = {Path(name).name for name in plan.files()}
        for name, code in own_modules.modules(plan).items():
            file = f"{name[:1].lower()}{name[1:]}.ml"
            if file not in made and not own_modules.is_functor(code):
                (directory / file).write_text(code)
        for source in {source for node in plan.devices for source in node.device.sources(plan.info)}:
            path = directory / source.lstrip("/")
            if Path(source).suffix:
                path.write_text("content\n")
            else:
                path.mkdir(parents=True, exist_ok=True)
                (path / "file").write_text("content\n")
        for library in {library for node in plan.devices for library in getattr(node.device, "local_libs", ())}:
            (directory / library).mkdir()
            (directory / library / "dune").write_text(f"(library (name {library}))\n")
            (directory / library / f"{library}.ml").write_text("let here = true\n")

    def build(self, *targets: str, **variables: str) -> str:
        """Make `targets`, and return dune's output."""
        done = run("dune", "build", "--root", ".", *targets, cwd=self.root, check=False, **{**KEPT, **variables})
        return done.stdout + done.stderr

    def installed(self, directory: Path) -> str:
        """Return the target for everything that is installed from the project in `directory`."""
        return f"@{directory.relative_to(self.root)}/dist/all"

    def program(self, directory: Path, context: str) -> str:
        """Return the program that is linked for the project in `directory`, in a context of dune."""
        (name,) = re.findall(r"^ \(name (\S+)\)$", (directory / "dune.build").read_text(), re.MULTILINE)
        return f"_build/{context}/{directory.relative_to(self.root)}/{name}.exe"

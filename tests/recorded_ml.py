"""The recorded configurations in OCaml: a config.ml for each, read without OCaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from functoria import App
from functoria.ocaml import load

HERE = Path(__file__).parent / "configurations-ml"
IDIOMS = [
    (release, path.stem) for release in ("3.3", "4.11") for path in sorted((HERE / f"idioms-{release}").glob("*.ml"))
]
"""Further configurations, each with its equivalent in Python: idioms of users that no record has."""
RELEASES = ("3.3", "4.11")
OF_OTHERS = {"pgx", "piece-old-style", "piece-type-error"}
"""Those that MirageOS 4.11 refuses."""


def files(release: str) -> list[Path]:
    """Return the files for a release."""
    return sorted((HERE / release).glob("*.ml"))


@cache
def application(release: str, name: str) -> App:
    """Return the application that the config.ml `name` registers, outside of any git work tree except for `@git`; `@pinned` names
    a release first."""
    plain, _, at = name.partition("+")[0].partition("@")
    top = Path(mkdtemp())
    if at == "git":
        (top / ".git").mkdir()
        (top / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        (top / ".git" / "config").write_text('[remote "origin"]\n\turl = git@github.com:me/repo.git\n')
        top = top / "sub"
        top.mkdir()
    path = top / "config.ml"
    line = "(* mirage >= 4.5.0 & < 4.8.0 *)\n" if at == "pinned" else ""
    path.write_text(line + (HERE / release / f"{plain}.ml").read_text())
    return load(path, release=release, environment={})

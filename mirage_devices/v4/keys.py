"""Keys of MirageOS 4.11: options of configuring, none of which reaches the unikernel."""

from __future__ import annotations

from functoria import Key, arg
from mirage_devices.v4.targets import MIRAGE

UNIKERNEL = "UNIKERNEL PARAMETERS"
"""The section of the help page with the keys of devices."""

OVERLAYS = (
    "opam-overlays:https://github.com/dune-universe/opam-overlays.git",
    "mirage-overlays:https://github.com/dune-universe/mirage-opam-overlays.git",
)
"""Repositories with versions of packages that dune builds, which many releases are not."""


def _name_and_url(text: str) -> str:
    name, _, url = text.partition(":")
    if not name or not url or any(char.isspace() for char in text):
        raise ValueError("a name and a URL, joined by a colon")
    return text


repository = arg.custom("NAME:URL", runtime="Cmdliner.Arg.string", parse=_name_and_url, literal=repr, instance=str)
"""An opam repository, as NAME:URL."""

extra_repos: Key[tuple[str, ...]] = Key.opt(
    "extra-repos",
    arg.list(repository),
    default=OVERLAYS,
    docs=MIRAGE,
    docv="NAME1:URL1,NAME2:URL2",
    env="MIRAGE_EXTRA_REPOS",
    stage="configure",
    doc="Overlay repositories to lock the unikernel's packages with.",
)
"""Overlay repositories to lock the unikernel's packages with."""

no_extra_repo: Key[bool] = Key.flag(
    "no-extra-repo", docs=MIRAGE, stage="configure", doc="Lock the unikernel's packages without overlay repositories."
)
"""Lock the unikernel's packages without overlay repositories."""

no_depext: Key[bool] = Key.flag(
    "no-depext", docs=MIRAGE, stage="configure", doc="Leave system packages to the user: make installs none."
)
"""Leave system packages to the user: make installs none."""

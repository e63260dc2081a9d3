"""The overlay repositories that the packages of a unikernel are locked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mirage_devices.v4.keys import extra_repos, no_extra_repo

if TYPE_CHECKING:
    from functoria import Info


def overlays(info: Info) -> list[tuple[str, str]]:
    """Return the name and URL of each."""
    if info.get(no_extra_repo):
        return []
    return [(name, url) for name, _, url in (each.partition(":") for each in info.get(extra_repos))]

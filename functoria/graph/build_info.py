"""What a device is told while its application is built."""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen

from functoria.graph.info import Info


@frozen(eq=False, repr=False)
class BuildInfo(Info):
    """What is known while building, besides: where the emitted files are, and where the unikernel's own sources are."""

    build_dir: Path = field(kw_only=True)
    source_dir: Path = field(kw_only=True)

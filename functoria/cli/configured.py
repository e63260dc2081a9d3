"""Plan again what a directory was configured for."""

from __future__ import annotations

from pathlib import Path

import attr

from functoria.cli.output import say
from functoria.cli.standard import BY_OPTION
from functoria.loading.configuration import load
from functoria.plan.plan import Plan


def configured(directory: Path, file: str | None = None, release: str | None = None) -> tuple[Plan, Path]:
    """Plan again what `directory` was configured for, and return the plan with its configuration; `file` replaces that if given.

    A config.ml is read for `release`, or for the one that it was configured for. Prints the path of the configuration before
    running it. Raises WriteError if the directory is not configured, and ConfigError rather than run a file that only the
    state file names.
    """
    from functoria.project.configuration import configuration, way
    from functoria.project.directory import readable

    state = readable(directory)
    path = Path(file) if file is not None else configuration(directory, state)
    *_, last = way(path)
    say(f"configuration: {path}" + (f", a link to {last}" if last != path else ""))
    app = load(path, release or (state.release if path.suffix == ".ml" else None), remedy=BY_OPTION)
    if state.output is not None:
        app = attr.evolve(app, root=attr.evolve(app.root, output=state.output))
    return app.plan(state.context), path

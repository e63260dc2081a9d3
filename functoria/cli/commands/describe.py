"""The command describe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from functoria.cli.colour import Piece
from functoria.cli.listed import Listed, Part
from functoria.cli.options import origins_of
from functoria.cli.output import say_data, say_line, say_lines, say_text
from functoria.cli.planning import Chosen, planning
from functoria.cli.standard import FILE, JSON, OUTPUT, RELEASE, VERBOSE, directories

if TYPE_CHECKING:
    from functoria.picture.forms import Form

_BUILD_DIR = click.Option(
    ["-b", "--build-dir", "build_dir"],
    metavar="DIR",
    shell_complete=directories,
    help="A configured directory, whose choices are used for keys that are not given.",
)
_EVAL = click.Option(
    ["--eval/--no-eval", "evaluate"],
    default=True,
    help="Make all choices, or leave those by keys that are not given open. Default: --eval.",
)


_PICTURES: Mapping[Form, str] = {
    "dot": "Print a graph for Graphviz.",
    "mermaid": "Print a Mermaid flowchart, for Markdown.",
    "svg": "Print a picture in SVG.",
    "html": "Print a page with a switch for each key: a single file that works offline.",
}


def _make(arguments: Sequence[str]) -> click.Command:
    why = click.Option(["--why"], metavar="PACKAGE", help="Explain why the package is there, and what sets its bounds.")
    pictures = [click.Option([f"--{name}"], is_flag=True, help=help) for name, help in _PICTURES.items()]
    own: list[click.Parameter] = [FILE, RELEASE, _BUILD_DIR, OUTPUT, _EVAL, why, JSON, *pictures, VERBOSE]
    return planning(arguments, "describe", "Show what a configuration consists of.", own, _describe)


def _describe(
    chosen: Chosen,
    *,
    why: str | None,
    as_json: bool,
    verbose: int,
    build_dir: str | None,
    evaluate: bool,
    **pictures: bool,
) -> None:
    forms = [f"--{name}" for name, wanted in {"json": as_json, "why": why is not None, **pictures}.items() if wanted]
    if len(forms) > 1:
        raise click.UsageError(f"{' and '.join(forms)} are given: describe prints one thing at a time")
    origins = origins_of(chosen.app)
    if build_dir is not None:
        chosen, before = _continued(chosen, Path(build_dir))
        origins = {**dict.fromkeys(before, "state"), **origins}
    plan = chosen.plan(partial=not evaluate)
    picture: Form | None = next((form for form in _PICTURES if pictures[form]), None)
    if why is not None:
        say_lines(str(plan.why(why)))
    elif picture is not None:
        say_text(plan.draw(picture).removesuffix("\n").split("\n"))
    elif as_json:
        from functoria.picture.document import document

        say_data(document(plan, origins))
    else:
        from functoria.picture.text import described

        for row in described(plan, width=_width(), verbose=verbose > 0, origins=origins):
            say_line([Piece(*run) for run in row])


def _width() -> int:
    """Return the width of the terminal, or the variable COLUMNS; at most 200 columns, because longer lines are hard to read."""
    import shutil

    from functoria.picture.text import WIDTH

    return min(shutil.get_terminal_size((WIDTH, 24)).columns, 200)


def _continued(chosen: Chosen, directory: Path) -> tuple[Chosen, Mapping[str, object]]:
    """Complete `chosen` with the values that `directory` was configured with; also return those values."""
    from attr import evolve

    from functoria.project.directory import readable

    state = readable(directory)
    app = chosen.app
    if state.output is not None and app.root.output is None:
        app = evolve(app, root=evolve(app.root, output=state.output))
    return chosen._replace(app=app, context={**state.context, **chosen.context}), state.context


COMMAND = Listed(Part.ASK, "show what a configuration consists of, or draw it", _make)

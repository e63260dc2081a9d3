"""The directive `terminal`: what a command prints, as a picture of a terminal made by running it."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parents[1]
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)


class Terminal(SphinxDirective):
    """The command that is the content, run in a copy of an example's directory."""

    has_content = True
    option_spec = {"in": directives.unchanged_required, "width": directives.nonnegative_int}  # noqa: RUF012 - as docutils has it

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        commands = list(self.content)
        svg = picture(commands, HERE / "examples" / self.options.get("in", "hello-4"), self.options.get("width", 100))
        self.env.note_dependency(str(HERE / "examples"))
        return [nodes.raw("", f'<div class="terminal">{svg}</div>', format="html")]


def picture(commands: list[str], example: Path, width: int) -> str:
    """What `commands` print one after the other in a copy of `example`, as SVG."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    with TemporaryDirectory() as directory:
        where = Path(directory) / example.name
        shutil.copytree(example, where, ignore=shutil.ignore_patterns("__pycache__"))
        for command in commands:
            console.print(Text(f"$ {command}", "bold"))
            console.print(Text.from_ansi(_run(command, where, width)), end="")
    name = re.sub(r"\W+", "-", f"{example.name}-{'-'.join(commands)}")
    svg = console.export_svg(title=example.name, theme=SVG_EXPORT_THEME, unique_id=name)
    return _FONTS.sub("", svg)


def _run(command: str, directory: Path, width: int) -> str:
    program, *words = shlex.split(command)
    if program != "functoria":
        raise ValueError(f"only functoria is shown: {command}")
    environment = {**os.environ, "COLUMNS": str(width), "TERM": "xterm-256color"}
    environment["PYTHONPATH"] = str(HERE.parent)
    done = subprocess.run(
        [sys.executable, "-m", "functoria", words[0], "--color=always", *words[1:]],
        cwd=directory,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def setup(app: Any) -> dict[str, bool]:
    """Offer the directive to Sphinx."""
    app.add_directive("terminal", Terminal)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The directive `terminal`: the output of a command, which is run to make a picture of a terminal."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import sys
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, TextIO

from docutils import nodes
from docutils.parsers.rst import directives
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text
from sphinx.util.docutils import SphinxDirective

from functoria.cli import main

HERE = Path(__file__).parents[1]
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)


class Terminal(SphinxDirective):
    """The content is commands, which are run in a copy of an example's directory.

    If one ends with a status other than the option `status`, which is 0 by default, that is an error in the page.
    """

    has_content = True
    option_spec = {  # noqa: RUF012 - as docutils has it
        "in": directives.unchanged_required,
        "width": directives.nonnegative_int,
        "status": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        commands = list(self.content)
        example = HERE / "examples" / self.options.get("in", "hello-4")
        try:
            svg = picture(commands, example, self.options.get("width", 100), self.options.get("status", 0))
        except RuntimeError as error:
            raise self.error(str(error)) from error
        self.env.note_dependency(str(HERE / "examples"))
        return [nodes.raw("", f'<div class="terminal">{svg}</div>', format="html")]


def picture(commands: list[str], example: Path, width: int, status: int) -> str:
    """Return the output of `commands`, run one after the other in a copy of `example`, as SVG. Each must end with `status`."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    with TemporaryDirectory() as directory:
        where = Path(directory) / example.name
        shutil.copytree(example, where, ignore=shutil.ignore_patterns("__pycache__"))
        for command in commands:
            console.print(Text(f"$ {command}", "bold"))
            console.print(Text.from_ansi(_run(command, where, width, status)), end="")
    name = re.sub(r"\W+", "-", f"{example.name}-{'-'.join(commands)}")
    svg = console.export_svg(title=example.name, theme=SVG_EXPORT_THEME, unique_id=name)
    return _FONTS.sub("", svg)


def _run(command: str, directory: Path, width: int, status: int) -> str:
    program, *words = shlex.split(command)
    if program != "functoria":
        raise RuntimeError(f"only functoria is shown: {command}")
    with TemporaryFile("w+", encoding="utf-8") as printed:
        # It is a process of its own, and has the library from this one, which has imported it for the pages.
        arguments = ([words[0], "--color=always", *words[1:]], directory, width, printed)
        process = get_context("fork").Process(target=_print, args=arguments)
        process.start()
        process.join()
        printed.seek(0)
        said = printed.read()
    if process.exitcode != status:
        raise RuntimeError(f"{command} ended with status {process.exitcode}:\n{said}")
    return said


def _print(words: list[str], directory: Path, width: int, output: TextIO) -> None:
    """Run functoria in `directory`, and end with its status. It prints to `output`."""
    os.chdir(directory)
    os.environ |= {"COLUMNS": str(width), "TERM": "xterm-256color"}
    for stream in (sys.stdout, sys.stderr):
        os.dup2(output.fileno(), stream.fileno())
    sys.exit(main(words))


def setup(app: Any) -> dict[str, bool]:
    """Register the directive with Sphinx."""
    app.add_directive("terminal", Terminal)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

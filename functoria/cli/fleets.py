"""Run a fleet, show its progress, and report its results."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
from attr import evolve

from functoria.cli.colour import Piece
from functoria.cli.output import NOT_ALL, say, say_aside, say_data, say_line, say_lines, say_record, say_unread
from functoria.configuration_name import is_configuration
from functoria.errors import InvalidValue
from functoria.fleet.fleet import Fleet
from functoria.fleet.outline import Outline
from functoria.fleet.questions import between, counts, differences, packages, release, row_of, table_of, why
from functoria.fleet.result import OUTCOMES, Result
from functoria.fleet.table import Table
from functoria.misspelling import beside, instead, meant
from functoria.printable import shown
from functoria.progress import console, moving

FORMAT = 1
"""The version of the JSON format."""
_DEFAULT = "fleet.toml"
_ALONE = {
    "plan": "describe -f",
    "write": "configure -f",
    "build": "configure -f",
    "audit": "audit",
    "solve": "audit",
    "packages": "query packages -f",
    "diff": "diff -f",
}
"""The commands that do for one configuration what the subcommands do for many; its path comes next."""
_MOST = 40
"""The number of rows printed by default."""
_TAIL = 20
"""The number of last lines shown of a failed case's output."""
_QUOTED = 4
"""The number of lines that quote the places of an error."""
_STYLES = re.compile(r"\x1b\[[0-9;]*m")
"""The escape sequences by which tools colour their output."""


def run(name: str, *, fleet: Path | None, verbose: int, **said: Any) -> None:
    """Run the subcommand `name`. Raises click's Exit with status 1 if a case fails or breaks."""
    place = fleet or Path(_DEFAULT if Path(_DEFAULT).is_file() else ".")
    if sum(map(bool, (said["as_json"], said["json_lines"], said["as_csv"]))) > 1:
        raise click.UsageError("--json, --json-lines and --csv are three forms of output: give one")
    wanted = _release(said.get("release"))
    with ExitStack() as stack:
        executor = stack.enter_context(_executor(said))
        telling = _Telling(name, str(place), verbose, said)
        if name == "diff":
            if not _diff(place, stack, executor, said, telling):
                raise click.exceptions.Exit(1)
            return
        chosen = _read(place, name)
        unread: Sequence[str] = ()
        results: Iterable[Result[Any]]
        if name in ("audit", "solve"):
            results, unread = _audited(name, chosen, executor, said)
            telling.repository(unread)
        elif name in ("write", "build"):
            keeping = _keeping(said) if name == "build" else {}
            results = getattr(chosen, name)(
                said["directory"], executor, jobs=said["jobs"], force=said["force"], **keeping
            )
        else:
            results = chosen.plans(executor, jobs=said["jobs"], **_keeping(said))
        asked = name == "packages" or wanted is not None
        kept: list[Result[Outline]] = []
        bad = False
        for each in _watched(telling.each(results), name, chosen):
            bad = bad or not each.ok
            if asked:
                kept.append(each)
        if asked:
            telling.table(packages(kept) if wanted is None else release(kept, *wanted))
        telling.end()
        if bad:
            raise click.exceptions.Exit(1)
        if unread:
            raise click.exceptions.Exit(NOT_ALL)


def _read(place: Path, name: str) -> Fleet:
    """Read the fleet at `place` for the subcommand `name`. Raises UsageError for a configuration in its place."""
    if is_configuration(place) and not place.is_dir():
        raise click.UsageError(
            f"{place} is a configuration, and fleet {name} takes a TOML file that names some, or a directory to search: "
            f"for this one alone, functoria {_ALONE[name]} {place}"
        )
    fleet = Fleet.discover(place, targets="all") if place.is_dir() else Fleet.read(place)
    return evolve(fleet, isolated=True)


@contextmanager
def _executor(said: Mapping[str, Any]) -> Iterator[Executor | None]:
    """Return the executor of the named cluster; None without one."""
    address = said["dask"]
    if address is None:
        yield None
        return
    if said["jobs"] is not None:
        raise click.UsageError("--jobs is for processes of this machine, and --dask for a cluster: give one")
    try:
        from distributed import Client
    except ImportError:
        raise click.UsageError("--dask needs the package distributed: pip install 'functoria[dask]'") from None
    try:
        client = Client(address)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise InvalidValue(f"there is no scheduler of dask at {address}: {error}", objects=[address]) from error
    with client, client.get_executor() as executor:  # type: ignore[no-untyped-call]
        yield executor


def _keeping(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the directory for finished results: the given one, else one in the user's cache directory, if there is that."""
    store = said["store"]
    if store is None:
        from functoria.opam.shelf import cache_directory

        place = cache_directory()
        if place is not None:
            directory = place / "functoria-fleet"
            try:
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                store = directory / "done"
            except OSError:
                store = None
    return {"store": store, "fresh": said["fresh"]}


def _audited(
    name: str, fleet: Fleet, executor: Executor | None, said: Mapping[str, Any]
) -> tuple[Iterator[Result[Any]], Sequence[str]]:
    """Return the results, and the problems with reading the repositories."""
    from functoria.cli.repositories import kept, pairs, range_of, read
    from functoria.fleet.audits import Terms
    from functoria.opam.limits import LIMITS

    changes, ocaml, cache = pairs(said["variables"], "--var"), range_of(said["ocaml"]), kept(None)
    repository = read(said["repositories"], cache, LIMITS)
    run = fleet.audit if name == "audit" else fleet.solve
    terms = Terms(tuple(changes.items()), ocaml, cache=cache)
    results = run(repository, executor, terms=terms, jobs=said["jobs"], **_keeping(said))
    return results, [str(error) for error in repository.unreadable]


def _release(said: str | None) -> tuple[str, str] | None:
    """Return the package and version of `--release`; None without it. Raises UsageError."""
    if said is None:
        return None
    from functoria.cli.repositories import release_of

    package, version = release_of(said)
    return package, version.text


def _diff(place: Path, stack: ExitStack, executor: Executor | None, said: Mapping[str, Any], telling: _Telling) -> bool:
    """Report differences. Return whether every case could be planned."""
    if (said["other"] is None) is (said["between"] is None):
        raise click.UsageError("diff compares with OTHER, a fleet or a revision of git, or --between ONE TWO: give one")

    def planned(fleet: Fleet) -> list[Result[Outline]]:
        results = fleet.plans(executor, jobs=said["jobs"], **_keeping(said))
        return list(_watched(telling.each(results), "plan", fleet, quiet=not telling.verbose))

    if said["between"] is not None:
        results = planned(_read(place, "diff"))
        _check_between(results, said["key"], said["between"])
        found = between(results, said["key"], *said["between"])
    else:
        other = Path(said["other"])
        if other.exists():
            found = differences(planned(_read(place, "diff")), planned(_read(other, "diff")))
        else:
            before = planned(_read(_revision(place, said["other"], stack), "diff"))
            found = differences(before, planned(_read(place, "diff")))
    telling.table(table_of(found))
    telling.end()
    return telling.well


def _check_between(results: Iterable[Result[Outline]], key: str, values: Iterable[str]) -> None:
    """Raise UsageError if no case chooses the key, or one of the values."""
    there: dict[str, dict[str, None]] = {}
    for each in results:
        for name, text in each.case.texts():
            there.setdefault(name, {})[text] = None
    if key not in there:
        raise click.UsageError(f"--key: no case chooses {key}: {instead(key, there)}")
    for value in values:
        if value not in there[key]:
            raise click.UsageError(f"--between: no case has {key}={value}: {instead(value, there[key])}")


def _revision(place: Path, name: str, stack: ExitStack) -> Path:
    """Check out a fleet's git revision until `stack` is left; return the path of the fleet there."""
    from functoria.project.revision import resolved, revisions, unpacked

    there = place.resolve()
    root_of = there if there.is_dir() else there.parent
    found = resolved(root_of, name)
    if found is None:
        hint = beside(Path(name), ("",)) or meant(name, ["HEAD", *revisions(root_of)]) or "give one of these"
        raise click.UsageError(f"{name} is not a fleet, and not a revision of git that {place} is in: {hint}")
    root, commit = found
    return stack.enter_context(unpacked(root, commit, name)) / there.relative_to(root)


def _watched(results: Iterable[Result[Any]], name: str, fleet: Fleet, *, quiet: bool = False) -> Iterator[Result[Any]]:
    """Yield `results`, showing counts of outcomes on a terminal, or in a log one line for each result unless `quiet`.

    All of this goes to standard error, so that programs can read standard output.
    """
    total = fleet.size if not any(group.open or group.without for group in fleet.groups) else None
    if not moving(sys.stderr):
        for number, each in enumerate(results, 1):
            if not quiet:
                of = f"/{total}" if total is not None else ""
                reason = why(each)
                text = f"[{number}{of}] {each.outcome}: {each.case}" + (f": {reason}" if reason else "")
                say_aside(text)
            yield each
        return
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    came: Counter[str] = Counter()
    with Progress(*columns, console=console(), transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
        task = progress.add_task(escape(name), total=total)
        for each in results:
            came[each.outcome] += 1
            progress.update(task, advance=1, description=escape(f"{name}: {counts(came.elements())}"))
            yield each


class _Telling:
    """Prints results, and the tables that answer questions."""

    def __init__(self, name: str, place: str, verbose: int, said: Mapping[str, Any]) -> None:
        self._name, self._place, self.verbose = name, place, verbose
        self._json, self._lines, self._csv, self._html = (
            said["as_json"],
            said["json_lines"],
            said["as_csv"],
            said["html"],
        )
        self.plain = bool(self._json or self._lines or self._csv)
        """Whether the output is for programs."""
        self._cases: list[dict[str, Any]] = []
        self._rows: list[tuple[Any, ...]] = []
        self._came: Counter[str] = Counter()
        self._labels: dict[str, Counter[str]] = {}
        self._wrong: list[tuple[str, str, str, list[str]]] = []
        self._table: Table | None = None
        self._unread: Sequence[str] = ()

    def repository(self, unread: Sequence[str]) -> None:
        """Report what could not be read of a repository: at the end or, next to a table for programs, now on standard error."""
        self._unread = unread
        if self._csv:
            say_unread(unread, say_aside)

    @property
    def well(self) -> bool:
        """Whether nothing has failed so far."""
        return not self._wrong

    def each(self, results: Iterable[Result[Any]]) -> Iterator[Result[Any]]:
        """Yield `results`, reporting each as it comes."""
        for each in results:
            self._came[each.outcome] += 1
            self._labels.setdefault(each.case.label, Counter())[each.outcome] += 1
            if not each.ok:
                self._wrong.append((str(each.case), each.outcome, why(each), _details(each)))
            if self._lines:
                say_record({"format": FORMAT, "case": _data(each)})
            if self._json:
                self._cases.append(_data(each))
            if self._csv or self._html is not None:
                self._rows.append(row_of(each))
            yield each

    def table(self, table: Table) -> None:
        """Print the table that answers a question."""
        self._table = table

    def end(self) -> None:
        """Finish the output."""
        table = self._table
        if self._lines:
            for row in [] if table is None else table.to_data():
                say_record({"format": FORMAT, "row": row})
            audited = {"unreadable": list(self._unread)} if self._name in ("audit", "solve") else {}
            say_record({"format": FORMAT, **audited, "counts": dict(self._came)})
        elif self._json:
            answer: dict[str, Any] = {} if table is None else {"rows": table.to_data()}
            if self._name in ("audit", "solve"):
                answer["unreadable"] = list(self._unread)
            document = {"format": FORMAT, "command": self._name, "fleet": self._place, "counts": dict(self._came)}
            say_data({**document, **answer, "cases": self._cases})
        elif self._csv:
            shown_table = table if table is not None else self._outcomes()
            say_lines(shown_table.to_csv().replace("\r\n", "\n"))
        elif table is not None:
            self._say_table(table)
        if not self.plain and (self._name != "diff" or self._wrong):
            self._say_outcomes()
        if self._html is not None:
            from functoria.cli.destination import write
            from functoria.cli.page import page

            title = f"{self._name} {self._place}"
            notes = [(f"{outcome}: {case}", "\n".join(details)) for case, outcome, _, details in self._wrong if details]
            notes += [("not read", text) for text in self._unread]
            text = page(title, self._outcomes() if table is None else table, counts(self._came.elements()), notes)
            write(self._html, text)

    def _outcomes(self) -> Table:
        return Table.of(("case", "outcome", "seconds", "kept", "why"), self._rows)

    def _say_outcomes(self) -> None:
        """Print the number of cases of each configuration by outcome, and why some failed."""
        columns = [name for name in OUTCOMES if self._came[name]]
        rows = [
            [label, *(str(found[name] or "") for name in columns)]
            for label, found in self._labels.items()
            if self.verbose or len(self._labels) <= _MOST or set(found) - {"done", "unsupported"}
        ]
        if self._table is None and rows:
            _say_rows(["", *columns], rows)
        for case, outcome, reason, details in self._wrong if self.verbose else self._wrong[:_MOST]:
            say_line([Piece(f"{outcome}: ", "error"), Piece(case, "name"), Piece(f": {reason}")])
            for line in details:
                say_lines(f"  {line}")
        if len(self._wrong) > _MOST and not self.verbose:
            say(f"… {len(self._wrong) - _MOST} more: -v shows them")
        say_unread(self._unread)
        say(f"{sum(self._came.values())} cases: {counts(self._came.elements())}")

    def _say_table(self, table: Table) -> None:
        if not table.rows:
            say("nothing differs" if self._name == "diff" else "nothing")
        else:
            _say_rows(list(table.columns), table.texts())


def _details(result: Result[Any]) -> list[str]:
    """Return the lines that explain a failure: hints, and the end of what tools printed."""
    more = [] if result.error is None else [line for each in result.error.more for line in str(each).split("\n")]
    printed = [_STYLES.sub("", line.rstrip()) for line in result.output.strip("\n").split("\n")]
    left = len(printed) - _TAIL
    cut = [f"… {left} lines before: --json has them"] if left > 0 else []
    from functoria.cli.columns import USUAL
    from functoria.cli.diagnostics import quoted

    lines = [] if result.error is None else quoted(result.error, USUAL, rows=_QUOTED)
    said = ["".join(shown(piece.text) for piece in line).removeprefix("  ") for line in lines]
    return [*more, *said, *cut, *(printed[-_TAIL:] if any(printed) else [])]


def _say_rows(columns: list[str], rows: list[list[str]]) -> None:
    """Print rows in columns, without padding the last column."""
    shown_rows = [[shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(columns, *shown_rows, strict=True)][:-1]
    for number, row in enumerate([columns, *shown_rows]):
        cells = [cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)]
        say_line([Piece("  ".join(cells).rstrip(), "heading" if not number else "")])


def _data(result: Result[Any]) -> dict[str, Any]:
    value = result.value
    if isinstance(value, Outline):
        return {**result.to_data(), "value": dict(value.data)}
    if isinstance(value, Path):
        return {**result.to_data(), "value": str(value)}
    if value is not None and not isinstance(value, (dict, str, list)):
        from functoria.opam.audit import case_to_json

        return {**result.to_data(), "value": case_to_json(value)}
    return {**result.to_data(), "value": value}

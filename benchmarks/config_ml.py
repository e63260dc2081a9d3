"""Plan a thousand configurations in OCaml in one process, and measure how the time of one grows with its length.

    python -m benchmarks.config_ml --count 1000

The thousand are the files of `tests/configurations-ml`, repeated, each with another name for its application and an additional
package, so that no two texts are equal. Each is loaded and planned for a target, and its files are made, in memory. Python's
garbage collector works as it does for users.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from attr import frozen

from benchmarks import measure
from functoria import FunctoriaError
from functoria.ocaml import loads

FILES = Path(__file__).parents[1] / "tests" / "configurations-ml"
TARGETS = ("hvt", "unix", "xen")
LINES = (100, 400, 1_600, 3_200)
SECONDS = 20.0
EXPONENT = 1.1


@frozen
class Configuration:
    """A configuration in OCaml: its text, release and target."""

    text: str
    release: str
    target: str


def long(lines: int) -> str:
    """Return a configuration of this number of lines: jobs with a key, a disk, a choice and a package each."""
    jobs = "".join(
        f'let key{i} = Key.(create "key-{i}" Arg.(flag (info ~doc:"Key {i}." [ "key-{i}" ])))\n'
        f'let disk{i} = block_of_file "disk{i}"\n'
        f'let main{i} = main ~packages:[ package "p{i}" ] "Unikernel{i}.Main" (stackv4v6 @-> block @-> job)\n'
        f'let job{i} = main{i} $ stack $ if_impl (Key.value key{i}) disk{i} (block_of_file "other{i}")\n'
        for i in range(lines // 4)
    )
    names = "; ".join(f"job{i}" for i in range(lines // 4))
    return (
        "open Mirage\nlet stack = generic_stackv4v6 default_network\n"
        f'{jobs}let () = register ~src:`None "x" [ {names} ]\n'
    )


def varied(count: int) -> list[Configuration]:
    """Yield `count` different configurations."""
    files = [
        (file.read_text(), folder.removeprefix("idioms-"))
        for folder in ("3.3", "4.11", "idioms-3.3", "idioms-4.11")
        for file in sorted((FILES / folder).glob("*.ml"))
    ]
    found: list[Configuration] = []
    for number in range(count):
        text, release = files[number % len(files)]
        of_its_own = f'let own_package_{number} = package "own-{number}";;\n'
        named = re.sub(r'(register ")', rf"\g<1>n{number}-", text, count=1)
        opening = re.search(r"^open Mirage\b.*\n", named, re.MULTILINE)
        place = 0 if opening is None else opening.end()
        text = named[:place] + of_its_own * (place > 0) + named[place:]
        found.append(Configuration(text, release, TARGETS[number % len(TARGETS)]))
    return found


def planned(configuration: Configuration) -> str:
    """Load and plan one, make its files, and return the outcome."""
    try:
        app = loads(configuration.text, "/nowhere/config.ml", release=configuration.release, environment={})
        app.plan(target=configuration.target).files()
    except FunctoriaError as error:
        return type(error).__name__
    return "planned"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark with `arguments`, and print the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.config_ml", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=1_000, help="How many configurations are planned. Default: 1000.")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    configurations = varied(options.count)
    clock, processor = perf_counter(), process_time()
    ends = Counter(map(planned, configurations))
    clock, processor = perf_counter() - clock, process_time() - processor
    lines = sum(each.text.count("\n") for each in configurations)
    print(
        f"{options.count} configurations, {lines} lines: {clock:.1f} s by the clock, {processor:.1f} s of the processor"
    )
    print("; ".join(f"{count} {end}" for end, count in ends.most_common()), "\n")
    print("   lines |  load ms  and plan ms: least of five, of the processor")
    times = [_least(long(count)) for count in LINES]
    for count, (load, plan) in zip(LINES, times, strict=True):
        print(f"{count:8} | {load * 1000:8.1f} {plan * 1000:12.1f}")
    growth = measure.exponent(LINES, [plan for _, plan in times])
    print(f"\n{_met(processor * 1_000 / options.count <= SECONDS)}: 1,000 configurations within {SECONDS:.0f} s")
    print(f"{_met(growth <= EXPONENT)}: growth exponent {growth:.2f}, at most {EXPONENT}")


def _met(met: bool) -> str:
    return "met" if met else "missed"


def _least(text: str) -> tuple[float, float]:
    read = partial(loads, text, environment={})
    return min(map(_processor, [read] * 5)), min(map(_processor, [lambda: read().plan()] * 5))


def _processor(run: object) -> float:
    start = process_time()
    run()  # type: ignore[operator]
    return process_time() - start


if __name__ == "__main__":
    main()

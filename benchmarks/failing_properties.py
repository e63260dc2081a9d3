"""Measure failing properties of plans, with Hypothesis's own settings and with `functoria.testing.quick`.

Run it from anywhere: `python benchmarks/failing_properties.py`. It prints the number of examples, and the processor time for
finding an example, shrinking it, and explaining it, which is the last step with Hypothesis's own settings.
The properties are those of docs/testing.md, each with an assertion that does not hold.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import mirage_devices as three
import mirage_devices.v4 as four
from functoria import Key, arg, foreign, job
from functoria.testing import check, contexts, quick, terms, versions
from mirage_devices.v4.testing import CATALOGUE, runtime_args

PORT = Key.opt("port", arg.int, default=8080)
STACK = three.generic_stackv4(three.default_network)
NETWORK = three.register("network", [foreign("Unikernel.Main", three.stackv4 >> job, keys=[PORT]) @ STACK])
TALKING = three.register(
    "network",
    [foreign("Unikernel.Main", three.stackv4 >> three.console >> job, keys=[PORT]) @ STACK @ three.default_console],
)


def no_xen(context: Any) -> None:
    plan = NETWORK.plan(context)
    check(plan)
    assert plan.values["target"] not in ("qubes", "xen")


def no_nocrypto(context: Any) -> None:
    assert "nocrypto" not in {package.name for package in NETWORK.plan(context).packages}


def tcpip_below_3_5(context: Any, version: Any) -> None:
    assert not NETWORK.plan(context).package("tcpip").allows("3.5.1")


def a_console_changes_key_gen(context: Any) -> None:
    assert NETWORK.plan(context).files()["key_gen.ml"] != TALKING.plan(context).files()["key_gen.ml"]


def one_argument(store: Any, arguments: Any, data: Any) -> None:
    module = four.main("Unikernel.Main", four.kv_ro >> four.job, runtime_args=arguments)
    app = four.register("served", [module @ store], src=None)
    check(app.plan(data.draw(contexts(app))))
    assert len(arguments) < 2


PROPERTIES: dict[Callable[..., None], list[SearchStrategy[Any]]] = {
    no_xen: [contexts(NETWORK)],
    no_nocrypto: [contexts(NETWORK)],
    tcpip_below_3_5: [contexts(NETWORK), versions()],
    a_console_changes_key_gen: [contexts(NETWORK)],
    one_argument: [terms(CATALOGUE, four.kv_ro, depth=1), st.lists(runtime_args(), max_size=3), st.data()],
}


FINDING = (Phase.explicit, Phase.reuse, Phase.generate)
SHRINKING = (*FINDING, Phase.target, Phase.shrink)


def measured(what: Callable[..., None], drawn: list[SearchStrategy[Any]], wanted: settings) -> tuple[int, float]:
    """Return the number of examples until the property `what` had failed, and the seconds of processor time."""
    runs = 0

    def counted(*values: Any, **named: Any) -> None:
        nonlocal runs
        runs += 1
        what(*values, **named)

    failing: Any = seed(1)(settings(wanted, database=None, deadline=None, print_blob=False)(given(*drawn)(what)))
    failing.hypothesis.inner_test = counted
    start = time.process_time()
    try:
        failing()
    except AssertionError:
        return runs, time.process_time() - start
    raise SystemExit(f"{what.__name__} holds")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for what, drawn in PROPERTIES.items():
        spent = 0.0
        for name, phases in (("find", FINDING), ("shrink", SHRINKING), ("explain", tuple(Phase))):
            runs, seconds = measured(what, drawn, settings(phases=phases))
            print(
                f"{what.__name__:<27}to {name:<8}{runs:>4} examples, {max(seconds - spent, 0):.1f} s more, {seconds:.1f} s"
            )
            spent = seconds
        runs, seconds = measured(what, drawn, quick)
        print(f"{what.__name__:<27}quick      {runs:>4} examples, {seconds:.1f} s")

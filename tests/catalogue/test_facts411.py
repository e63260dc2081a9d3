"""Plans agree with what MirageOS 4.11.1 generated, for every record and target."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from functoria import FunctoriaError
from tests import recorded411, recorded_facts411

# What is recorded is planned without its data.
pytestmark = pytest.mark.filterwarnings("ignore:.*which is not beside the configuration")

REASONS = {
    "Block devices not supported on Muen": "block devices are not supported on the target muen",
    "socket not supported on non-UNIX": "sockets are on the targets unix and macosx, not on",
    "XenStore IDs are only valid": "XenStore IDs are for the targets xen and qubes|not supported on the target muen",
    "Qubes DB invoked for an unsupported": "Qubes DB is on the targets qubes and xen",
    "Unix resolver not supported": "the resolver of the system is on the targets unix and macosx",
    "option name -f defined twice": "claims -f, which is an option of functoria",
    "unknown option '--disk-name'": "disk-name is given, but nothing in the unikernel has that key",
    "unknown option": "there is no key",
    "invalid value": "is not one of",
    "required option|missing": "is required: give it one of",
    "has type network impl but": "expects block as argument 1, but got",
    "Unbound value": "cannot import name",
}
"""Parts of our messages, by the message of the real tool."""


def reason(said: str) -> str:
    """Return our message for a refusal of the real tool."""
    return next(ours for theirs, ours in REASONS.items() if re.search(theirs, said))


@pytest.mark.parametrize(("name", "target"), recorded411.cases())
def test_comes_out_as_recorded(name: str, target: str, tmp_path: Path) -> None:
    recorded = recorded411.records()[name][target].get("error")
    want = recorded411.in_order(recorded411.ours(recorded411.records()[name][target]))
    if want.get("error", "").startswith("Version mismatch"):
        pytest.skip("the first line of its config.ml asks for another release, which a configuration in Python cannot")
    build, refused = tmp_path / "build", ""
    try:
        dry = "+dry-run" in name
        plan = recorded411.plan(name.removesuffix("+dry-run"), target)
        if dry:
            assert plan.diff(build)
            build.mkdir()
            assert want["files"] == []
            return
        plan.write(build, sources=recorded411.own_libraries(plan, tmp_path / "own"))
        (build / "describe").write_text(recorded411.keys(plan))
    except FunctoriaError as error:
        assert not build.exists()
        refused = error.message
        build.mkdir()
        (build / "rc").write_text("1")
        (build / "log").write_text(f"Error: {error.message}")
    if recorded is not None and "piece-kvs" not in name:  # its packages contradict each other on every target
        assert re.search(reason(recorded), refused), f"{recorded}: {refused}"
    got = recorded411.in_order(recorded_facts411.facts(build))
    assert ("main" in got) == ("main" in want)  # otherwise only names of files would be compared
    assert recorded_facts411.compare(want, got) == []

"""Applications pickled here plan to the same bytes on other Pythons, named in OTHER_PYTHONS and separated by colons.

Each needs the library's dependencies, and nothing else: `OTHER_PYTHONS=ENV/bin/python pytest tests/core/test_other_pythons.py`.
"""

from __future__ import annotations

import json
import os
import pickle
from hashlib import sha256
from pathlib import Path

import pytest

import functoria
from functoria import FunctoriaError, foreign, job
from tests.core.test_travel import _recorded
from tests.tools import run

ROOT = Path(__file__).parents[2]
PYTHONS = [path for path in os.environ.get("OTHER_PYTHONS", "").split(":") if path]
READ = """
import json, pickle, sys
from hashlib import sha256
found = {}
for name, (written, context) in pickle.load(open(sys.argv[1], "rb")).items():
    app = pickle.loads(written)
    assert pickle.loads(pickle.dumps(app)) == app
    files = app.plan(context).files()
    found[name] = sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
print(json.dumps(found))
"""


@pytest.mark.skipif(not PYTHONS, reason="OTHER_PYTHONS names no other Python that has the library's dependencies")
@pytest.mark.parametrize("python", PYTHONS)
def test_applications_plan_to_the_same_bytes(python: str, tmp_path: Path) -> None:
    written, expected = {}, {}
    for release in ("3.3", "4.11"):
        for name, make, context in _recorded(release):
            try:
                app = make()
                files = app.plan(context).files()
            except FunctoriaError:
                continue  # MirageOS refuses it too
            if any(type(node.device).__module__.partition(".")[0] not in _THERE for node in app.plan(context).devices):
                continue  # it has its own classes, which are pickled by the name of its module
            written[name] = pickle.dumps(app), context
            expected[name] = sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    deep = foreign("Level", job)
    for _ in range(10_000):
        deep = foreign("Level", job, deps=[deep])
    app = functoria.register("deep", [deep])
    written["deep"] = pickle.dumps(app), None
    expected["deep"] = sha256(json.dumps(app.plan().files(), sort_keys=True).encode()).hexdigest()
    (tmp_path / "written").write_bytes(pickle.dumps(written))
    said = run(python, "-c", READ, tmp_path / "written", cwd=ROOT, PYTHONPATH=str(ROOT)).stdout
    assert json.loads(said) == expected
    assert len(expected) > 200


_THERE = {"functoria", "mirage_devices"}

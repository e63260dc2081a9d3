"""Mutation testing: count the small changes of the library that no test notices.

    python -m benchmarks.mutants [--sample N] [--seed SEED] [PATH]...

Cosmic Ray makes the mutants, in a copy of the files that git tracks. From each part of the library a random sample is drawn,
which is the same for the same seed. Each mutant is tested by the matching files in `TESTS`, one at a time. Results are printed
as they come, with the changes that survived, and the scores at the end.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import MutationSpec, TestOutcome

HERE = Path(__file__).parents[1]
SECONDS = 300.0
"""The time limit for the tests of one mutant, in seconds; exceeding it counts as detection."""
EQUIVALENT = (
    "core/ReplaceBinaryOperator_BitOr_*",
    "core/ReplaceComparisonOperator_Eq_Is",
    "core/ReplaceComparisonOperator_NotEq_IsNot",
)
"""Mutations that are left out: most change annotations, which are not evaluated, or comparisons of interned strings."""
_FAULTS = "test_a_fault_at_any_operation_leaves_the_old_project_or_the_new"
_PROJECT = ("project/test_trust.py", "project/test_project.py", "project/test_kinds.py")
TESTS: dict[str, tuple[str, ...]] = {
    "functoria/bounds.py": ("core/test_bounds.py", "core/test_package.py", "core/test_version.py"),
    "functoria/key.py": ("core/test_key.py", "core/test_bad_input.py", "core/test_value.py"),
    "functoria/emit/reserved.py": ("emit/test_reserved.py", "emit/test_emitter.py"),
    "functoria/emit/*.py": (
        *("catalogue/test_facts.py", "emit/test_emitter.py", "emit/test_reserved.py", "emit/test_quoted_plans.py"),
        *("emit/test_dune_rules.py", "emit/test_emit.py"),
    ),
    "functoria/project/tree.py": ("project/test_tree.py", "project/test_trust.py", "project/test_filesystems.py"),
    "functoria/project/lock.py": ("project/test_lock.py", "project/test_trust.py"),
    "functoria/project/state.py": ("project/test_state.py", "project/test_project.py", "project/test_trust.py"),
    "functoria/project/configuration.py": ("project/test_claims.py", "project/test_trust.py"),
    "functoria/project/build.py": ("project/test_build.py", "project/test_trust.py", "project/test_kinds.py"),
    "functoria/project/products.py": ("project/test_trust.py", "project/test_build.py"),
    "functoria/project/origin.py": ("project/test_build.py", "plan/test_plan.py"),
    "functoria/project/[rs]*.py": ("project/test_sources.py", "project/test_own_sources.py", "project/test_claims.py"),
    "functoria/project/[tjv]*.py": (
        *_PROJECT,
        "project/test_durability.py",
        f"project/test_faults.py::{_FAULTS}[crash-next_write]",
        f"project/test_faults.py::{_FAULTS}[no space-deep_write]",
        "project/test_faults.py::test_a_file_that_cannot_be_touched_leaves_the_old_project[deep_write]",
    ),
    "functoria/project/*.py": (*_PROJECT, "project/test_filesystems.py"),
    "functoria/opam/*.py": (
        *("opam/test_opamfile.py", "opam/test_system.py", "opam/test_audit.py", "opam/test_hostile_files.py"),
        "opam/test_opam_agreement.py",
    ),
}
"""For each file of the library, by the first matching pattern, the tests for it, the quickest first."""


def tests_of(name: str) -> tuple[str, ...]:
    """Return the tests for the file `name` of the library."""
    return next(tests for pattern, tests in TESTS.items() if fnmatchcase(name, pattern))


def files(patterns: Sequence[str]) -> Iterator[list[str]]:
    """Yield the files of each part of the library that match one of `patterns`, or are in a directory of that name."""
    for part in ("functoria/bounds.py", "functoria/key.py", "functoria/emit", "functoria/project", "functoria/opam"):
        found = [part] if part.endswith(".py") else sorted(str(p.relative_to(HERE)) for p in (HERE / part).glob("*.py"))
        chosen = [name for name in found if not name.endswith("__init__.py")]
        if patterns:
            chosen = [
                name for name in chosen if any(fnmatchcase(name, p) or name.startswith(f"{p}/") for p in patterns)
            ]
        if chosen:
            yield chosen


def mutants(names: Sequence[str], place: Path) -> list[MutationSpec]:
    """Return all mutants of the files `names` in the current directory, in order. `place` is for a temporary file."""
    notes = WorkDB(str(place), WorkDB.Mode.create)
    init([Path(name) for name in names], notes, {})
    found = [spec for item in notes.work_items for spec in item.mutations]
    notes.close()
    kept = [each for each in found if not any(fnmatchcase(each.operator_name, pattern) for pattern in EQUIVALENT)]
    return sorted(kept, key=lambda each: (str(each.module_path), each.start_pos, each.operator_name, each.occurrence))


def command(name: str) -> list[str]:
    """Return the command that tests the file `name` of the library."""
    tests = [f"tests/{test}" for test in tests_of(name)]
    return [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]


def survives(mutant: MutationSpec) -> str | None:
    """Return the change made by `mutant` if its tests pass; None if they detect it."""
    result = mutate_and_test([mutant], shlex.join(command(str(mutant.module_path))), SECONDS)
    return result.diff or "" if result.test_outcome == TestOutcome.SURVIVED else None


def run(patterns: Sequence[str], sample: int, seed: int) -> Counter[tuple[str, bool]]:
    """Test a sample of `sample` mutants of each part, and return how many were killed, and how many survived, by part."""
    score: Counter[tuple[str, bool]] = Counter()
    chance = random.Random(seed)
    for number, names in enumerate(files(patterns)):
        part = names[0] if len(names) == 1 else str(Path(names[0]).parent)
        all_of_it = mutants(names, Path(f"../notes{number}.sqlite"))
        drawn = chance.sample(all_of_it, min(sample, len(all_of_it)))
        print(f"{part}: {len(drawn)} of {len(all_of_it)} mutants", flush=True)
        # Tests that fail without a mutant would seem to detect each.
        for line in {shlex.join(command(str(mutant.module_path))) for mutant in drawn}:
            done = subprocess.run(shlex.split(line), capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"{line} fails without a mutant:\n{done.stdout}{done.stderr}")
        for mutant in drawn:
            change = survives(mutant)
            score[part, change is None] += 1
            what = f"{mutant.module_path}:{mutant.start_pos[0]} {mutant.operator_name.removeprefix('core/')}"
            print(f"  {'killed' if change is None else 'SURVIVED'}  {what}", flush=True)
            if change is not None:
                print("\n".join(f"    {line}" for line in change.splitlines() if line[:1] in "+-@"), flush=True)
    return score


def main() -> None:
    """Draw the samples for the arguments, and print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files or directories of the library; default: all parts"
    )
    parser.add_argument("--sample", type=int, default=16, help="mutants of each part (default: 16)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (default: 0)")
    given = parser.parse_args()
    with TemporaryDirectory() as place:
        os.chmod(place, 0o755)  # some tests run as another user
        copy = Path(place, "copy")
        copy.mkdir()
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=HERE, capture_output=True, text=True, check=True).stdout
        for name in listed.split("\0")[:-1]:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HERE / name, copy / name)
        os.chdir(copy)
        os.environ["PYTHONPATH"] = str(copy)
        score = run(given.paths, given.sample, given.seed)
    for part in dict.fromkeys(part for part, _ in score):
        killed, survived = score[part, True], score[part, False]
        print(f"{part}: {killed} of {killed + survived} killed")


if __name__ == "__main__":
    main()

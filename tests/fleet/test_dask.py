"""A fleet on a dask cluster, whose workers see only what is sent to them, and may die."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functoria.errors import WorkerLost
from functoria.fleet import Fleet, Outline
from functoria.fleet.result import Result
from tests.fleets import broken, unikernels
from tests.opam.test_opam_repository import write_release
from tests.tools import need, run

if os.environ.get("CI"):
    import distributed
else:
    distributed = pytest.importorskip("distributed", reason="the extra functoria[dask] is not installed")

ROOT = Path(__file__).parents[2]
TARGETS = ("unix", "hvt", "xen")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a cluster of two processes, in a directory of their own."""
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def told(results: Iterator[Result[Outline]]) -> list[Any]:
    return [(str(each.case), each.outcome, each.value, str(each.error)) for each in results]


def test_results_are_those_of_this_machine(client: Any, tmp_path: Path) -> None:
    unikernels(tmp_path, "a", "b", "net/c")
    broken(tmp_path, "y", "1/0\n")
    fleet = Fleet.discover(tmp_path, targets="all")
    with client.get_executor() as executor:
        assert told(fleet.plans(executor)) == told(fleet.plans(jobs=1))


def test_what_a_worker_needs_travels(client: Any, tmp_path: Path) -> None:
    """Nothing is read from the original directories: each configuration refuses to run there, and imports a module beside it."""
    unikernels(tmp_path, "a", "b")
    for name in "ab":
        file = tmp_path / name / "config.py"
        file.write_text(f"assert not __file__.startswith({str(tmp_path)!r})\n{file.read_text()}")
    fleet = Fleet.discover(tmp_path, targets=TARGETS)
    assert {each.outcome for each in fleet.plans(jobs=1)} == {"failed"}
    with client.get_executor() as executor:
        assert [each.outcome for each in fleet.plans(executor)] == ["done"] * 6


def test_one_worker_is_killed_in_the_middle(client: Any, tmp_path: Path) -> None:
    """The cluster runs its cases again. The worker dies in the run of the first configuration, once."""
    unikernels(tmp_path / "from", "a", "b", "c", "d")
    for name in "abcd":
        file = tmp_path / "from" / name / "config.py"
        file.write_text(f"import time\ntime.sleep(0.3)\n{file.read_text()}")
    fleet = Fleet.discover(tmp_path / "from", targets=TARGETS)
    expected = told(fleet.plans(jobs=1))
    pids = client.run(os.getpid)
    killed: list[int] = []

    def kill() -> None:
        """Kill a worker while it works."""
        for _ in range(3000):
            at_work = {address for address, tasks in client.processing().items() if tasks}
            if at_work:
                time.sleep(0.1)
                os.kill(pids[min(at_work)], signal.SIGKILL)
                killed.append(pids[min(at_work)])
                return
            time.sleep(0.01)

    thread = threading.Thread(target=kill)
    thread.start()
    with client.get_executor() as executor:
        found = told(fleet.plans(executor, window=8))
    thread.join()
    assert killed
    assert found == expected
    client.wait_for_workers(2, timeout=60)
    assert killed[0] not in client.run(os.getpid).values()


def test_writing(client: Any, tmp_path: Path) -> None:
    unikernels(tmp_path / "from", "a", "b")
    fleet = Fleet.discover(tmp_path / "from", targets=TARGETS)
    with client.get_executor() as executor:
        results = list(fleet.write(tmp_path / "to", executor))
    for each in results:
        files = each.plan().files()
        assert {name: (tmp_path / "to" / each.case.directory / name).read_text() for name in files} == files


def test_opam_is_asked_on_workers(client: Any, tmp_path: Path) -> None:
    need("opam")
    from functoria.opam.repository import Repository

    unikernels(tmp_path / "from", "a", "b")
    fleet = Fleet.discover(tmp_path / "from", targets=TARGETS)
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "repo").write_text('opam-version: "2.0"\n')
    for package in {p.name: p for each in fleet.plans(jobs=1) for p in each.get().packages}.values():
        write_release(
            tmp_path / "repository", package.name, "1.5.0" if package.name == "lru" else str(package.min or "1"), ""
        )
    repository = Repository.read(tmp_path / "repository")
    with client.get_executor() as executor:
        found = list(fleet.solve(repository, executor))
    assert found == list(fleet.solve(repository))
    assert [each.get().solution.state for each in found] == ["solved"] * 6


PROGRAM = """\
from functoria import Main, foreign, job, register

class Plain(Main):
    own_packages = ()

main = foreign("Unikernel", job)
app = register("{name}", [main], main=Plain)
"""


def test_programs_are_built_on_workers(client: Any, tmp_path: Path) -> None:
    need("dune", "ocamlfind")
    for name in ("one", "two"):
        broken(tmp_path / "from", name, PROGRAM.format(name=name))
        (tmp_path / "from" / name / "unikernel.ml").write_text(f'let start = print_endline "{name}"\n')
    fleet = Fleet.discover(tmp_path / "from")
    for again in (False, True):
        with client.get_executor() as executor:
            results = list(fleet.build(tmp_path / "to", executor, store=tmp_path / "store"))
        assert [str(each.error) for each in results] == ["None", "None"]
        assert [each.kept for each in results] == [again] * 2
        for each in results:
            assert each.get().parent == tmp_path / "to" / each.case.directory
            assert run(each.get()).stdout == f"{each.case.label}\n"


def test_what_names_the_directory_of_its_configuration_is_refused(client: Any, tmp_path: Path) -> None:
    broken(
        tmp_path,
        "a",
        "from pathlib import Path\nfrom functoria import job, package\nfrom mirage_devices.v4 import main, register\n"
        'app = register("a", [main("Unikernel", job, packages=[package("lru", pin=f"file://{Path(__file__).parent}/lru")])])\n',
    )
    fleet = Fleet.discover(tmp_path, targets=["unix"])
    assert [each.outcome for each in fleet.plans(jobs=1)] == ["done"]
    with client.get_executor() as executor:
        (result,) = fleet.plans(executor)
    assert result.outcome == "failed"
    assert "names the directory of its configuration" in str(result.error)


NOTEBOOK = """
import sys
from attrs import frozen
from distributed import Client
from functoria import Device, Job, Key, arg, foreign, job
from functoria.fleet import Fleet
from mirage_devices import register

@frozen
class Mine(Device[Job]):
    label: str
    type = job
    module = "Mine"
    def connect(self, info, module, values):
        return f"{module}.start {self.ocaml_string(self.label)}"

colour = Key.opt("c", arg.custom("x", runtime="x", parse=lambda text: text, literal=lambda text: repr(text)), default="red")
app = register("typed", [Mine("a"), foreign("Unikernel", job, keys=[colour])])
with Client(sys.argv[1]) as client, client.get_executor() as executor:
    (result,) = Fleet.of(app, targets=["unix"]).query("main.ml", executor)
print(result.get() == app.plan(target="unix").files()["main.ml"], result.error)
"""


def test_what_is_typed_at_a_prompt_or_in_a_notebook(client: Any) -> None:
    done = run(sys.executable, "-c", NOTEBOOK, client.scheduler.address, cwd=ROOT, PYTHONPATH=str(ROOT))
    assert done.stdout == "True None\n"


def test_a_configuration_that_kills_its_workers_fails_alone(client: Any, tmp_path: Path) -> None:
    unikernels(tmp_path, "a", "c")
    broken(tmp_path, "b", "import os\nos._exit(3)\n")
    with client.get_executor() as executor:
        results = list(Fleet.discover(tmp_path, targets=["hvt"]).plans(executor, window=1))
    assert [each.outcome for each in results] == ["done", "failed", "done"]
    assert isinstance(results[1].error, WorkerLost)

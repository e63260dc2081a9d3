"""Applications of a config.ml can be pickled, are equal afterwards, and plan to the same bytes in another process."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from functoria import App, FunctoriaError, ocaml
from mirage_devices import TARGETS
from mirage_devices.v4 import TARGETS as TARGETS_4
from tests import recorded_ml

CASES = [
    *(
        (release, path.stem, False)
        for release in recorded_ml.RELEASES
        for path in recorded_ml.files(release)
        if path.stem not in recorded_ml.OF_OTHERS
    ),
    *((release, name, True) for release, name in recorded_ml.IDIOMS),
]


def application(release: str, name: str, idiom: bool) -> App:
    if not idiom:
        return recorded_ml.application(release, name)
    source = (recorded_ml.HERE / f"idioms-{release}" / f"{name}.ml").read_bytes()
    return ocaml.loads(source, f"/nowhere/{name}/config.ml", environment={"HOME": "/home/me"})


def fingerprint(app: App, targets: tuple[str, ...]) -> str:
    """Return a hash of all files, or refusals, for all targets."""
    found = []
    for target in targets:
        try:
            found.append(sorted(app.plan(target=target).files().items()))
        except FunctoriaError as error:
            found.append(error.message)  # type: ignore[arg-type]
    return hashlib.sha256(repr(found).encode()).hexdigest()


@pytest.fixture(scope="module")
def elsewhere() -> Any:
    """Plan the applications in another process, all in one run."""
    sent: dict[tuple[str, str, bool], bytes] = {}
    for case in CASES:
        app = application(*case)
        try:
            plan = app.plan(target="unix")
        except FunctoriaError:
            plan = None
        sent[case] = pickle.dumps((app, plan, TARGETS if case[0] == "3.3" else TARGETS_4))
    code = (
        "import pickle, sys\n"
        "from tests.ocaml_configurations.test_travel import there\n"
        "sys.stdout.buffer.write(pickle.dumps({case: there(data) for case, data in pickle.load(sys.stdin.buffer).items()}))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(sent), cwd=root, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)


def there(data: bytes) -> bytes:
    """Return the application, sent back, with its plan there, and the files of the plan that was sent."""
    app, plan, targets = pickle.loads(data)
    return pickle.dumps((app, fingerprint(app, targets), plan and plan.files()))


@pytest.mark.parametrize("case", CASES, ids=["-".join(map(str, case[:2])) for case in CASES])
def test_an_application_travels(case: tuple[str, str, bool], elsewhere: dict[Any, bytes]) -> None:
    app = application(*case)
    back, said, files = pickle.loads(elsewhere[case])
    assert back == app
    assert hash(back.root) == hash(app.root)
    assert said == fingerprint(app, TARGETS if case[0] == "3.3" else TARGETS_4)
    if files is not None:
        assert files == app.plan(target="unix").files()


WITH_HOOKS = """open Mirage
type t = T
let t = typ T
let device name =
  let rec count n = if n = 0 then 0 else 1 + count (n - 1) in
  let connect _ m = function
    | [ net ] -> code ~pos:__POS__ "%s.connect %s %S %d %s" m net name (count 3) (Sys.getenv "WHERE")
    | _ -> assert false
  in
  impl ~connect "Own.Make" (network @-> t)
let kind = Key.(create "kind" Arg.(opt (Cmdliner.Arg.enum [ ("one", `One); ("two", `Two) ]) `One (info [ "kind" ])))
let packages_v = Key.(map (function `One -> [ package "fmt" ] | `Two -> [ package "logs" ]) (value kind))
let named = Key.map (Fmt.str "%b-%s" true) (Key.pure "x")
let main = main ~packages_v "Unikernel" (t @-> t @-> job)
let chosen = if_impl (Key.map (fun x -> x = "true-x") named) (device "a" $ default_network) (device "b" $ netif "n")
let () = register "hooks" [ main $ (device "a" $ default_network) $ chosen ]
"""


def test_functions_travel_with_what_the_world_answered_them() -> None:
    app = ocaml.loads(WITH_HOOKS, environment={"WHERE": "here", "SECRET": "sesame"})
    data = pickle.dumps(app)
    assert b"sesame" not in data
    assert data.count(b"let rec count") == 1
    back = pickle.loads(there(pickle.dumps((app, None, TARGETS_4))))[0]
    assert back == app
    assert pickle.loads(data).plan(target="hvt", kind="two").files() == app.plan(target="hvt", kind="two").files()
    assert "here" in app.plan().files()["mirage/main.ml"]


def test_equal_are_programs_that_say_the_same() -> None:
    def app(source: str, where: str = "here") -> App:
        return ocaml.loads(source, environment={"WHERE": where})

    assert app(WITH_HOOKS) == app(WITH_HOOKS)
    assert hash(app(WITH_HOOKS).root) == hash(app(WITH_HOOKS).root)
    assert app(WITH_HOOKS) != app(WITH_HOOKS, "there")
    assert app(WITH_HOOKS) != app(WITH_HOOKS.replace("count 3", "count 4"))
    assert app(WITH_HOOKS) != app(WITH_HOOKS.replace('device "b"', 'device "c"'))


def test_what_a_device_is_made_of_tells_it_apart() -> None:
    """Two devices that only differ in a function that they were given are different."""
    for one, two in (("Ipaddr.V4.to_string", "Ipaddr.V6.to_string"), ("String.trim", "String.lowercase_ascii")):
        source = """open Mirage
type t = T
let t = typ T
let device f = impl ~connect:(fun _ m _ -> ignore f; code ~pos:__POS__ "%s.x" m) "Own" t
let () = register "two" [ main "Main" (t @-> t @-> job) $ device ONE $ device TWO ]
"""
        assert len(devices(source.replace("ONE", one).replace("TWO", two))) == 2, one
        assert len(devices(source.replace("ONE", one).replace("TWO", one))) == 1, one


def devices(source: str) -> list[Any]:
    return [node for node in ocaml.loads(source).plan(target="hvt").devices if node.module == "Own"]


def test_errors_travel() -> None:
    for source in (
        'open Mirage let () = register "x" [ main "A" (block @-> job) $ default_network ]',
        'open Mirage let x = netif ~group:(fun x -> x) "a" let () = register "x" []',
        "let",
    ):
        with pytest.raises(FunctoriaError) as caught:
            ocaml.loads(source)
        back = pickle.loads(pickle.dumps(caught.value))
        assert (type(back), back.message, back.locations) == (
            type(caught.value),
            caught.value.message,
            caught.value.locations,
        )

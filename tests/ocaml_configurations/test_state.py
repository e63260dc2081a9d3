"""Each plan sees the mutable values of a configuration as they were after the file had been read."""

from __future__ import annotations

import copy
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import App, FunctoriaError
from functoria.ocaml import loads
from functoria.ocaml.translate import translate

SOURCES = {
    "3.3": """open Mirage
type cell = Cell
let cell = Type Cell
let count = ref 10
let seen = ref []
let first = lazy (incr count; !count)
let dev name =
  impl (object
    inherit base_configurable
    method ty = cell
    method name = name
    method module_name = String.capitalize_ascii name
    method! connect _ m _ =
      incr count;
      seen := m :: !seen;
      Fmt.str "return (* %d %s %d *)" !count (String.concat "," !seen) (Lazy.force first)
  end)
let main = foreign "Unikernel.Main" (cell @-> cell @-> cell @-> job)
let () = register "x" [ main $ dev "a" $ if_impl Key.is_unix (dev "b") (dev "c") $ dev "d" ]
""",
    "4.11": """open Mirage
type cell = Cell
let cell = typ Cell
let count = ref 10
let seen = ref []
let first = lazy (incr count; !count)
let dev name =
  let connect _ m _ =
    incr count;
    seen := m :: !seen;
    code ~pos:__POS__ "return (* %d %s %d *)" !count (String.concat "," !seen) (Lazy.force first)
  in
  impl ~connect (String.capitalize_ascii name) cell
let main = main "Unikernel.Main" (cell @-> cell @-> cell @-> job)
let () = register "x" [ main $ dev "a" $ if_impl Key.is_unix (dev "b") (dev "c") $ dev "d" ]
""",
}
MAIN = {"3.3": "main.ml", "4.11": "mirage/main.ml"}


def said(app: App, release: str, target: str) -> list[str]:
    text = app.plan(target=target).files()[MAIN[release]]
    return [line.partition("(*")[2].partition("*)")[0].strip() for line in text.split("\n") if "return (*" in line]


def applications() -> dict[str, App]:
    return {release: loads(source, release=release, environment={}) for release, source in SOURCES.items()}


@pytest.mark.parametrize("release", SOURCES)
def test_code_is_asked_once_in_the_order_of_the_main_module(release: str) -> None:
    for name, target in (("B", "unix"), ("C", "hvt")):
        assert said(applications()[release], release, target) == ["12 A 12", f"13 {name},A 12", f"14 D,{name},A 12"]


APPLICATIONS = applications()


@pytest.mark.parametrize("release", SOURCES)
@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["unix", "hvt", "xen"]), st.sampled_from(["plan", "files", "travel", "copy"]))
    )
)
def test_a_plan_does_not_depend_on_what_was_planned_before(release: str, steps: list[tuple[str, str]]) -> None:
    fresh = applications()[release]
    want = {target: dict(applications()[release].plan(target=target).files()) for target in ("unix", "hvt", "xen")}
    waiting: list[tuple[str, Any]] = []
    for target, step in steps:
        if step == "travel":
            fresh = pickle.loads(pickle.dumps(fresh))
        elif step == "copy":
            fresh = copy.deepcopy(fresh)
        waiting.append((target, fresh.plan(target=target)))
        if step == "files":
            target, plan = waiting.pop(0)
            assert plan.files() == want[target]
    for target, plan in waiting:
        assert plan.files() == want[target]


@pytest.mark.parametrize("release", SOURCES)
def test_plans_in_threads_do_not_see_one_another(release: str) -> None:
    app = APPLICATIONS[release]
    targets = ["unix", "hvt"] * 20
    want = {target: dict(app.plan(target=target).files()) for target in set(targets)}
    together = threading.Barrier(4)

    def made(target: str) -> bool:
        if not together.broken:
            with suppress(threading.BrokenBarrierError):
                together.wait(0.2)
        return bool(app.plan(target=target).files() == want[target])

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(made, targets))


REFUSED = {
    "files": "~files:(fun _ -> incr count; [])",
    "dune": "~dune:(fun _ -> count := 3; [])",
    "packages": "~packages_v:Key.(if_ is_unix [] (incr count; []))",
}


@pytest.mark.parametrize("hook", ["files", "dune"])
def test_a_hook_that_may_be_asked_any_number_of_times_sets_nothing(hook: str) -> None:
    source = SOURCES["4.11"].replace("impl ~connect", f"impl ~connect {REFUSED[hook]}")
    app = loads(source, "/nowhere/config.ml", release="4.11", environment={})
    with pytest.raises(
        FunctoriaError, match="this sets a value that was made while the configuration was read"
    ) as caught:
        app.plan(target="hvt").files()
    line = next(n for n, each in enumerate(source.split("\n"), 1) if REFUSED[hook] in each)
    assert [(place.file, place.line) for place in caught.value.locations[:1]] == [("/nowhere/config.ml", line)]


def test_a_method_that_may_be_asked_any_number_of_times_sets_nothing() -> None:
    source = SOURCES["3.3"].replace("method name = name", "method name = name method! keys = incr count; []")
    with pytest.raises(
        FunctoriaError, match="this sets a value that was made while the configuration was read"
    ) as caught:
        loads(source, "/nowhere/config.ml", release="3.3", environment={})
    assert caught.value.locations[0].line == 11
    own = SOURCES["3.3"].replace("method name = name", 'method name = let n = ref "" in n := name; !n')
    assert loads(own, release="3.3").plan(target="hvt").files() == applications()["3.3"].plan(target="hvt").files()


def test_a_name_may_count_devices() -> None:
    source = """
open Mirage
type t = T
let t = Type T
let counted = let v = ref (-1) in fun () -> incr v; !v
let device () = impl @@ object
  inherit base_configurable
  method ty = t
  method module_name = "Counted"
  method name = Printf.sprintf "counted_%02d" (counted ())
end
let first = device ()
let second = device ()
let () = register "counting" [ foreign "Unikernel.Main" (t @-> t @-> job) $ first $ second ]
"""
    app = loads(source, release="3.3", environment={})
    text = app.plan(target="hvt").files()["main.ml"]
    assert text.index("counted_00") < text.index("counted_01")
    assert app.plan(target="hvt").files()["main.ml"] == text
    assert loads(source, release="3.3", environment={}).plan(target="hvt").files()["main.ml"] == text


NAMES = """open Mirage
type cell = Cell
let cell = Type Cell
let next = let count = ref 0 in fun () -> incr count; !count
let both prefix = impl (object
  inherit base_configurable
  method ty = cell @-> cell @-> cell
  method module_name = "Both.Make"
  method name = NAME
  method! connect _ m names = Printf.sprintf "%s.both %s" m (String.concat " " names)
end)
let one = impl (object
  inherit base_configurable
  method ty = cell
  method module_name = "One"
  method name = "one"
end)
let join a b = both "both" $ a $ b
let main = foreign "Unikernel.Make" (cell @-> cell @-> job)
"""


def named(name: str, register: str) -> App:
    source = NAMES.replace("NAME", name) + f'let () = register "x" [ {register} ]\n'
    return loads(source, "/nowhere/config.ml", release="3.3", environment={})


COUNTED = 'Printf.sprintf "%s%02d" prefix (next ())'


def test_devices_whose_names_are_counted_when_they_are_asked_for_are_not_shared() -> None:
    register = "main $ join one (join one one) $ join one one"
    counted = named(COUNTED, register).plan(target="hvt")
    own = NAMES.replace(
        "(object\n  inherit base_configurable\n  method ty = cell @->",
        "(let n = next () in object\n  inherit base_configurable\n  method ty = cell @->",
    )
    source = own.replace("NAME", 'Printf.sprintf "%s%02d" prefix n') + f'let () = register "x" [ {register} ]\n'
    assert counted.files() == loads(source, release="3.3", environment={}).plan(target="hvt").files()
    assert sum(node.module == "Both.Make" for node in counted.graph.devices) == 3
    assert pickle.loads(pickle.dumps(counted)).files() == counted.files()


@pytest.mark.parametrize(
    "register", ["let both = join one one in main $ both $ both", "let j = join one one in main $ j $ join j one"]
)
def test_a_device_with_a_counted_name_is_used_once(register: str) -> None:
    app = named(COUNTED, f"({register})")
    with pytest.raises(FunctoriaError, match=r"Both\.Make is different at each use") as caught:
        app.plan(target="hvt")
    assert [(place.file, place.line) for place in caught.value.locations[:1]] == [("/nowhere/config.ml", 9)]


def test_what_names_set_is_not_read_by_other_code() -> None:
    source = NAMES.replace("NAME", COUNTED).replace(
        'Printf.sprintf "%s.both %s" m', 'Printf.sprintf "%d %s.both %s" (next ()) m'
    )
    app = loads(source + 'let () = register "x" [ main $ join one one $ one ]', "/nowhere/config.ml", release="3.3")
    with pytest.raises(FunctoriaError, match="reads what the names of devices set") as caught:
        app.plan(target="hvt").files()
    assert caught.value.locations[0].line == 4
    eager = NAMES.replace("NAME", COUNTED) + "let a = next () let x = join one one let b = next ()\n"
    eager += 'let () = register (Printf.sprintf "x%d%d" a b) [ main $ x $ one ]'
    assert loads(eager, release="3.3").name == "x12"


@pytest.mark.parametrize("release", SOURCES)
def test_code_that_sets_something_is_not_translated(release: str, tmp_path: Any) -> None:
    (tmp_path / "config.ml").write_text(SOURCES[release])
    with pytest.raises(FunctoriaError, match="depends on how often code was generated before") as caught:
        translate(tmp_path / "config.ml", release=release)
    assert "incr count" in SOURCES[release].split("\n")[caught.value.locations[0].line - 1]


HOOKS = {
    "register": 'register "y" [ main "Other" job ]',
    "add_dhcp_request": "add_dhcp_request requests 42",
}


@pytest.mark.parametrize("name", HOOKS)
def test_what_is_for_the_whole_configuration_is_not_called_by_code_of_a_device(name: str) -> None:
    source = """open Mirage
type cell = Cell
let cell = typ Cell
let requests = make_dhcp_requests ()
let never () = CALL
let dev = impl ~connect:(fun _ m _ -> CALL; code ~pos:__POS__ "%s.make ()" m) "Dev" cell
let () = register "x" [ main "Unikernel" (cell @-> job) $ dev ]
let later () = CALL
""".replace("CALL", HOOKS[name])
    app = loads(source, "/nowhere/config.ml", release="4.11", environment={})
    assert app.name == "x"  # functions that nothing calls do not count
    with pytest.raises(FunctoriaError, match=f"{name} is called by code of a device") as caught:
        app.plan(target="hvt").files()
    assert [(place.file, place.line) for place in caught.value.locations[:1]] == [("/nowhere/config.ml", 6)]
    assert loads(source.replace("let never () =", "let _ ="), release="4.11", environment={}).name == "x"

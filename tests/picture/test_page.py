"""The page in a real browser: every picture is the plan for the chosen values, and every control works."""

from __future__ import annotations

import itertools
import json
import random
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from functoria import (
    App,
    Device,
    FunctoriaError,
    Job,
    Key,
    Plan,
    Value,
    arg,
    foreign,
    if_impl,
    job,
    lift,
    match_impl,
    package,
    register,
)
from functoria.cli.config import load
from functoria.picture.diagram import ROLES, Diagram, boxes, lines
from functoria.picture.layers import Wire
from functoria.picture.layout import lay_out
from functoria.picture.page import page
from functoria.picture.svg import laid_out, size
from functoria.picture.tables import Tables
from tests.command_line import process
from tests.picture.browser import browsing
from tests.picture.test_descriptions import chamber
from tests.random_terms import applications

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/examples"
FILES = [
    *(EXAMPLES / name for name in ("network.py", "hello/config.py", "hello-4/config.py", "choice.py", "block.py")),
    *(ROOT / "tests/configurations" / f"{name}.py" for name in ("kv_ro", "tracing", "qubes", "conduit_server")),
    *(
        ROOT / "tests/configurations-4.11" / f"{name}.py"
        for name in ("network", "dns", "http-fetch", "kv_ro", "piece-key-clash")
    ),
]


class Shown:
    """A page in the browser, with the errors that occurred there and its requests to the network."""

    def __init__(self, tab: Any, directory: Path) -> None:
        self.tab = tab
        self.directory = directory
        self.faults: list[str] = []
        self.asked: list[str] = []
        tab.on("console", lambda message: self.faults.append(message.text))
        tab.on("pageerror", lambda error: self.faults.append(str(error)))
        tab.on("request", lambda request: self.asked.append(request.url))

    def open(self, text: str) -> None:
        file = self.directory / "page.html"
        file.write_text(text, "utf-8")
        self.faults.clear()
        self.asked.clear()
        self.tab.goto(file.as_uri())

    def fine(self) -> None:
        assert self.faults == []
        assert all(url.startswith(("file:", "data:")) for url in self.asked), self.asked

    def count(self, selector: str) -> int:
        found: int = self.tab.locator(selector).count()
        return found


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    directory = tmp_path_factory.mktemp("page")
    with browsing(directory / "profile", viewport={"width": 1300, "height": 800}) as tab:
        opened = Shown(tab, directory)
        opened.open(page(load(EXAMPLES / "network.py").plan()))
        yield opened


EVALUATE = """([data, states]) => states.map(([state, partial]) => {
  const { evaluate, diagram, layOut, sizeOf, Refusal } = window.functoria;
  try {
    const plan = evaluate(data, state, partial), { boxes, lines } = diagram(data, plan), wires = [], seen = new Set();
    for (const line of lines) {
      const wire = [line.source, line.target, line.role];
      if (!seen.has(wire.join())) { seen.add(wire.join()); wires.push(wire); }
    }
    const sizes = boxes.map(sizeOf), { places, bends } = layOut(sizes, wires);
    return {
      boxes: boxes.map((box) => [box.number, box.kind, box.title, box.note]),
      lines: lines.map((line) => [line.source, line.target, line.role, line.label]),
      needs: plan.nodes.map((node) => [node.args, node.deps, node.branches, node.functor]),
      packages: plan.nodes.map((node) => (node.packages || []).map((each) => data.packages[each].text)),
      keys: [...new Set(plan.used.map((key) => data.switches[data.variants[key].switch].name))],
      sizes, places: places.map(({ x, y }) => [x, y]),
      bends: bends.map((bend) => [bend.x0, bend.y0, bend.x1, bend.x2, bend.y2, bend.x3]),
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.message;
  }
})"""


def expected(plan: Plan) -> dict[str, Any]:
    drawing_boxes, drawing_lines = boxes(plan.graph, plan.app.title), lines(plan.graph)
    wanted: dict[int, list[str]] = {}
    for demand in plan.demands:
        wanted.setdefault(id(demand.node.device), []).append(str(demand.package))
    layout = laid_out(Diagram("", drawing_boxes, drawing_lines))
    return {
        "boxes": [list(box) for box in drawing_boxes],
        "lines": [[line.source, line.target, ROLES.index(line.role), line.label] for line in drawing_lines],
        "needs": [
            [[each.index for each in part] for part in (node.arguments, node.deps, node.branches)] + [node.functor]
            for node in plan.devices
        ],
        "packages": [wanted.get(id(node.device), []) for node in plan.devices],
        "keys": sorted({key.name for key in plan.keys}),
        "sizes": [list(size(box)) for box in drawing_boxes],
        "places": [list(place) for place in layout.places],
        "bends": [list(bend[:6]) for bend in layout.bends],
    }


def planned_with(app: App, context: dict[str, str], partial: bool) -> Plan | str:
    """Return the plan of `app`, or the reason why there is none."""
    try:
        return app.plan(context, partial=partial)
    except FunctoriaError as error:
        return error.message


def agree(shown: Shown, app: App, *, most: int) -> int:
    """Compare what the page computes with real plans, for `most` states of its switches; return how many are not refused."""
    tables = Tables(app, {})
    ranges = [[None, *range(len(switch.texts))] for switch in tables.switches]
    total = 1
    for each in ranges:
        total *= len(each)
    chance = random.Random(7)
    states = (
        list(itertools.product(*ranges)) if total <= most else [tuple(map(chance.choice, ranges)) for _ in range(most)]
    )
    asked = [(list(state), partial) for state in states for partial in (False, True)]
    found = shown.tab.evaluate(EVALUATE, [json.loads(json.dumps(tables.data())), asked])
    planned = 0
    for (state, partial), result in zip(asked, found, strict=True):
        context = {
            switch.name: switch.texts[choice]
            for switch, choice in zip(tables.switches, state, strict=True)
            if choice is not None
        }
        plan = planned_with(app, context, partial)
        if isinstance(plan, str):
            # The tables do not contain refusals by devices, but they do contain those by choices.
            assert not isinstance(result, str) or result == plan or "different values" in result
            continue
        assert not isinstance(result, str), (context, result)
        planned += 1
        wished = expected(plan)
        result["keys"] = sorted(result["keys"])
        for part, value in wished.items():
            assert result[part] == value, (part, context, partial)
    return planned


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_picture_is_the_plan_for_these_values(file: Path, shown: Shown) -> None:
    assert agree(shown, load(file), most=24) > 4


def half(one: int, two: str) -> int:
    if one == 4:
        raise ValueError("four")
    return one // 2 if two == "b" else one


def hard() -> App:
    """Choices by strings and numbers, by functions that fail, by values of choices, and with contradictory aliases."""
    size = Key.opt("size", arg.int, default=1)
    kind = Key.opt("kind", arg.enum(["a", "b", "c"]), default="a")
    flag, other = Key.flag("flag"), Key.flag("other")
    required = Key.required("required", arg.enum(["x", "y"]), stage="configure")
    small = Key.alias("small", {size: 2, flag: True})
    large = Key.alias("large", {size: 9})
    one, two, three = (foreign(f"Job.{name}", job) for name in ("One", "Two", "Three"))
    functor = foreign("Twice", job >> job >> job)
    nested = kind.value.match({"a": size.value.eq(2), "b": flag.value}, default=Value.pure(False))
    jobs = [
        if_impl(nested, functor @ one @ two, functor @ two @ one),
        match_impl(lift(half, size.value, kind.value), {1: one, 9: functor @ three @ three}, default=two),
        match_impl(required.value, {"x": functor @ if_impl(other.value, one, three) @ two}, default=three),
        foreign(
            "With_packages",
            job,
            packages=size.value.map(lambda n: [package(f"p{n}")] * (n < 4)),
            keys=[small, large, size],
        ),
    ]
    return register("hard", jobs, keys=[flag])


class Odd(Device[Job]):
    """A device whose module cannot be determined."""

    type = job
    module = property(lambda self: 1 / 0)  # type: ignore[assignment]


def many(one: int, two: int, three: int) -> bool:
    return one + two + three > 40


def test_what_cannot_be_planned_is_refused_and_what_is_too_much_has_no_switch(shown: Shown) -> None:
    sizes = [Key.opt(name, arg.enum([f"v{n}" for n in range(20)]), default="v0") for name in ("one", "two", "three")]
    lots = lift(many, *(each.value.map(len) for each in sizes))
    every = lift(lambda a, b, c: a == b == c, *(each.value for each in sizes))
    flag = Key.flag("flag")
    good = foreign("Good", job)
    wrong = foreign("Wrong", job, packages=flag.value.map(lambda on: [1] if on else [package("p")]))
    app = register("odd", [if_impl(flag.value, Odd(), good), if_impl(lots, good, wrong), if_impl(every, good, wrong)])
    found = {switch.name: switch.texts for switch in Tables(app, {}).switches}
    assert found == {"flag": ("false", "true"), "one": (), "two": (), "three": ()}
    assert agree(shown, app, most=24) > 0
    with pytest.raises(FunctoriaError) as refused:
        app.plan(flag=True)
    told = shown.tab.evaluate(
        EVALUATE, [json.loads(json.dumps(Tables(app, {}).data())), [[[1, None, None, None], False]]]
    )
    assert told == [refused.value.message]


def test_pictures_of_hard_choices(shown: Shown) -> None:
    assert agree(shown, hard(), most=300) > 100


@pytest.mark.filterwarnings("ignore")
@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(app=applications())
def test_pictures_of_any_application(shown: Shown, app: App) -> None:
    agree(shown, app, most=8)


def test_a_large_layout_is_the_same(shown: Shown) -> None:
    chance = random.Random(3)
    wires = list(
        dict.fromkeys((n, chance.randrange(max(0, n - 40), n), n % 2) for n in range(1, 300) for _ in range(3))
    )
    sizes = [(float(chance.randrange(40, 200)), 30.0) for _ in range(300)]
    layout = lay_out(sizes, [Wire(*wire) for wire in wires])
    found = shown.tab.evaluate("([sizes, wires]) => window.functoria.layOut(sizes, wires)", [sizes, wires])
    assert [[place["x"], place["y"]] for place in found["places"]] == [list(place) for place in layout.places]
    assert (found["width"], found["height"], found["ways"]) == (
        layout.width,
        layout.height,
        [list(w) for w in layout.ways],
    )


def test_the_page_is_used(shown: Shown) -> None:
    """A single visit: the picture, a switch, a device, search, a refusal, light and dark, and the keyboard."""
    tab = shown.tab
    shown.open(page(load(EXAMPLES / "network.py").plan(target="hvt")))
    plan = load(EXAMPLES / "network.py").plan(target="hvt")
    assert shown.count(".box") == len(plan.devices)
    assert "as planned" in tab.locator("#status").inner_text()

    tab.get_by_label("dhcp", exact=True).select_option("true")
    with_dhcp = load(EXAMPLES / "network.py").plan(target="hvt", dhcp="true")
    titles = tab.locator(".box .title").all_text_contents()
    assert titles == [box.title for box in boxes(with_dhcp.graph, "network")]
    assert "Dhcp_ipv4.Make" in titles

    tab.locator(".box", has_text="Arpv4.Make").click()
    panel = tab.locator("#panel")
    said = panel.inner_text()
    assert panel.is_visible()
    for words in ("Arpv4.Make", "Ethif.Make", "Mclock", 'tcpip {>= "3.5.0" & < "3.6.0"}', "mirage_devices/v3/devices/"):
        assert words in said, words
    code = panel.locator("pre").text_content()
    assert "Arpv4.Make" in code
    assert all(piece in with_dhcp.files()["main.ml"] for piece in code.split("\n\n"))
    panel.get_by_role("button", name="Ethif.Make").first.click()
    assert tab.locator("#panel h2").text_content() == "Ethif.Make"
    tab.keyboard.press("Escape")
    assert not panel.is_visible()
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')") == "Ethif.Make, a device"

    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')") == "Netif, a device"
    tab.keyboard.press("Enter")
    assert tab.locator("#panel h2").text_content() == "Netif"
    assert "interface = 0" in panel.inner_text()
    tab.keyboard.press("Escape")

    tab.keyboard.press("/")
    tab.keyboard.type("tcpip")
    assert tab.locator("#found").text_content() == f"{shown.count('.box.match')} of {len(titles)}"
    assert 0 < shown.count(".box.match") < len(titles)
    tab.keyboard.press("Enter")
    assert panel.is_visible()
    tab.locator("#search").fill("")

    tab.get_by_label("net", exact=True).select_option("socket")
    assert "sockets" in tab.locator("#message").inner_text()
    assert shown.count(".box") == 0
    with pytest.raises(FunctoriaError) as refused:
        load(EXAMPLES / "network.py").plan(target="hvt", dhcp="true", net="socket")
    assert refused.value.message in tab.locator("#message").inner_text()

    tab.get_by_role("button", name="Back to").click()
    assert tab.locator(".box .title").all_text_contents() == [box.title for box in boxes(plan.graph, "network")]
    tab.get_by_label("Leave choices open").check()
    assert shown.count(".box") == len(load(EXAMPLES / "network.py").plan(target="hvt", partial=True).devices)
    assert shown.count("#legend li") == 3
    styles = {
        tuple(tab.locator(f".line.{role}").first.evaluate("e => [getComputedStyle(e).strokeDasharray]"))
        for role in ROLES
    }
    assert len(styles) == 3

    ground = "() => getComputedStyle(document.querySelector('.ground')).fill"
    light = tab.evaluate(ground)
    tab.get_by_role("button", name="Show it dark").click()
    assert tab.evaluate(ground) != light
    shown.fine()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file", [FILES[0], FILES[-3]], ids=lambda file: str(file.relative_to(ROOT)))
def test_whatever_is_switched(file: Path, shown: Shown) -> None:
    """A refusal is shown, unless the page does not know this case; otherwise the picture and the code are the plan's."""
    app, chance, planned, refused = load(file), random.Random(5), 0, 0
    shown.open(page(app.plan(target="hvt")))
    selects = shown.tab.locator("#switches select")
    names = shown.tab.locator("#switches .key:has(select) label").all_text_contents()
    context = {"target": "hvt"}
    for _ in range(25):
        number = chance.randrange(len(names))
        texts = selects.nth(number).locator("option").all_text_contents()
        choice = chance.randrange(len(texts))
        selects.nth(number).select_option(index=choice)
        context = {name: text for name, text in context.items() if name != names[number]}
        if choice:
            context[names[number]] = texts[choice]
        plan, status = planned_with(app, context, False), shown.tab.locator("#status").inner_text()
        if isinstance(plan, str):
            refused += status == "refused"
            assert plan in shown.tab.locator("#message").text_content() or shown.tab.locator("#unasked").is_visible()
            continue
        planned += 1
        assert shown.tab.locator(".box .title").all_text_contents() == [
            box.title for box in boxes(plan.graph, plan.app.title)
        ]
        assert ("as planned" in status) is not shown.tab.locator("#unasked").is_visible()
        if "as planned" in status:
            shown.tab.locator(".box").nth(chance.randrange(len(plan.devices))).dispatch_event("click")
            main = next(text for name, text in plan.files().items() if name.endswith("main.ml"))
            for code in shown.tab.locator("#panel pre").all_text_contents():
                assert all(piece in main for piece in code.split("\n\n"))
    assert planned > 8
    shown.fine()


@pytest.mark.filterwarnings("ignore")
def test_what_the_page_does_not_know_is_asked_by_the_command_that_it_gives(shown: Shown, tmp_path: Path) -> None:
    """All pairs of values of keys that decide choices are known. For more, the page gives the command for these values."""
    file = ROOT / "tests/configurations-4.11/network.py"
    app = load(file)
    shown.open(page(app.plan()))
    deciding = sorted(key.name for key in app.survey.deciding)
    assert deciding == ["net", "no-dhcp", "target", "utcp"]
    for one, two in itertools.combinations(deciding, 2):
        shown.tab.get_by_label(one, exact=True).select_option(index=2)
        shown.tab.get_by_label(two, exact=True).select_option(index=2)
        assert not shown.tab.locator("#unasked").is_visible()
        shown.tab.get_by_role("button", name="Back to").click()
    for name, text in (("target", "hvt"), ("net", "ocaml"), ("no-dhcp", "true"), ("utcp", "true")):
        shown.tab.get_by_label(name, exact=True).select_option(text)
    assert shown.tab.locator("#unasked").is_visible()
    command = shlex.split(shown.tab.locator("#unasked code").text_content() or "")
    assert command[:2] == ["functoria", "describe"]
    done = process(*command[1:], "-f", file, "--json", cwd=tmp_path)
    *modules, _application = (each["module"] for each in json.loads(done.out)["devices"])
    assert sorted(modules) == sorted(shown.tab.locator(".box:not(.application) .title").all_text_contents())


def test_of_a_large_application_the_keys_that_decide_most_come_first(shown: Shown) -> None:
    """Their names do not matter: with many devices there is room for few combinations only."""
    one = foreign("Unikernel.One", job)
    small = [Key.flag(f"a{number}", stage="configure") for number in range(400)]
    most = Key.opt("zone", arg.enum(["here", "there"]), default="here", stage="configure")
    choices = [
        if_impl(
            lift(lambda alone, zone: alone and zone == "here", key.value, most.value), one, foreign(f"Few{number}", job)
        )
        for number, key in enumerate(small)
    ]
    shown.open(page(register("many", choices).plan()))
    shown.tab.get_by_label("zone", exact=True).select_option("there")
    assert not shown.tab.locator("#unasked").is_visible()
    shown.tab.get_by_label("a399", exact=True).select_option("true")
    assert shown.tab.locator("#unasked code").text_content() == "functoria describe --a399 --zone=there"
    shown.fine()


CUT = """() => [...document.querySelectorAll("#switches select")].filter((select) => {
  const style = getComputedStyle(select), canvas = document.createElement("canvas").getContext("2d");
  canvas.font = style.font;
  const arrow = 16, around = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) + arrow;
  return canvas.measureText(select.selectedOptions[0].text).width + around > select.clientWidth + 1;
}).map((select) => select.selectedOptions[0].text)"""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("width", [390, 1300])
def test_no_value_is_cut(width: int, shown: Shown) -> None:
    """A select shows its whole text, whatever is chosen, beside its name or below it."""
    shown.tab.set_viewport_size({"width": width, "height": 800})
    try:
        for file in (FILES[0], FILES[-5]):
            shown.open(page(load(file).plan(target="unix", net="direct")))
            if width < 800:
                shown.tab.locator("summary", has_text="Keys").click()
            for select in shown.tab.locator("#switches select").all():
                for place in range(select.locator("option").count()):
                    select.select_option(index=place)
                    assert shown.tab.evaluate(CUT) == []
        shown.fine()
    finally:
        shown.tab.set_viewport_size({"width": 1300, "height": 800})


def matched(shown: Shown) -> list[str]:
    """Return the keys that a search has highlighted."""
    found: list[str] = shown.tab.locator("#switches .key.match > :first-child").all_text_contents()
    return found


@pytest.mark.filterwarnings("ignore")
def test_search(shown: Shown) -> None:
    """Exact names come first, keys are highlighted with what they decide, and Escape ends the search."""
    tab = shown.tab
    app = load(ROOT / "tests/configurations-4.11/network.py")
    shown.open(page(app.plan(target="unix")))
    keys = tab.locator("#switches .key > :first-child").all_text_contents()
    for key in keys:
        tab.locator("#search").fill(key)
        assert key in matched(shown)
        assert matched(shown) == [each for each in keys if key in each]
    deciding = {key.name for key in app.survey.deciding} & {key.name for key in app.plan(target="unix").keys}
    assert len(deciding) > 3
    for key in sorted(deciding):
        tab.locator("#search").fill(key)
        assert shown.count(".box.match") > 0, key

    tab.locator("#search").fill("tcp")
    tab.keyboard.press("Enter")
    assert "tcp" in (tab.locator("#panel h2").text_content() or "").lower()
    tab.keyboard.press("Escape")
    assert not tab.locator("#panel").is_visible()
    assert tab.locator("#search").input_value() == tab.locator("#found").text_content() == ""
    assert (shown.count("svg.searched"), shown.count(".box.match"), matched(shown)) == (0, 0, [])

    tab.locator("#search").fill("no such thing")
    tab.keyboard.press("Enter")
    assert tab.locator("#found").text_content() == f"0 of {shown.count('.box')}"
    tab.keyboard.press("Escape")
    assert (tab.locator("#search").input_value(), shown.count("svg.searched")) == ("", 0)
    shown.fine()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file", [FILES[0], FILES[-5]], ids=lambda file: str(file.relative_to(ROOT)))
def test_a_panel_lists_each_thing_once(file: Path, shown: Shown) -> None:
    shown.open(page(load(file).plan(target="unix")))
    for number in range(shown.count(".box")):
        shown.tab.locator(".box").nth(number).dispatch_event("click")
        for items in shown.tab.locator("#panel :is(ul, ol)").all():
            texts = items.locator("li").all_text_contents()
            assert len(texts) == len(set(texts)), texts
    shown.fine()


def test_a_narrow_window(shown: Shown) -> None:
    shown.tab.set_viewport_size({"width": 390, "height": 800})
    try:
        shown.open(page(load(EXAMPLES / "hello-4/config.py").plan()))
        assert shown.tab.evaluate("document.documentElement.scrollWidth") <= 390
        shown.tab.locator("summary", has_text="Keys").click()
        shown.tab.get_by_label("target", exact=True).select_option("hvt")
        shown.tab.locator(".box", has_text="Unikernel").click()
        assert shown.tab.locator("#panel").is_visible()
        assert shown.tab.evaluate("document.documentElement.scrollWidth") <= 390
        shown.fine()
    finally:
        shown.tab.set_viewport_size({"width": 1300, "height": 800})


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp; @title@ \u2028 é🐪"


def test_hostile_text_is_text(shown: Shown) -> None:
    key = Key.opt("k", arg.enum({HOSTILE: "`A", "b": "`B"}), default=HOSTILE, doc=HOSTILE, docs=HOSTILE)
    pin = "https://" + "".join(char for char in HOSTILE if char.isprintable() and char != " ")
    main = foreign("Unikernel.Main", job, keys=[key], packages=[package("p", pin=pin)])
    app = register(HOSTILE, [if_impl(key.value.eq("b"), main, foreign("Other", job))])
    dialogs: list[Any] = []
    shown.tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    shown.open(page(app.plan()))
    title = HOSTILE.replace("\u2028", "\\u2028")
    assert shown.tab.locator("h1").text_content() == title
    assert shown.tab.title() == title
    shown.tab.locator("select").select_option("b")
    assert shown.tab.locator(".box.application .title").text_content()[:40] == title[:40]
    shown.tab.locator(".box", has_text="Unikernel.Main").click()
    assert title in shown.tab.locator("#panel").text_content()
    assert shown.count("img") == 0
    assert dialogs == []
    shown.fine()


def test_five_hundred_devices(shown: Shown) -> None:
    app = chamber(50)
    text = page(app.plan(target="hvt"))
    assert len(text) < 3_000_000
    shown.open(text)
    count = shown.count(".box")
    assert count > 400
    shown.tab.locator("#search").fill("g49")
    assert shown.count(".box.match") > 5
    shown.tab.keyboard.press("Enter")
    shown.tab.locator("select").first.select_option(index=1)
    shown.fine()


def test_the_same_bytes() -> None:
    one, two = (page(load(EXAMPLES / "network.py").plan(target="hvt")) for _ in range(2))
    assert one == two
    assert one.isascii()
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", one)
    assert str(ROOT) not in one

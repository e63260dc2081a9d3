"""The commands why, query and diff."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mirage_devices import TARGETS
from tests.command_line import Cli
from tests.tools import need, run

WEB = """\
from functoria import Key, arg, foreign, job, package
from mirage_devices import *

hello = Key.opt("hello", arg.string, default="Hi")
main = foreign("Unikernel", stackv4 >> random >> job, keys=[hello], packages=[package("tcpip", min="3.5.1")])
app = register("web", [main @ generic_stackv4(default_network) @ default_random])
"""


@pytest.fixture
def web(tmp_path: Path) -> Path:
    file = tmp_path / "config.py"
    file.write_text(WEB)
    return file


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["tcpip"],
            [
                "\non every target\n",
                'Unikernel {>= "3.5.1"}  config.py:5',
                ">= 3.5.1 is set by Unikernel",
                "ethernet.py:",
            ],
        ),
        (["nocrypto"], ["is not in the plan with these choices: only with --prng=nocrypto"]),
        (["mirage-net-xen"], ["is not in the plan with these choices: only where target is xen or qubes"]),
        (
            ["mirage-net-xen", "-t", "xen"],
            ["\nonly where target is xen or qubes\n", "by Unikernel → Tcpip_stack_direct.Make → Netif"],
        ),
        (
            ["Netif"],
            [
                "only where target is qubes, or with --net=direct",
                "by Unikernel → Tcpip_stack_direct.Make → Netif",
                "brings mirage-net-unix",
            ],
        ),
        (["hello"], ["hello is Hi, the default  config.py:4", "declared by Unikernel"]),
        (["prng", "--prng=nocrypto"], ["prng is nocrypto, given", "decides which devices there are"]),
        (["interface", "-t", "hvt"], ["interface is 0, the default", "declared by Netif"]),
    ],
)
def test_why(words: list[str], says: list[str], cli: Cli, web: Path) -> None:
    done = cli("why", *words)
    assert (done.status, done.err) == (0, "")
    for each in says:
        assert each in done.out, done.out
    assert str(Path.home()) not in done.out.replace(str(web.parent), "")


def test_why_of_an_option_of_the_unikernel(cli: Cli, tmp_path: Path) -> None:
    lines = [
        "from functoria import Key, if_impl",
        "from mirage_devices.v4 import *",
        'hello = runtime_arg("Unikernel.hello")',
        'loud = main("Loud", job, runtime_args=[runtime_arg("Loud.volume")])',
        'quiet = main("Quiet", job, runtime_args=[hello])',
        'app = register("web", [if_impl(Key.flag("loud").value, loud, quiet), main("Third", job, runtime_args=[hello])])',
    ]
    (tmp_path / "config.py").write_text("\n".join(lines))
    done = cli("why", "hello")
    assert (done.status, done.err) == (0, "")
    assert "hello is an option of the unikernel, given when it runs  config.py:3\non every target\n" in done.out
    assert "declared by Quiet, by Quiet" in done.out
    assert "declared by Third, by Third" in done.out
    assert json.loads(cli("why", "hello", "--json").out)["reasons"] == [{"way": ["Quiet"]}, {"way": ["Third"]}]
    assert "volume (option) is not in the plan with these choices: only with --loud" in cli("why", "volume").out
    assert "only with --loud" in cli("why", "volume", "--loud").out
    assert "did you mean hello?" in cli("why", "helo").err


def test_why_of_nothing(cli: Cli, web: Path) -> None:
    done = cli("why", "tcpipe")
    assert (done.status, done.out) == (1, "")
    assert "there is no package, device, key or option tcpipe, with any choice: did you mean tcpip?" in done.err


def test_why_by_the_name_in_a_configuration(cli: Cli, web: Path) -> None:
    assert cli("why", "-f", web, "default_random").out.startswith("Mirage_random_stdlib\n")
    assert "ask for Console_xen or Console_solo5 or Console_unix" in cli("why", "-f", web, "default_console").err
    assert "did you mean Udp.Make?" in cli("why", "-f", web, "udp").err


def test_query_by_the_name_of_a_file_alone(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "config.py"
    file.write_text('from mirage_devices.v4 import *\napp = register("a", [main("Unikernel", job)])\n')
    assert cli("query", "-f", file, "main.ml").out == cli("query", "-f", file, "mirage/main.ml").out != ""
    assert "did you mean mirage/main.ml?" in cli("query", "-f", file, "main").err
    assert "mirage/main.ml, mirage/a-unix.opam, Makefile" in cli("query", "-f", file, "xyzzy").err


def test_why_as_json(cli: Cli, web: Path) -> None:
    data = json.loads(cli("why", "tcpip", "--json").out)
    assert (data["kind"], data["there"], data["when"]) == ("package", True, "on every target")
    assert {"device": "Unikernel", "wants": 'tcpip {>= "3.5.1"}', "at": "config.py:5"}.items() <= data["reasons"][
        -1
    ].items()


def test_conditions_are_those_of_the_plans(cli: Cli, web: Path) -> None:
    """A package is present exactly on the targets that the condition names."""
    there = {
        target: {line.split()[0] for line in cli("query", "packages", "-t", target).out.splitlines()}
        for target in TARGETS
    }
    for name in sorted(set().union(*there.values())):
        said = json.loads(cli("why", name, "--json").out)
        for target in TARGETS:
            now = {**said["usual"], "target": target}
            ways = (all(now[key] in values for key, values in way.items()) for way in said["any_of"])
            assert any(ways) == (name in there[target]), (name, target)


def test_conditions_on_several_choices(cli: Cli, web: Path) -> None:
    """An absent device that needs two other choices is found, as is one that is present if a key has no value."""
    says = (
        "ips (key) is not in the plan with these choices: only where target is unix or macosx, and with --net=socket\n"
    )
    assert cli("why", "ips", "-t", "hvt").out == cli("why", "ips").out == says, cli("why", "ips")
    (web.parent / "net.py").write_text(
        "from functoria import *\nfrom mirage_devices.v4 import *\n"
        'web = main("Unikernel.Main", stackv4v6 >> job) @ generic_stackv4v6(default_network)\n'
        'app = register("web", [web])\n'
    )
    said = json.loads(cli("why", "Netif", "-f", "net.py", "--json").out)
    assert {"net": [None], "no-dhcp": ["false"]} in said["any_of"]
    assert {"net": ["direct", "ocaml"]} in said["any_of"]


def test_query(cli: Cli, web: Path) -> None:
    assert cli("query", "name").out == "web\n"
    assert cli("query", "target", "-t", "hvt").out == "hvt\n"
    assert cli("query", "targets").out.split() == list(TARGETS)
    assert 'tcpip {>= "3.5.1" & < "3.6.0"}\n' in cli("query", "packages").out
    assert "tcpip.udp\n" in cli("query", "libraries").out
    assert "hello=Ho\n" in cli("query", "keys", "--hello=Ho").out
    files = cli("query", "files").out.split()
    cli("configure")
    for name in files:
        assert cli("query", name).out == (web.parent / name).read_text(), name
    assert cli("query", "opam").out == cli("query", "mirage-unikernel-web-unix.opam").out
    assert json.loads(cli("query", "files", "--json").out) == files
    done = cli("query", "pakages")
    assert (done.status, done.err) == (
        2,
        "functoria: there is nothing called pakages to query: did you mean packages?\n",
    )


def test_the_graph_is_one_of_graphviz(cli: Cli, web: Path) -> None:
    lines = cli("query", "graph").out.splitlines()
    assert (lines[0], lines[-1]) == ('digraph "web" {', "}")
    assert any('[label="Tcpip_stack_direct.Make" ' in line for line in lines)
    assert any("style=dashed arrowhead" in line for line in lines)
    assert lines == cli("describe", "--dot").out.splitlines()


def test_diff_of_targets_choices_and_configurations(cli: Cli, web: Path) -> None:
    out = cli("diff", "unix", "hvt").out
    assert "~ key target: unix → hvt\n" in out
    assert '- package mirage-unix: {>= "3.1.0" & < "3.2.0"}\n' in out
    assert "+ file link.sh\n" in out
    out = cli("diff", "hello=Hi", "hello=Ho,prng=nocrypto").out
    assert "~ key hello: Hi → Ho\n" in out
    assert "+ device Nocrypto.Rng\n" in out
    (web.parent / "other.py").write_text(WEB.replace("3.5.1", "3.5.2"))
    out = cli("diff", "config.py", "other.py").out
    assert '~ bounds tcpip: {>= "3.5.1" & < "3.6.0"} → {>= "3.5.2" & < "3.6.0"}\n' in out
    assert "+tcpip" not in out
    assert '"tcpip" {>= "3.5.2"' in cli("diff", "config.py", "other.py", "-v").out
    web.rename(web.with_name("one.py"))
    assert cli("diff", "one.py", "other.py").out == out


def test_diff_of_what_is_alike(cli: Cli, web: Path) -> None:
    assert cli("diff", "unix", "target=unix", "--exit-code") == (0, "unix and target=unix are alike\n", "")
    assert cli("diff", "unix", "hvt", "--exit-code").status == 2
    assert json.loads(cli("diff", "unix", "unix", "--json").out)["edits"] == []
    edits = json.loads(cli("diff", "unix", "hvt", "--json").out)["edits"]
    assert {"kind": "change", "what": "key", "name": "target", "before": "unix", "after": "hvt"} in edits


def test_diff_of_revisions(cli: Cli, web: Path) -> None:
    need("git")
    (web.parent / "names.py").write_text('NAME = "Hi"\n')
    web.write_text(WEB.replace('default="Hi"', "default=NAME").replace("import *", "import *\nfrom names import NAME"))
    git = ("git", "-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
    run("git", "init", "-q", ".", cwd=web.parent)
    run("git", "add", "config.py", "names.py", cwd=web.parent)
    run(*git, "commit", "-qm", "one", cwd=web.parent)
    (web.parent / "names.py").write_text('NAME = "Ho"\n')
    web.write_text(web.read_text().replace("3.5.1", "3.5.2"))
    out = cli("diff", "HEAD", "config.py").out
    assert "~ key hello: Hi → Ho\n" in out
    assert "~ bounds tcpip" in out
    assert cli("diff", "HEAD:config.py", "HEAD").out == "HEAD:config.py and HEAD are alike\n"
    run(*git, "commit", "-qam", "two", cwd=web.parent)
    assert cli("diff", "HEAD~1", "HEAD").out == out
    assert "config.ml is not in the revision HEAD" in cli("diff", "HEAD:config.ml", "HEAD").err
    web.write_text(web.read_text().replace("[main @", "[mian @"))
    run(*git, "commit", "-qam", "three", cwd=web.parent)
    web.write_text(web.read_text().replace("[mian @", "[main @"))
    refused = cli("diff", "HEAD", "config.py")
    assert (refused.status, "at HEAD:config.py:7" in refused.err) == (1, True), refused.err
    assert "functoria-" not in refused.err


def test_diff_of_what_is_nothing(cli: Cli, web: Path) -> None:
    done = cli("diff", "hvtt", "unix")
    assert (done.status, done.out) == (2, "")
    assert (
        "hvtt is not a configuration, a target, a choice as KEY=VALUE, or a revision of git: did you mean hvt?"
        in done.err
    )
    assert "did you mean hello?" in cli("diff", "helo=1", "unix").err


@pytest.mark.parametrize(
    ("release", "words", "because"),
    [
        ("mirage_devices", [], "because --target=unix, --net=direct, --dhcp=false by default"),
        ("mirage_devices", ["--net=socket"], "because --net=socket, --target=unix, --dhcp=false by default"),
        ("mirage_devices.v4", [], "because --target=unix by default, without --net or --no-dhcp"),
        ("mirage_devices.v4", ["--no-dhcp"], "because --no-dhcp, --target=unix by default, without --net"),
        ("mirage_devices.v4", ["--net=host"], "because --net=host, --target=unix by default"),
    ],
)
def test_why_says_by_which_options(release: str, words: list[str], because: str, cli: Cli) -> None:
    stack, main = ("stackv4v6", "main") if release.endswith("v4") else ("stackv4", "foreign")
    Path("config.py").write_text(
        f"from functoria import job\nfrom {release} import *\n\n"
        + ("" if main == "main" else "from functoria import foreign\n")
        + f'main = {main}("Unikernel.Main", {stack} >> job)\n'
        f'app = register("web", [main @ generic_{stack}(default_network)])\n'
    )
    printed = cli("why", "tcpip", *words).out
    assert because in printed
    assert "None" not in printed

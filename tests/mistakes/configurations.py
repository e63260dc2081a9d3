"""Mistakes at a terminal: files, and the words of a command."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

_PLAIN = """\
from functoria import Key, arg, foreign, job
from mirage_devices import register

hello = Key.opt("hello", arg.string, default="Hello World!")
main = foreign("Unikernel", job, keys=[hello])
app = register("hello", [main])
"""
_NETWORK = """\
from functoria import foreign, job, package
from mirage_devices import default_network, generic_stackv4, netif, network, register, stackv4

"""


@frozen
class Typed:
    """The content of the files, with the configuration first, and the words after `functoria`."""

    files: Mapping[str, str]
    words: tuple[str, ...] = ("configure",)


def _typed(text: str, *words: str) -> Typed:
    return Typed({"config.py": text}, words or ("configure",))


LANGUAGE: dict[str, Typed] = {
    "a misspelt name": _typed(
        "from functoria import foreign, job\nfrom mirage_devices import *\n\n"
        'main = foreign("Unikernel.Main", time >> job)\napp = register("hello", [main @ defualt_time])\n'
    ),
    "a misspelt name in an import": _typed("from mirage_devices import default_tme, register\n"),
    "a misspelt module": _typed("from mirage_device import register\n"),
    "a misspelt attribute": _typed(
        'from functoria import Key, arg\n\nport = Key.opt("port", arg.integer, default=80)\n'
    ),
    "a misspelt keyword": _typed(
        "from functoria import foreign, job\nfrom mirage_devices import register\n\n"
        'app = register("hello", [foreign("Unikernel", job)], key=[])\n'
    ),
    "an unclosed bracket": _typed(
        'from functoria import foreign, job\n\nmain = foreign("Unikernel.Main", (job >> job)\n\napp = register("hello", [main])\n'
    ),
    "an unclosed string": _typed('from functoria import foreign, job\n\nmain = foreign("Unikernel, job)\n'),
    "an exception three frames deep": _typed(
        'def port(settings):\n    return settings["port"]\n\n\ndef server(settings):\n    return port(settings)\n\n\n'
        "app = server({})\n"
    ),
    "an exception in a module beside it": Typed(
        {"config.py": "from settings import PORT\n", "settings.py": 'PORT = int("http")\n'}
    ),
    "a missing operand": _typed("port = 80 +\n"),
    "a missing colon": _typed("def port():\n    return 80\n\n\nif port() == 80\n    name = 'web'\n"),
    "an unexpected indent": _typed("def port():\n    if True:\n        return 80\n   return 90\n"),
    "an unknown encoding": _typed("# coding: latin-one\nport = 80\n"),
    "an exception after another": _typed(
        'settings = {}\ntry:\n    port = settings["port"]\nexcept KeyError as error:\n'
        '    raise ValueError("say a port") from error\n'
    ),
    "several exceptions": _typed('raise ExceptionGroup("settings", [ValueError("port"), KeyError("host")])\n'),
    "no application": _typed('from functoria import foreign, job\n\nmain = foreign("Unikernel", job)\n'),
    "two applications": _typed(
        "from functoria import foreign, job\nfrom mirage_devices import register\n\n"
        'one = register("one", [foreign("One", job)])\ntwo = register("two", [foreign("Two", job)])\n'
    ),
}
"""Mistakes in Python, and in the structure of a configuration."""

COMMANDS: dict[str, Typed] = {
    "a misspelt option": _typed(_PLAIN, "configure", "--helo=Hi"),
    "an unknown option": _typed(_PLAIN, "configure", "--colour-scheme=dark"),
    "a misspelt command": _typed(_PLAIN, "confgure"),
    "a misspelt target": _typed(_PLAIN, "configure", "-t", "hvtt"),
    "a misspelt option of functoria": _typed(_PLAIN, "configure", "--dryrun"),
    "a missing configuration": _typed(_PLAIN, "configure", "-f", "confg.py"),
    "a configuration without its option": Typed({"net.py": _PLAIN}, ("configure", "net.py")),
    "a word that is not an option": _typed(_PLAIN, "configure", "hvt"),
    "an option without its value": _typed(_PLAIN, "configure", "--hello"),
    "a flag that takes a value": _typed(
        _NETWORK + 'main = foreign("Unikernel.Main", stackv4 >> job)\n'
        'app = register("web", [main @ generic_stackv4(default_network)])\n',
        "configure",
        "--dhcp",
        "--ipv4=10.0.0.2/24",
    ),
    "an option given twice": _typed(_PLAIN, "configure", "-t", "hvt", "-t", "xen", "-o", "a", "-o", "b"),
    "a misspelt package": _typed(_PLAIN, "describe", "--why", "mirage-loggs"),
}
"""Mistakes on the command line."""

PARTIES: dict[str, Typed] = {
    "bounds that contradict a device's": _typed(
        _NETWORK + 'main = foreign("Unikernel.Main", stackv4 >> job, packages=[package("tcpip", min="4.0.0")])\n'
        'app = register("web", [main @ generic_stackv4(default_network)])\n'
    ),
    "two devices with one key": _typed(
        _NETWORK + 'main = foreign("Unikernel.Main", network >> network >> job)\n'
        'app = register("bridge", [main @ netif("0") @ netif("1")])\n'
    ),
    "types compared": _typed(
        "from functoria import foreign, job\nfrom mirage_devices import time\n\n"
        'main = foreign("Unikernel.Main", time > job)\n'
    ),
    "text in place of a type": _typed(
        "from functoria import foreign, job\nfrom mirage_devices import time\n\n"
        'main = foreign("Unikernel.Main", "time" >> job)\n'
    ),
    "two arguments swapped": _typed(
        "from functoria import foreign, job\n"
        "from mirage_devices import console, default_console, default_time, register, time\n\n"
        'main = foreign("Unikernel.Main", time >> console >> job)\n'
        'app = register("hello", [main(default_console, default_time)])\n'
    ),
    "two arguments of an operator swapped": _typed(
        "from functoria import foreign, job\n"
        "from mirage_devices import console, default_console, default_time, register, time\n\n"
        'main = foreign("Unikernel.Main", time >> console >> job)\n'
        'app = register("hello", [main @ default_console @ default_time])\n'
    ),
    "one wrong argument of two": _typed(
        "from functoria import foreign, job\nfrom mirage_devices import block, console, default_console, ramdisk, register\n\n"
        'main = foreign("Unikernel.Main", console >> block >> job)\nstore = default_console\n'
        'app = register("hello", [main(default_console, store)])\n'
    ),
    "a misspelt attribute of a device": _typed(
        "from functoria import Device, job\nfrom mirage_devices import register\n\n\nclass Server(Device):\n    type = job\n"
        '    modul = "Server.Make"\n\n\napp = register("web", [Server()])\n'
    ),
    "a misspelt type of a device": _typed(
        "from functoria import Device, job\nfrom mirage_devices import register\n\n\nclass Server(Device):\n    tpye = job\n"
        '    module = "Server"\n\n\napp = register("web", [Server()])\n'
    ),
    "misspelt packages of a device": _typed(
        "from functoria import Device, job, package\nfrom mirage_devices import register\n\n\nclass Server(Device):\n"
        '    type = job\n    module = "Server"\n    packges = [package("duration")]\n\n\n'
        'app = register("web", [Server()])\n'
    ),
    "text as packages of a device": _typed(
        "from functoria import Device, job\nfrom mirage_devices import register\n\n\nclass Server(Device):\n"
        '    type = job\n    module = "Server"\n    packages = "duration"\n\n\napp = register("web", [Server()])\n'
    ),
    "a connect that takes nothing": _typed(
        "from functoria import Device, job\nfrom mirage_devices import register\n\n\nclass Server(Device):\n"
        '    type = job\n    module = "Server"\n\n    def connect(self):\n        return "Server.start ()"\n\n\n'
        'app = register("web", [Server()])\n'
    ),
    **{
        name: _typed(
            "from functoria import Key, foreign, job\nfrom mirage_devices import default_time, register\n\n"
            f'quiet = Key.flag("quiet")\nmain = foreign("Unikernel", job, {given})\napp = register("hello", [main])\n'
        )
        for name, given in {
            "text in place of packages": 'packages="duration"',
            "text in a list of packages": 'packages=["duration"]',
            "text in place of libraries": 'libraries="lib"',
            "a key in place of keys": "keys=quiet",
            "a value of a key in place of a key": "keys=[quiet.value]",
            "a device in place of dependencies": "deps=default_time",
            "text in place of a dependency": 'deps=["time"]',
        }.items()
    },
    "a misspelt method of a device": _typed(
        "from functoria import Device, job\nfrom mirage_devices import register\n\n\nclass Server(Device):\n    type = job\n"
        '    module = "Server"\n\n    def conect(self, info, module, values):\n        return f"{module}.serve ()"\n\n\n'
        'app = register("web", [Server()])\n'
    ),
    "a connect that fails in a module": Typed(
        {
            "config.py": "from mirage_devices import register\nfrom servers import Server\n\n"
            'app = register("web", [Server()])\n',
            "servers.py": "from functoria import Device, job\n\n\nclass Server(Device):\n    type = job\n"
            '    module = "Server"\n\n'
            "    def connect(self, info, module, values):\n        return f\"{module}.serve {info.context['port']}\"\n",
        }
    ),
    "a missing directory": _typed(
        "from functoria import foreign, job\nfrom mirage_devices import crunch, kv_ro, register\n\n"
        'main = foreign("Unikernel.Main", kv_ro >> job)\napp = register("web", [main @ crunch("htdocs")])\n'
    ),
    "an option of the unikernel": _typed(
        "from mirage_devices.v4 import job, main, register, runtime_arg\n\n"
        'main = main("Unikernel", job, runtime_args=[runtime_arg("Unikernel.hello")])\napp = register("hello", [main])\n',
        "configure",
        "--hello=Hi",
    ),
    "a job without a module": _typed(
        "from mirage_devices.v4 import Device, job, noop, register\n\n\n"
        'class Server(Device):\n    type = job\n    modul = "Server"\n    deps = (noop,)\n\n\napp = register("web", [Server()])\n'
    ),
    "misspelt dependencies of a job": _typed(
        "from mirage_devices.v4 import Device, job, noop, register\n\n\n"
        'class Server(Device):\n    type = job\n    module = "Server"\n    dpes = (noop,)\n\n\n'
        'app = register("web", [Server()])\n'
    ),
    "a misspelt name in a class": _typed(
        "from mirage_devices.v4 import Device, job, noop, register\n\n\n"
        'class Server(Device):\n    type = job\n    module = "Server"\n    deps = (nop,)\n\n\n'
        'app = register("web", [Server()])\n'
    ),
    "a missing directory for 4.11": _typed(
        "from mirage_devices.v4 import crunch, job, kv_ro, main, register\n\n"
        'main = main("Unikernel.Main", kv_ro >> job)\napp = register("web", [main @ crunch("htdocs")])\n'
    ),
    "two equal interfaces": _typed(
        _NETWORK + 'main = foreign("Unikernel.Main", network >> network >> job)\n'
        'app = register("bridge", [main @ netif("0") @ netif("0", group="b")])\n',
        "configure",
        "-t",
        "hvt",
    ),
}
"""Mistakes that involve two places, and warnings."""

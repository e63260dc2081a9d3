"""Runtime arguments: options of the unikernel, as Cmdliner terms that its main module registers.

Those of mirage-runtime have the names of MirageOS's module `Runtime_arg`; its `V4.network` is `ipv4_network`. Each takes its
default, then `group`, a prefix of the option's name (`--GROUP-ipv4`), and `docs`, its section of the unikernel's manual. All
raise InvalidValue for a default of the wrong kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Any, ClassVar

from attr import field, frozen

from functoria import Package, arg, quote
from functoria.arg import Converter
from functoria.device import list_of
from functoria.emit.main_ml import Registered
from functoria.errors import InvalidValue
from functoria.location import Location, here
from functoria.names import WORD, value_name
from functoria.printable import worded
from functoria.record import Record
from mirage_devices.v4 import arguments
from mirage_devices.v4.packages import package

RUNTIME = package("mirage-runtime", min="4.11.0", max="4.12.0")
"""The library that registers runtime arguments, of this release of the tool."""
NETWORK = package("mirage-runtime", min="4.11.0", max="4.12.0", sublibs=["network"])
"""Its arguments of networks."""
_TEXTS = arg.list(arg.string)
_LONGEST_NAME = 40  # characters


@frozen(eq=False, repr=False)
class RuntimeArg(Record):
    """An option of the unikernel, given at boot. Made by `runtime_arg` and the other functions of this module.

    `code` is the OCaml expression of its Cmdliner term, such as `Unikernel.hello`. Arguments are equal if their code and packages
    are.
    """

    code: str
    packages: tuple[Package, ...] = ()
    location: Location | None = field(default=None, eq=False, repr=False)

    made_by: ClassVar[str] = "one that runtime_arg(…) makes"
    """The words with which errors describe the origin of one."""
    plural: ClassVar[str] = "runtime arguments"
    """The words with which errors call several."""

    def _words(self) -> str:
        return f"the runtime argument {self.code}"

    @property
    def option(self) -> str:
        """The likely option, from the name of its value and its group: `--hello`; empty if these do not determine it."""
        value, *rest = self.code.split()
        *modules, name = value.split(".")
        if not name.isidentifier():
            return ""
        version = next((each.lower() for each in modules if each in ("V4", "V6")), "")
        if version and name != "accept_router_advertisements":
            name = f"ip{version}_{name}".removesuffix("_network").removesuffix("_optional")
        group = next((each[len('~group:"') : -1] for each in rest if each.startswith('~group:"')), "")
        return f"--{f'{group}-' if group else ''}{name.replace('_', '-')}"

    @property
    def registered(self) -> Registered:
        """The value that the main module registers."""
        kept = "".join("_" if char in "-. " else char for char in self.code.lower() if char in WORD or char in "-. ")
        head = kept[:_LONGEST_NAME].strip("_") or "argument"
        return Registered(value_name(head if not head[0].isdigit() else f"a{head}", of="runtime argument"), self.code)


def runtime_arg(code: str, *, packages: Sequence[Package] = ()) -> RuntimeArg:
    """Make the option described by `code`, an OCaml expression of a Cmdliner term that needs `packages`.

    Raises InvalidValue if `code` is blank or not text.
    """
    if not isinstance(code, str) or not code.strip():
        raise InvalidValue(
            f"a runtime argument must be OCaml code, as Unikernel.hello, not {worded(code)}", objects=[code]
        )
    return RuntimeArg(code.strip(), list_of(packages, Package, "packages", code), here())


def given(argument: object, what: str) -> RuntimeArg:
    """Return `argument`, given as `what` of a constructor. Raises InvalidValue if it is not a runtime argument."""
    if not isinstance(argument, RuntimeArg):
        raise InvalidValue(
            f"{what} is a runtime argument, as runtime_arg('Unikernel.port'), and is not {worded(argument)}",
            objects=[argument],
        )
    return argument


logs = RuntimeArg("Mirage_runtime.logs", (RUNTIME,))
"""The levels of logs: `-l`, `--logs`, a list of LEVEL, *:LEVEL and SOURCE:LEVEL."""
delay = RuntimeArg("Mirage_runtime.delay", (RUNTIME,))
"""The delay before anything starts, in seconds: `--delay`, by default 0."""
analyze = RuntimeArg("Mirage_runtime.analyze", (RUNTIME,))
"""Whether a disk image is analysed when it is opened: `--analyze`, true by default."""


def _network(function: str, value: str, group: str | None, docs: str | None) -> RuntimeArg:
    """Make an argument by a function of Mirage_runtime_network."""
    words = [f"Mirage_runtime_network.{function}"]
    before = arguments.group_of(group, function)
    if before is not None:
        words.append(f"~group:{quote.ocaml(before)}")
    section = arg.some(arg.string).accept(docs, of=f"docs of {function}")
    if section:
        words.append(f"~docs:{quote.ocaml(section)}")
    return RuntimeArg(" ".join([*words, value]), (NETWORK,))


def _one(function: str, converter: Converter[Any], default: Any, group: str | None, docs: str | None) -> RuntimeArg:
    """Make an argument with a default."""
    value = converter.literal(converter.accept(default, of=f"default of {function}"))
    return _network(function, value, group, docs)


def _maybe(function: str, converter: Converter[Any], default: Any, group: str | None, docs: str | None) -> RuntimeArg:
    """Make an optional argument."""
    if default is None:
        return _network(function, "None", group, docs)
    value = converter.literal(converter.accept(default, of=f"default of {function}"))
    return _network(function, f"(Some {value})", group, docs)


def interface(default: str, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The network interface: `--interface`."""
    return _one("interface", arg.string, default, group, docs)


def ipv4_network(default: IPv4Interface | str, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The IPv4 address, with its prefix: `--ipv4`."""
    return _one("V4.network", arguments.ipv4_prefix, default, group, docs)


def ipv4_optional_network(*, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The IPv4 address with its prefix, if given: `--ipv4`."""
    return _network("V4.optional_network", "()", group, docs)


def ipv4_gateway(
    default: IPv4Address | str | None = None, *, group: str | None = None, docs: str | None = None
) -> RuntimeArg:
    """The IPv4 gateway, if any: `--ipv4-gateway`."""
    return _maybe("V4.gateway", arguments.ipv4_address, default, group, docs)


def ipv6_network(
    default: IPv6Interface | str | None = None, *, group: str | None = None, docs: str | None = None
) -> RuntimeArg:
    """The IPv6 address, with its prefix, if any: `--ipv6`."""
    return _maybe("V6.network", arguments.ipv6_prefix, default, group, docs)


def ipv6_gateway(
    default: IPv6Address | str | None = None, *, group: str | None = None, docs: str | None = None
) -> RuntimeArg:
    """The IPv6 gateway, if any: `--ipv6-gateway`."""
    return _maybe("V6.gateway", arguments.ipv6_address, default, group, docs)


def accept_router_advertisements(*, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """Whether IPv6 routers configure the unikernel: `--accept-router-advertisements`, true by default."""
    return _network("V6.accept_router_advertisements", "()", group, docs)


def ipv4_only(*, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """Whether only IPv4 is used: `--ipv4-only`."""
    return _network("ipv4_only", "()", group, docs)


def ipv6_only(*, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """Whether only IPv6 is used: `--ipv6-only`."""
    return _network("ipv6_only", "()", group, docs)


def resolver(default: Sequence[str] = (), *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The servers of a resolver, as `tls:9.9.9.9`: `--resolver`."""
    servers = _TEXTS.accept(default, of="default of resolver")
    return _network("resolver", f"~default:{_TEXTS.literal(servers)} ()" if servers else "()", group, docs)


def dns_servers(
    default: Sequence[str] | None = None, *, group: str | None = None, docs: str | None = None
) -> RuntimeArg:
    """The servers of a DNS client, as `tcp:1.1.1.1`: `--dns-servers`."""
    return _maybe("dns_servers", _TEXTS, default, group, docs)


def dns_timeout(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The timeout of a DNS client, in nanoseconds: `--dns-timeout`."""
    return _maybe("dns_timeout", arguments.int64, default, group, docs)


def dns_cache_size(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The size of a DNS client's cache, in entries: `--dns-cache-size`."""
    return _maybe("dns_cache_size", arguments.number, default, group, docs)


def he_aaaa_timeout(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The time that happy eyeballs waits for IPv6 addresses once it has others, in nanoseconds: `--he-aaaa-timeout`."""
    return _maybe("he_aaaa_timeout", arguments.int64, default, group, docs)


def he_connect_delay(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The time that happy eyeballs waits before it tries the next address, in nanoseconds: `--he-connect-delay`."""
    return _maybe("he_connect_delay", arguments.int64, default, group, docs)


def he_connect_timeout(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The timeout of happy eyeballs for a connection, in nanoseconds: `--he-connect-timeout`."""
    return _maybe("he_connect_timeout", arguments.int64, default, group, docs)


def he_resolve_timeout(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The timeout of happy eyeballs for resolving a name, in nanoseconds: `--he-resolve-timeout`."""
    return _maybe("he_resolve_timeout", arguments.int64, default, group, docs)


def he_resolve_retries(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The number of times that happy eyeballs tries to resolve a name: `--he-resolve-retries`."""
    return _maybe("he_resolve_retries", arguments.number, default, group, docs)


def he_timer_interval(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The interval of happy eyeballs' timer, in nanoseconds: `--he-timer-interval`."""
    return _maybe("he_timer_interval", arguments.int64, default, group, docs)


def ssh_key(default: str | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The key for SSH, as `ed25519:…`: `--ssh-key`."""
    return _maybe("ssh_key", arg.string, default, group, docs)


def ssh_password(default: str | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The password for SSH: `--ssh-password`."""
    return _maybe("ssh_password", arg.string, default, group, docs)


def ssh_authenticator(default: str | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The authentication of the SSH server, such as `SHA256:…`: `--ssh-authenticator`."""
    return _maybe("ssh_authenticator", arg.string, default, group, docs)


def tls_authenticator(default: str | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The authentication of the TLS peer: `--tls-authenticator`."""
    return _maybe("tls_authenticator", arg.string, default, group, docs)


def http_headers(
    default: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
    *,
    group: str | None = None,
    docs: str | None = None,
) -> RuntimeArg:
    """Headers of HTTP requests, names and values, if any: `--http-headers`."""
    if default is None:
        return _network("http_headers", "None", group, docs)
    pairs = list(default.items()) if isinstance(default, Mapping) else default
    if not isinstance(pairs, (list, tuple)) or not all(isinstance(each, tuple) and len(each) == 2 for each in pairs):
        raise InvalidValue(
            f"default of http_headers: {worded(default)} is not pairs of a name and a value", objects=[default]
        )
    said = ((arg.string.accept(text, of="default of http_headers") for text in pair) for pair in pairs)
    shown = "; ".join(f"({', '.join(map(quote.ocaml, pair))})" for pair in said)
    return _network("http_headers", f"(Some [{shown}])", group, docs)


def syslog(
    default: IPv4Address | IPv6Address | str | None = None, *, group: str | None = None, docs: str | None = None
) -> RuntimeArg:
    """The address of a syslog server, if any: `--syslog`."""
    return _maybe("syslog", arguments.address, default, group, docs)


def syslog_port(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The port of the syslog server, by default 514: `--syslog-port`."""
    return _maybe("syslog_port", arguments.number, default, group, docs)


def syslog_truncate(default: int | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The length to which syslog messages are truncated, in bytes, if at all: `--syslog-truncate`."""
    return _maybe("syslog_truncate", arguments.number, default, group, docs)


def syslog_keyname(default: str | None = None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The name of the key for syslog by TLS, if any: `--syslog-keyname`."""
    return _maybe("syslog_keyname", arg.string, default, group, docs)


def monitor(
    default: IPv4Address | IPv6Address | str | None = None, *, group: str | None = None, docs: str | None = None
) -> RuntimeArg:
    """The address to which statistics are sent, if any: `--monitor`."""
    return _maybe("monitor", arguments.address, default, group, docs)

"""Runtime arguments: options of the unikernel, as Cmdliner terms that its main module registers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Network

from attrs import field, frozen

from functoria import Package, quote
from functoria.device import list_of
from functoria.emit.main_ml import Registered
from functoria.errors import InvalidValue
from functoria.location import Location, here
from functoria.names import WORD, value_name
from mirage_devices.v4.packages import package

RUNTIME = package("mirage-runtime", min="4.11.0", max="4.12.0")
"""The library that registers runtime arguments, of this release of the tool."""
NETWORK = package("mirage-runtime", min="4.11.0", max="4.12.0", sublibs=["network"])
"""Its arguments of networks."""


@frozen
class RuntimeArg:
    """An option of the unikernel, given when it boots. Made by `runtime_arg`, and by the functions of this module.

    `code` is the OCaml expression of the Cmdliner term, such as `Unikernel.hello`. Two with the same code and packages are one.
    """

    code: str
    packages: tuple[Package, ...] = ()
    location: Location | None = field(default=None, eq=False, repr=False)

    @property
    def registered(self) -> Registered:
        """The value that the main module registers for it."""
        kept = "".join("_" if char in "-. " else char for char in self.code.lower() if char in WORD or char in "-. ")
        head = kept[:40].strip("_") or "argument"
        return Registered(value_name(head if not head[0].isdigit() else f"a{head}", of="runtime argument"), self.code)


def runtime_arg(code: str, *, packages: Sequence[Package] = ()) -> RuntimeArg:
    """The option that the OCaml expression `code`, a Cmdliner term, describes; `packages` are those that it needs.

    Raises InvalidValue for code that is not text or is blank.
    """
    if not isinstance(code, str) or not code.strip():
        raise InvalidValue(f"a runtime argument is OCaml code, as Unikernel.hello, and is not {code!r}", objects=[code])
    return RuntimeArg(code.strip(), list_of(packages, Package, "packages", code), here())


logs = RuntimeArg("Mirage_runtime.logs", (RUNTIME,))
"""How verbose the logs are: `-l`, `--logs`, a list of LEVEL, *:LEVEL and SOURCE:LEVEL."""
delay = RuntimeArg("Mirage_runtime.delay", (RUNTIME,))
"""How many seconds to wait before anything starts: `--delay`, 0 unless it is given."""
analyze = RuntimeArg("Mirage_runtime.analyze", (RUNTIME,))
"""Whether a disk image is analysed when it is opened: `--analyze`, true unless it is given."""


def _network(function: str, value: str, group: str | None, docs: str | None) -> RuntimeArg:
    """An argument of Mirage_runtime_network, of `group`, in the section `docs` of the unikernel's manual."""
    labels = [f"~{label}:{quote.ocaml(text)}" for label, text in (("group", group), ("docs", docs)) if text is not None]
    return RuntimeArg(" ".join([f"Mirage_runtime_network.{function}", *labels, value]), (NETWORK,))


def _some(text: str | None) -> str:
    return "None" if text is None else f"(Some {text})"


def _text(value: str | None) -> str:
    return _some(None if value is None else quote.ocaml(value))


def _texts(values: Sequence[str] | None) -> str:
    return _some(None if values is None else _list(values))


def _list(values: Sequence[str]) -> str:
    return f"[{'; '.join(map(quote.ocaml, values))}]"


def _int(value: int | None) -> str:
    return _some(None if value is None else str(value) if value >= 0 else f"({value})")


def _int64(value: int | None) -> str:
    return _some(None if value is None else f"{value}L" if value >= 0 else f"({value}L)")


def _address(kind: str, value: object) -> str:
    return f"(Ipaddr.{kind}.of_string_exn {quote.ocaml(str(value))})"


def interface(default: str, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The network interface: `--interface`."""
    return _network("interface", quote.ocaml(default), group, docs)


def ipv4_network(default: IPv4Interface | str, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The IPv4 address, with its prefix: `--ipv4`."""
    return _network("V4.network", _address("V4.Prefix", IPv4Interface(default)), group, docs)


def ipv4_any_network(*, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The IPv4 network that sockets are bound in: `--ipv4`, any unless it is given."""
    return _network("V4.network", _address("V4.Prefix", "0.0.0.0/0"), group, docs)


def ipv4_optional_network(*, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The IPv4 address, with its prefix, where it is given: `--ipv4`."""
    return _network("V4.optional_network", "()", group, docs)


def ipv4_gateway(default: IPv4Address | str | None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The IPv4 gateway, if any: `--ipv4-gateway`."""
    value = _some(None if default is None else _address("V4", IPv4Address(default)))
    return _network("V4.gateway", value, group, docs)


def ipv6_network(default: IPv6Network | str | None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The IPv6 address, with its prefix, if any: `--ipv6`."""
    value = _some(None if default is None else _address("V6.Prefix", default))
    return _network("V6.network", value, group, docs)


def ipv6_gateway(default: IPv6Address | str | None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The IPv6 gateway, if any: `--ipv6-gateway`."""
    value = _some(None if default is None else _address("V6", IPv6Address(default)))
    return _network("V6.gateway", value, group, docs)


def accept_router_advertisements(*, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """Whether IPv6 routers configure the unikernel: `--accept-router-advertisements`, true unless it is given."""
    return _network("V6.accept_router_advertisements", "()", group, docs)


def ipv4_only(*, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """Whether only IPv4 is used: `--ipv4-only`."""
    return _network("ipv4_only", "()", group, docs)


def ipv6_only(*, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """Whether only IPv6 is used: `--ipv6-only`."""
    return _network("ipv6_only", "()", group, docs)


def name_servers(default: Sequence[str] = (), *, docs: str | None = None) -> RuntimeArg:
    """The servers of a resolver: `--resolver`."""
    return _network("resolver", f"~default:{_list(default)} ()" if default else "()", None, docs)


def dns_servers(default: Sequence[str] | None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """The servers of a DNS client: `--dns-servers`."""
    return _network("dns_servers", _texts(default), group, docs)


def dns_timeout(default: int | None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """How many nanoseconds a DNS client waits: `--dns-timeout`."""
    return _network("dns_timeout", _int64(default), group, docs)


def dns_cache_size(default: int | None, *, group: str | None = None, docs: str | None = None) -> RuntimeArg:
    """How many entries a DNS client keeps: `--dns-cache-size`."""
    return _network("dns_cache_size", _int(default), group, docs)


def happy_eyeballs_argument(name: str, default: int | None, *, group: str | None = None) -> RuntimeArg:
    """One of the arguments of happy eyeballs, `--he-NAME`: nanoseconds, or a number of retries."""
    return _network(f"he_{name}", _int(default) if name == "resolve_retries" else _int64(default), group, None)


def ssh_argument(name: str, default: str | None, *, group: str | None = None) -> RuntimeArg:
    """One of the arguments of SSH, `--ssh-NAME`: key, password or authenticator."""
    return _network(f"ssh_{name}", _text(default), group, None)


def tls_authenticator(default: str | None, *, group: str | None = None) -> RuntimeArg:
    """How the peer of TLS is authenticated: `--tls-authenticator`."""
    return _network("tls_authenticator", _text(default), group, None)


def http_headers(
    default: Mapping[str, str] | Sequence[tuple[str, str]] | None, *, group: str | None = None
) -> RuntimeArg:
    """Headers of HTTP requests: `--http-headers`."""
    if default is None:
        return _network("http_headers", "None", group, None)
    pairs = default.items() if isinstance(default, Mapping) else default
    shown = "; ".join(f"({quote.ocaml(name)}, {quote.ocaml(value)})" for name, value in pairs)
    return _network("http_headers", f"(Some [{shown}])", group, None)


def syslog_argument(name: str = "", *, group: str | None = None) -> RuntimeArg:
    """One of the arguments of syslog, without a default: the server's address, or its `port`, `truncate` and `keyname`."""
    return _network(f"syslog_{name}" if name else "syslog", "None", group, None)


def monitor(*, group: str | None = None) -> RuntimeArg:
    """The address that statistics are sent to: `--monitor`."""
    return _network("monitor", "None", group, None)

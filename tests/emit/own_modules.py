"""The unikernel's own modules that the main module of a plan for MirageOS 4.11 refers to, generated from the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from functoria import Plan
from mirage_devices.v4.application import Module
from mirage_devices.v4.devices.kv import Crunch

_V4, _V6 = "Ipaddr.V4.t and type prefix = Ipaddr.V4.Prefix.t", "Ipaddr.V6.t and type prefix = Ipaddr.V6.Prefix.t"
SIGNATURES = {
    "alpn_client": "sig type t end",
    "arpv4": "Arp.S",
    "block": "Mirage_block.S",
    "conduit": "Conduit_mirage.S",
    "dns_client": "Dns_client_mirage.S",
    "ethernet": "Ethernet.S",
    "git_client": "sig val ctx : Mimic.ctx end",
    "happy_eyeballs": "Happy_eyeballs_mirage.S",
    "http_client": "sig type ctx end",
    "http_server": "Paf_mirage.S",
    "icmpv4": "Icmpv4.S",
    "ipv4": f"Tcpip.Ip.S with type ipaddr = {_V4}",
    "ipv6": f"Tcpip.Ip.S with type ipaddr = {_V6}",
    "ipv4v6": "Tcpip.Ip.S with type ipaddr = Ipaddr.t and type prefix = Ipaddr.Prefix.t",
    "kv_ro": "Mirage_kv.RO",
    "kv_rw": "Mirage_kv.RW",
    "mimic": "Mimic_happy_eyeballs.S",
    "network": "Mirage_net.S",
    "qubesdb": "Qubes.S.DB",
    "resolver": "Resolver_mirage.S",
    "stackv4v6": "Tcpip.Stack.V4V6",
    "tcpv4": "Tcpip.Tcp.S with type ipaddr = Ipaddr.V4.t",
    "tcpv6": "Tcpip.Tcp.S with type ipaddr = Ipaddr.V6.t",
    "tcpv4v6": "Tcpip.Tcp.S with type ipaddr = Ipaddr.t",
    "udpv4": "Tcpip.Udp.S with type ipaddr = Ipaddr.V4.t",
    "udpv6": "Tcpip.Udp.S with type ipaddr = Ipaddr.V6.t",
    "udpv4v6": "Tcpip.Udp.S with type ipaddr = Ipaddr.t",
}
"""The signatures that types stand for. Devices of other types are only passed on as values."""
VALUES = {
    "alpn_client": "t",
    "git_client": "Mimic.ctx",
    "http_client": "ctx",
    "mimic": "Mimic.ctx",
}
"""The type of a device's value if it is not the type t of its module: one of the module's, or a path."""
TERMS = {
    "Unikernel.aes_ccm_key": "(some string) None",
    "Unikernel.analyze": "bool true",
    "Unikernel.key": "(some string) None",
    "Unikernel.port": "int 80",
    "Unikernel.program_block_size": "int 16",
    "Unikernel.size": "int 16",
}
"""The converter and default of the unikernel's own runtime arguments; the others are strings."""
OTHERS = {
    "Connect": "module Make (_ : Tcpip.Tcp.S) (_ : Mimic_happy_eyeballs.S) = struct\n"
    "  let connect (_ : Mimic.ctx) = Lwt.return_unit\nend\n",
    "Data": "let start (_ : Netif.t) = Lwt.return_unit\n",
    "Paint": "let connect (_ : string) (_ : string list) = Lwt.return_unit\n",
}
"""Modules of devices that configurations of the tests define themselves."""


def modules(plan: Plan) -> dict[str, str]:
    """Return the modules that the unikernel's sources would have, by name."""
    found: dict[str, list[str]] = {}
    for code in _terms(plan):
        head, *inside, name = code.split(".")
        conv = TERMS.get(code, 'string "a text"')
        term = f'let {name} = Cmdliner.Arg.(value (opt {conv} (info [ "{name.replace("_", "-")}" ])))\n'
        found.setdefault(head, []).append(_nested(inside, term))
    for node in plan.devices:
        if isinstance(node.device, Module):
            head, *inside = str(node.device.module).split(".")
            found.setdefault(head, []).append(_job(node.device, inside))
        elif str(node.device.module).partition(".")[0] in OTHERS:
            head = str(node.device.module).partition(".")[0]
            found[head] = [OTHERS[head]]
    return {name: "\n".join(pieces) for name, pieces in found.items()}


def in_one_file(plan: Plan) -> str:
    """Return the main module, after the modules that it needs and no library has: those of `modules`, and those made by tools."""
    found = [f"module {name} = {_body(code)}" for name, code in sorted(modules(plan).items())]
    for name in sorted({node.device.module for node in plan.devices if isinstance(node.device, Crunch)}):
        type = "sig include Mirage_kv.RO val connect : unit -> t Lwt.t end"
        found.append(f"module {name} : {type} = struct include Mirage_kv_mem let connect () = connect () end\n")
    (main,) = (text for name, text in plan.files().items() if name.endswith(".ml") and ".Main.run" in text)
    return "".join([*found, '# 1 "main.ml"\n', main])


def is_functor(code: str) -> bool:
    """Return whether it is the code of a functor, which cannot be a file."""
    return code.startswith("functor")


def _body(code: str) -> str:
    return code if is_functor(code) else f"struct\n{code}end\n"


def _terms(plan: Plan) -> Iterator[str]:
    """Return the code of runtime arguments that refer to values in the unikernel's own modules."""
    codes = {each.code for node in plan.devices for each in getattr(node.device, "runtime_args", ())}
    return (code for code in sorted(codes) if re.fullmatch(r"Unikernel(\.\w+)+", code))


def _nested(path: list[str], code: str) -> str:
    for name in reversed(path):
        code = f"module {name} = struct\n{code}end\n"
    return code


def _job(device: Module, path: list[str]) -> str:
    """Return the module for a job, with a `start` whose parameters have the types of the values passed to it."""
    types = [str(type) for type in device.type.parameters]
    heads = " ".join(f"(A{at} : {SIGNATURES.get(type, 'sig end')})" for at, type in enumerate(types))
    values = [_value(at, type) for at, type in enumerate(types)]
    more = "_ " * (len(device.deps) + len(device.runtime_args))
    start = f"let start {' '.join(values)} {more}= Lwt.return_unit\n"
    if not types:
        return _nested(path, start)
    *outer, name = path or [""]
    heads = heads.replace("sig val ctx : Mimic.ctx end", "Git_client")
    known = "module type Git_client = sig\n  val ctx : Mimic.ctx\nend\n\n" if "Git_client" in heads else ""
    functor = (
        f"{known}module {name} {heads} = struct\n  {start}end\n"
        if name
        else f"functor {heads} -> struct\n  {start}end\n"
    )
    return _nested(outer, functor)


def _value(at: int, type: str) -> str:
    if type == "job":
        return "()"
    if type not in SIGNATURES:
        return "_"
    said = VALUES.get(type, "t")
    return f"(_ : {said})" if "." in said else f"(_ : A{at}.{said})"

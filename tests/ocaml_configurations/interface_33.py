"""The values and modules of MirageOS 3.3.1's interface Mirage, and of Functoria 2.2's, by module."""

from __future__ import annotations

from collections.abc import Mapping

DSL = "typ @-> $ abstract if_impl match_impl package foreign impl hash equal explode"
KEY = """
    pure $ map if_ match_ default create value abstract compare pp of_deps deps pp_deps is_runtime is_configure filter_stage alias
    aliases name dump_context empty_context merge_context add_to_context context mem peek eval get pps ocaml_name serialize_call
    serialize module_name target pp_target is_unix warn_error target_debug no_depext tracing_size kv_ro block prng dhcp net
    interface syslog syslog_port syslog_hostname logs
"""
ARG = "conv string bool int list some info opt required flag ipv4_address ipv4 ipv6 ipv6_prefix"
INFO = "name output with_output build_dir libraries package_names packages keys context create pp opam"
VALUES: Mapping[str, str] = {
    "Mirage": DSL
    + """
    tracing mprof_trace qubesdb default_qubesdb time default_time pclock default_posix_clock mclock default_monotonic_clock
    reporter default_reporter no_reporter random stdlib_random nocrypto_random default_random console default_console
    custom_console block block_of_file block_of_xenstore_id ramdisk generic_block kv_ro crunch archive archive_of_files
    direct_kv_ro fs fat fat_of_files kv_ro_of_fs generic_kv_ro network default_network netif ethernet etif arpv4 arp farp ipv4
    ipv6 create_ipv4 ipv4_qubes create_ipv6 udp udpv4 udpv6 direct_udp socket_udpv4 tcp tcpv4 tcpv6 direct_tcp socket_tcpv4
    stackv4 direct_stackv4 socket_stackv4 qubes_ipv4_stack dhcp_ipv4_stack static_ipv4_stack generic_stackv4 resolver
    resolver_dns resolver_unix_system syslog_config syslog syslog_udp syslog_tcp syslog_tls nocrypto conduit conduit_direct http
    http_server default_argv no_argv noop info app_info register run job
    """,
    "Mirage.Key": KEY,
    "Mirage.Key.Arg": ARG,
    "Mirage.Key.V4": "network gateway socket ips",
    "Mirage.Key.V6": "ips netmasks gateways",
    "Mirage.Key.Alias": "add flag opt",
    "Mirage.Info": INFO,
    "Functoria": DSL + " job",
    "Functoria.Info": INFO,
    "Functoria_app": "noop argv sys_argv keys info app_info",
    "Functoria_app.Name": "ocamlify create",
    "Functoria_app.Codegen": "generated_header append newline set_main_ml append_main newline_main",
    "Functoria_key": KEY,
    "Functoria_key.Arg": ARG,
    "Mirage_key": KEY,
}

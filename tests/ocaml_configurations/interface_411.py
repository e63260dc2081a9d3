"""The values and modules of MirageOS 4.11.1's interfaces Mirage and Functoria, by module."""

from __future__ import annotations

from collections.abc import Mapping

DSL = "typ @-> $ dep runtime_arg key if_impl match_impl package main code of_device impl"
KEY = """
    create pure $ map if_ match_ default value name v equal pp of_deps deps pp_deps add_to_context context mem peek eval get find
    pps target pp_target is_unix is_solo5 is_xen is_unikraft kv_ro block no_dhcp utcp net
"""
RUNTIME_ARG = """
    create packages v pp call serialize var_name interface ipv4_only ipv6_only resolver dns_servers dns_timeout dns_cache_size
    he_aaaa_timeout he_connect_delay he_connect_timeout he_resolve_timeout he_resolve_retries he_timer_interval ssh_key
    ssh_password ssh_authenticator tls_authenticator http_headers syslog syslog_port syslog_truncate syslog_keyname monitor
    logs delay
"""
VALUES: Mapping[str, str] = {
    "Mirage": DSL
    + """
    qubesdb default_qubesdb sleep default_sleep no_sleep ptime default_ptime no_ptime mock_ptime mtime default_mtime no_mtime
    mock_mtime reporter default_reporter no_reporter random default_random no_random block block_of_file block_of_xenstore_id
    ramdisk generic_block kv_ro crunch tar_kv_ro direct_kv_ro fat_ro generic_kv_ro docteur kv_rw direct_kv_rw kv_rw_mem chamelon
    tar_kv_rw ccm_block network default_network netif ethernet etif ethif arpv4 arp ipv4 ipv6 ipv4v6 dhcp_ipv4 lease ipv4_of_dhcp
    make_dhcp_requests add_dhcp_request dhcp_proj_net dhcp_proj_ipv4 dhcp_proj_lease no_lease create_ipv4 ipv4_qubes create_ipv6
    create_ipv4v6 udp udpv4v6 direct_udp tcp tcpv4v6 direct_tcp stackv4v6 direct_stackv4v6 generic_stackv4v6
    generic_stackv4v6_with_lease tcpv4v6_of_stackv4v6 resolver resolver_dns resolver_unix_system happy_eyeballs
    generic_happy_eyeballs dns_client generic_dns_client syslog syslog_udp syslog_tcp syslog_tls monitoring conduit conduit_direct
    mimic mimic_happy_eyeballs http cohttp_server httpaf_server http_client cohttp_client http_server paf_server alpn_client
    paf_client argv default_argv no_argv git_client merge_git_clients git_tcp git_ssh git_http job noop runtime_args register
    connect_err
    """,
    "Mirage.Key": KEY,
    "Mirage.Key.Arg": "opt required flag opt_all info",
    "Mirage.Runtime_arg": RUNTIME_ARG,
    "Mirage.Runtime_arg.V4": "network optional_network gateway",
    "Mirage.Runtime_arg.V6": "network gateway accept_router_advertisements",
    "Mirage.Type": "v @-> is_functor pp job argv info",
    "Mirage.Impl": """
    abstract app_has_no_arguments pp pp_abstract pp_dot $ if_ match_ of_device local_libs v main with_left_most_device simplify
    eval collect
    """,
    "Mirage.Info": """
    config_file name project_name main output with_output libraries packages opam keys runtime_args context get v pp t
    """,
    "Mirage.Dune": "stanza stanzaf v pp to_string compact_list base base_project base_workspace",
    "Mirage.Action": """
    ok error errorf map bind seq rm mkdir rmdir with_dir pwd is_file is_dir size_of set_var get_var run_cmd run_cmd_out
    run_cmd_cli write_file read_file tmp_file ls with_output run default_exec env eq_domain pp_domain dry_run dry_run_trace
    generated_files
    """,
    "Mirage.Action.Infix": ">>= >|=",
    "Mirage.Action.List": "iter map",
    "Mirage.Action.Syntax": "let* let+",
    "Mirage.Context": "new_key empty add mem find merge dump",
    "Mirage.Project": "dune configure",
    "Mirage.Tool": "run",
    "Functoria": DSL + " job noop sys_argv runtime_args",
    "Functoria.Package": """
    v with_scope name key scope pin build_dependency libraries max_versions min_versions merge pp
    """,
    "Functoria.Install": "v union empty pp pp_opam dune dump",
    "Functoria.Device": """
    module_type module_name packages local_libs install extra_deps id pp equal witness hash files keys runtime_args code connect
    start nice_name dune configure v extend
    """,
    "Functoria.Device.Graph": "fold var_name impl_name",
    "Functoria.Opam": "v pp",
}

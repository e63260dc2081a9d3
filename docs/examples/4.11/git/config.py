"""A git repository, fetched at the start with git's protocol or over HTTP; the unikernel prints a file of it."""

from mirage_devices.v4 import (
    default_network,
    generic_dns_client,
    generic_happy_eyeballs,
    generic_stackv4v6,
    git_client,
    git_http,
    git_tcp,
    job,
    main,
    merge_git_clients,
    mimic_happy_eyeballs,
    package,
    register,
    runtime_arg,
    tcpv4v6_of_stackv4v6,
)

stack = generic_stackv4v6(default_network)
tcp = tcpv4v6_of_stackv4v6(stack)
eyeballs = generic_happy_eyeballs(stack)
connections = mimic_happy_eyeballs(stack, eyeballs, generic_dns_client(stack, eyeballs))
client = merge_git_clients(git_tcp(tcp, connections), git_http(tcp, connections))

arguments = [runtime_arg("Unikernel.remote"), runtime_arg("Unikernel.file")]
unikernel = main("Unikernel.Main", git_client >> job, runtime_args=arguments, packages=[package("git-kv")])

app = register("git", [unikernel @ client])

from mirage_devices.v4 import *

stack = generic_stackv4v6(default_network)
tcp = tcpv4v6_of_stackv4v6(stack)
eyeballs = generic_happy_eyeballs(
    stack,
    group="g",
    aaaa_timeout=1,
    connect_delay=2,
    connect_timeout=3,
    resolve_timeout=4,
    resolve_retries=5,
    timer_interval=6,
)
servers = ["tcp:1.1.1.1", "udp:8.8.8.8"]
dns = generic_dns_client(stack, eyeballs, group="g", timeout=7, nameservers=servers, cache_size=8)
connections = mimic_happy_eyeballs(stack, eyeballs, dns)
ssh = git_ssh(tcp, connections, group="up", authenticator="SHA256:abc", key="ed25519:x", password="p")
http = git_http(tcp, connections, authenticator="none", headers={"A": "b", "C": "d"})
clients = merge_git_clients(git_tcp(tcp, connections), merge_git_clients(ssh, http))
app = register("git", [main("Unikernel.Main", git_client >> job) @ clients], src=None)

from typing import Any

from attrs import frozen

from functoria import Type
from mirage_devices.v4 import *

git = Type("git")
sha1 = Type("sha1")


class Sha1(Device[Any]):
    """SHA1, as git uses it."""

    type = sha1
    module = "Digestif.SHA1"
    name = "digestif_sha1"
    own_packages = (package("digestif"),)


@frozen
class Memory(Device[Any]):
    """A git repository in memory."""

    type = sha1 >> git
    module = "Git.Mem.Make"
    name = "git_mem_make"
    own_packages = (package("git", min="3.8.0"),)

    def connect(self, info, module, values):
        self.expect(values, 1)
        return (
            f'{module}.v (Fpath.v ".") >>= function Ok store -> Lwt.return store '
            f'| Error error -> Fmt.failwith "%a" {module}.pp_error error'
        )


stack = generic_stackv4v6(default_network)
tcp = tcpv4v6_of_stackv4v6(stack)
eyeballs = generic_happy_eyeballs(stack)
connections = mimic_happy_eyeballs(stack, eyeballs, generic_dns_client(stack, eyeballs))
clients = merge_git_clients(git_tcp(tcp, connections), git_ssh(tcp, connections))
clients = merge_git_clients(git_http(tcp, connections), clients)
unikernel = main("Unikernel.Make", git >> git_client >> job, packages=[package("ptime")])
app = register("minigit", [unikernel @ (Memory() @ Sha1()) @ clients], src=None)

"""git clients for each protocol, and their combination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attr import frozen

from functoria import Impl, Info, Type
from mirage_devices.v4 import runtime_args
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.mimic import Mimic, mimic
from mirage_devices.v4.devices.transport import Tcpv4v6, tcpv4v6
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg

_GIT = package("git-net", max="1.0.0")


class GitClient:
    """Label of `git_client` for type checkers."""


git_client: Type[GitClient] = Type("git_client")
"""A git client."""


@frozen
class GitTcp(Device[Tcpv4v6, Mimic, GitClient]):
    """git's own protocol."""

    type = tcpv4v6 >> mimic >> git_client
    module = "Git_net.TCP.Make"
    name = "git_tcp"
    own_packages = (_GIT,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, connections = self.expect(values, 2)
        return f"{module}.connect {connections}"


def git_tcp(tcp: Impl[Tcpv4v6], mimic: Impl[Mimic]) -> Impl[GitClient]:
    """A git client by git's own protocol."""
    return GitTcp() @ tcp @ mimic


@frozen
class GitSsh(Device[Tcpv4v6, Mimic, GitClient]):
    """git by SSH."""

    key: RuntimeArg
    password: RuntimeArg
    authenticator: RuntimeArg

    type = tcpv4v6 >> mimic >> git_client
    module = "Git_net.SSH.Make"
    name = "git_ssh"
    own_packages = (_GIT,)

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for the key, the password, and the server's authentication."""
        return (self.key, self.password, self.authenticator)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, connections, key, password, authenticator = self.expect(values, 5)
        labels = f"?authenticator:{authenticator} ~key:{key} ~password:{password}"
        return f"{module}.connect {connections} >>= {module}.with_optionnal_key {labels}"


def git_ssh(
    tcp: Impl[Tcpv4v6],
    mimic: Impl[Mimic],
    *,
    group: str | None = None,
    authenticator: str | None = None,
    key: str | None = None,
    password: str | None = None,
) -> Impl[GitClient]:
    """A git client by SSH, with these defaults of the runtime arguments `--[GROUP-]ssh-…`."""
    device = GitSsh(
        runtime_args.ssh_key(key, group=group),
        runtime_args.ssh_password(password, group=group),
        runtime_args.ssh_authenticator(authenticator, group=group),
    )
    return device @ tcp @ mimic


@frozen
class GitHttp(Device[Tcpv4v6, Mimic, GitClient]):
    """git by HTTP."""

    authenticator: RuntimeArg
    headers: RuntimeArg

    type = tcpv4v6 >> mimic >> git_client
    module = "Git_net.HTTP.Make"
    name = "git_http"
    own_packages = (_GIT,)

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for the server's authentication and for headers."""
        return (self.authenticator, self.headers)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, connections, authenticator, headers = self.expect(values, 4)
        labels = f"?headers:{headers} ?authenticator:{authenticator}"
        return f"{module}.connect {connections} >>= {module}.with_optional_tls_config_and_headers {labels}"


def git_http(
    tcp: Impl[Tcpv4v6],
    mimic: Impl[Mimic],
    *,
    group: str | None = None,
    authenticator: str | None = None,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
) -> Impl[GitClient]:
    """A git client by HTTP, with these defaults of `--[GROUP-]tls-authenticator` and `--[GROUP-]http-headers`."""
    arguments = (
        runtime_args.tls_authenticator(authenticator, group=group),
        runtime_args.http_headers(headers, group=group),
    )
    return GitHttp(*arguments) @ tcp @ mimic


@frozen
class MergeGit(Device[GitClient, GitClient, GitClient]):
    """Two git clients combined."""

    type = git_client >> git_client >> git_client
    module = "Mimic.Merge"
    name = "git_clients"
    own_packages = (package("mimic"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        one, two = self.expect(values, 2)
        return f"Lwt.return (Mimic.merge {one} {two})"


def merge_git_clients(one: Impl[GitClient], two: Impl[GitClient]) -> Impl[GitClient]:
    """A git client with the protocols of both."""
    return MergeGit() @ one @ two

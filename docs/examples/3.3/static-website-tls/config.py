"""A directory, served over TLS with a certificate from another directory."""

from functoria import foreign, job, package
from mirage_devices import (
    conduit_direct,
    default_network,
    default_posix_clock,
    generic_kv_ro,
    generic_stackv4,
    http,
    http_server,
    kv_ro,
    nocrypto,
    pclock,
    register,
)

server = http_server(conduit_direct(generic_stackv4(default_network), tls=True))
pages, certificates = generic_kv_ro("htdocs", group="data"), generic_kv_ro("tls", group="certs")
packages = [package("uri"), package("tls", sublibs=["mirage"]), package("magic-mime")]
main = foreign("Unikernel.Main", pclock >> kv_ro >> kv_ro >> http >> job, packages=packages, deps=[nocrypto])

app = register("https", [main @ default_posix_clock @ pages @ certificates @ server])

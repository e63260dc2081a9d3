"""A directory, served over TLS with a certificate from another directory."""

from mirage_devices.v4 import (
    cohttp_server,
    conduit_direct,
    default_network,
    generic_kv_ro,
    generic_stackv4v6,
    http,
    job,
    kv_ro,
    main,
    package,
    register,
)

stack = generic_stackv4v6(default_network)
server = cohttp_server(conduit_direct(stack, tls=True))
pages, certificates = generic_kv_ro("htdocs", group="data"), generic_kv_ro("tls", group="certs")
packages = [package("tls-mirage"), package("x509"), package("uri"), package("magic-mime")]
unikernel = main("Unikernel.Main", kv_ro >> kv_ro >> http >> job, packages=packages)

app = register("https", [unikernel @ pages @ certificates @ server])

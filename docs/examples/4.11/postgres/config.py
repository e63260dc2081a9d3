"""A database client with required arguments: logs in to a PostgreSQL server."""

from mirage_devices.v4 import (
    default_network,
    generic_stackv4v6,
    job,
    main,
    package,
    register,
    runtime_arg,
    stackv4v6,
)

arguments = [runtime_arg(f"Unikernel.{name}") for name in ("host", "port", "user")]
unikernel = main("Unikernel.Main", stackv4v6 >> job, runtime_args=arguments, packages=[package("ipaddr")])

app = register("postgres", [unikernel @ generic_stackv4v6(default_network)])

"""A service over conduit, which here listens on TCP."""

from mirage_devices.v4 import conduit, conduit_direct, default_network, generic_stackv4v6, job, main, register

connections = conduit_direct(generic_stackv4v6(default_network))

app = register("conduit-server", [main("Unikernel.Main", conduit >> job) @ connections])

"""A service over conduit, which here listens on TCP."""

from functoria import foreign, job
from mirage_devices import conduit, conduit_direct, default_network, generic_stackv4, register

connections = conduit_direct(generic_stackv4(default_network))

app = register("conduit-server", [foreign("Unikernel.Main", conduit >> job) @ connections])

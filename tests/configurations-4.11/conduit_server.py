from mirage_devices.v4 import *

connections = conduit_direct(generic_stackv4v6(default_network))
server = main("Unikernel.Main", conduit >> job, packages=[package("cohttp-mirage"), package("conduit-mirage")])
app = register("conduit_server", [server @ connections], src=None)

from mirage_devices.v4 import *
from mirage_devices.v4 import generic_stackv4  # which 4.11 does not have

app = register("pgx", [])

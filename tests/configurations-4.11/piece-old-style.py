from mirage_devices.v4 import *
from mirage_devices.v4 import foreign, time  # which 4.11 does not have

app = register("old", [foreign("Unikernel.Hello", time >> job)])

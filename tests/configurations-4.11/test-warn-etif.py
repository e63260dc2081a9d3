from mirage_devices.v4 import *

app = register("etif", [main("App.Make", ethernet >> job) @ ethif(default_network)], src=None)

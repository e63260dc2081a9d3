from mirage_devices.v4 import *

app = register("random", [main("App.Make", job >> job) @ noop], src=None)

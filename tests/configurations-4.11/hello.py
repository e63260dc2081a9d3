from functoria import job
from mirage_devices.v4.application import main, register

app = register("hello", [main("Unikernel", job)], src=None)

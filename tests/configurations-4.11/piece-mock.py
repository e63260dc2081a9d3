from mirage_devices.v4 import *

app = register(
    "mock",
    [main("Unikernel", job)],
    ptime=mock_ptime,
    mtime=mock_mtime,
    reporter=default_reporter(level="debug"),
    src="git+https://example.org/x.git#main",
)

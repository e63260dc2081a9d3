"""The sections of MirageOS 3.3's help pages, and the descriptions of its keys in them."""

MIRAGE = "MIRAGE PARAMETERS"
UNIKERNEL = "UNIKERNEL PARAMETERS"
REGISTER = "mirage_devices.register"
"""The function that makes the applications that keys and devices of MirageOS 3.3 are for."""

"""What keys of MirageOS 3.3 say of themselves: sections of the help pages, as MirageOS names them, and whose they are."""

MIRAGE = "MIRAGE PARAMETERS"
UNIKERNEL = "UNIKERNEL PARAMETERS"
REGISTER = "mirage_devices.register"
"""What makes the applications that keys and devices of MirageOS 3.3 are for."""

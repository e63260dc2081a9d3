"""Sections of the help pages, as MirageOS names them."""

MIRAGE = "MIRAGE PARAMETERS"
UNIKERNEL = "UNIKERNEL PARAMETERS"

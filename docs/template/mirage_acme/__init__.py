"""A device and a target for MirageOS 4.11."""

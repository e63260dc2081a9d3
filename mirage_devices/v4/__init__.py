"""The devices and targets of MirageOS 4.11, under its own names."""

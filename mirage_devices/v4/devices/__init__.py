"""The devices of MirageOS 4.11, a module per kind."""

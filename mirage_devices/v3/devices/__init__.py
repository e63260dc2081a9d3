"""The devices of MirageOS 3.3, a module per kind."""

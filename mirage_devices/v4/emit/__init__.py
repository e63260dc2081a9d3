"""The files of a unikernel, a module per kind, as MirageOS 4.11 lays them out."""

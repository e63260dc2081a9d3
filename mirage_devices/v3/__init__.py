"""MirageOS 3.3: its devices, its application, and its targets."""

"""Project directories: writing plans to them, and building there."""

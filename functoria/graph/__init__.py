"""Resolving terms to graphs of devices."""

"""Benchmarks of planning and emitting: workloads, cases for pytest-benchmark, and a script that fits how costs grow."""

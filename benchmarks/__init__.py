"""What planning and emitting cost: workloads, cases for pytest-benchmark, and a script that fits how costs grow."""

"""The training loops that are compared, each run as a process of its own."""

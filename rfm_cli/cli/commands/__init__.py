"""The commands, one file each: options -> pipeline -> out. What they share is in `run`."""

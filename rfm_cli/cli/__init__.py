"""The command line: how commands are declared, what they share, and how errors become lines and exit codes."""

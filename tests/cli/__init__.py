"""The command line from outside: bytes, stderr and exit codes. (A package, so that its file names are its own.)"""

"""What goes out: bytes to files and stdout, lines to stderr, pictures to the terminal."""

"""What each view looks like on a terminal."""

"""The commands, one file each: option groups -> session -> view -> screen. `cli/session.py` is what they share."""

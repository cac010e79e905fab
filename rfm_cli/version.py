"""The version of the package, which a roll-up and a snapshot keep beside their data."""

__version__ = "0.1.0"

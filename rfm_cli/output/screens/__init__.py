"""Each view as a terminal shows it: one module per view, named after it, and `parts.py` for what they share."""

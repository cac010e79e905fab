"""What comes in: files are found, opened, their columns recognised, their rows checked and typed.

The way of a row: `sources` (paths -> raw frames) -> `columns` (headings -> fields) -> `days`, `amounts`,
`ids`, `rules` (texts -> values, accepted or rejected by a named rule) -> `orders` (one typed frame).
Nothing here scores or shows anything.
"""

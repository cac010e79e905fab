"""Orders summed once into one row per customer and period, to be read in place of the orders."""

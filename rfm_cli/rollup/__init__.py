"""Orders rolled up to one row a customer and period, made once and read in their place."""

"""From clean order rows to one row per customer, or per customer and period."""

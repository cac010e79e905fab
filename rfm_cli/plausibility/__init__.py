"""Checks of what a score believes of orders: one person behind each id, one order in each row, no stray dates.

No function here changes an answer. Each one looks at customers that were measured already, and at the rows once more
only where a doubt is left.
"""

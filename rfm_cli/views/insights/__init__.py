"""What the tables of views mean in words, for the terminal, the report and the workbook: one module per view.

Every rule for "the most" and "the fastest" is here. Each function takes rows of a view and returns messages.
"""

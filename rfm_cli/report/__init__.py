"""The report: all views of a date on one page that opens anywhere, or in one workbook.

`figures.py` is what a report tells, as plain data. `headline.py`, `readings.py` and `cells.py` put it into figures,
words and tables, `charts.py` says what is drawn, `sections.py` what stands where, and `page.py` makes the page of it.
The script and the style of the page lie in `templates/`, the charting library in `vendor/`.
"""

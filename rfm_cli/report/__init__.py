"""The report: all views of a date on one page that opens anywhere, or in one workbook.

`figures.py` has the figures of a report as plain data. `headline.py` and `cells.py` put them into figures and tables,
`charts.py` decides what is drawn, `sections.py` orders all of it, and `page.py` makes the page and the sheets of the
workbook. The sentences come from `views/insights`. The script and the style of the page are in `templates/`, the
charting library in `vendor/`.
"""

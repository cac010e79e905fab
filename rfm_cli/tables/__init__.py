"""Read files: find them, open them, recognize their columns, and turn texts into typed rows that rules judge.

A row takes this way, and each step has its file:

- `paths` turns paths into files, without those of `lakes`, and `names` says which table a name is; `file_kinds` tells
  what a file is; `spool` copies what Polars cannot read in place, and `archives` what is in a zip. `encodings` names
  the likeliest of a text.
- `sources` opens a file as a frame of texts, which `csv_rows` scans; `column_types` and `arrow_types` do so for Parquet
  and Arrow files, `workbooks` for a sheet. `footers` has what a large Parquet file proves without a look at its rows.
- `headings` finds the line that has the headings, and `columns` which heading holds which field: by `map_option`,
  by the names in `fields`, or by those of a vendor's export in `vendors`. `doubts` settles headings that may mean two
  things.
- `which_table` tells which table a file is, `uses` what the column of each field is used for.
- `hints` names the columns that a missing field may be in; `value_kinds` has what values read as, `heading_words` what
  headings are about.
- `days` chooses how the dates of a column are read, `date_formats` how those in texts: `date_shapes` has the grammar,
  `date_words` month names, `date_orders` which number is the day, `date_zones` time zones; `date_parsing` reads them.
- `amounts` turns texts into numbers, `money` these into minor units, `currencies` signs into codes, and `column_types`
  makes ids of any type, which `ids` folds. `guards` takes a spreadsheet's guard off cells. The first rows suggest how,
  in `assumptions`, with the formats of all files in `order_formats`.
- `rules` names each reason to reject a row. `words` decides what statuses and types of rows mean; the statuses that are
  rejected by default are in `options`. `totals` tells rows of totals from orders.
- `order_file` has the columns of one file, `order_rows` its typed and judged rows, `order_model` those of all files;
  `orders` reads them in one pass and checks what was assumed, `rejected` lists the rejected rows.
- `whole_orders` decides what the rows of an order show together: `filling` gives rows the fields that others have,
  `amount_per` finds whose an amount is, `refunds` takes off what a column gives back. `precedents` are the counts that
  such decisions rest on, which a roll-up keeps.
- `overlap` finds the orders that several files have, and marks their rows that do not count.
- `lines` and `rates` give orders their money; `customers`, `channels` and `attributes` read the tables beside orders;
  `events` reads logs, `event_kinds` knows what their names mean, and `event_days` when they began and ended; `roster`
  has the ids of all tables. `one_row` reads files that already have one row per customer.
- `options` are the user's settings for all of this; `read_errors` turns errors of Polars and the system into ours.
- `consents` finds the columns of consents of customers, by the headings in `consent_headings` and the values in
  `consent_words`; `channels` then judges each customer by addresses, consents and events.
"""

"""The options that commands share, each declared once with its help.

All of them default to None, which means that the option was not given: a variable or `rfm.toml` may give it instead.
`config_sources.resolve` decides which of them counts, and `values.plain` lets them take text as it is.
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import typer

from rfm_cli.cli import values
from rfm_cli.cli.values import whole_number

KEEP = "What to show"
COMMON = "Common options"
READ = "Reading"
COUNT = "Counting and scoring"
OUT = "Output"
RUN = "This run"
"""The titles under which help lists options."""

Text = str | None
Texts = list[str] | None
Switch = bool | None
Number = int | None


def option(
    title: str, *names: str, help: str, metavar: str | None = None, values: Callable[[str], list[str]] | None = None
) -> Any:
    """Declare an option under a title of the help; `values` returns the words that complete a prefix."""
    return typer.Option(*names, help=help, metavar=metavar, rich_help_panel=title, autocompletion=values)


keep = partial(option, KEEP)
common = partial(option, COMMON)
reading = partial(option, READ)
counting = partial(option, COUNT)
writing = partial(option, OUT)
this_run = partial(option, RUN)


def number(title: str, *names: str, help: str, metavar: str, least: int) -> Any:
    """Declare an option that takes a whole number of `least` or more."""
    read = whole_number(least)
    return typer.Option(*names, help=help, metavar=metavar, rich_help_panel=title, callback=read)


def argument(metavar: str, help: str, values: Callable[..., list[str]] | None = None) -> Any:
    """Declare an argument."""
    return typer.Argument(metavar=metavar, help=help, autocompletion=values)


Orders = Annotated[
    Texts,
    argument(
        "ORDERS",
        "Order files, folders, globs, URLs or - (standard input); customers.*, events.*, ... are those tables. "
        "[rfm.toml, else orders.* here]",
    ),
]
Lines = Annotated[
    Texts, reading("--lines", help="Order lines: amounts that orders lack, and what expressions ask.", metavar="FILE")
]
Events = Annotated[Texts, common("--events", help="Events: sends, opens, clicks, visits.", metavar="FILE")]
Customers = Annotated[Texts, common("--customers", help="Customers and their attributes.", metavar="FILE")]
Products = Annotated[Texts, reading("--products", help="Products.", metavar="FILE")]
Rates = Annotated[Texts, reading("--rates", help="Exchange rates: currency, rate, date.", metavar="FILE")]
Currency = Annotated[Text, reading("--currency", help="Turn money into this currency.", metavar="CODE")]
Map = Annotated[
    Texts,
    reading("--map", help="Which heading holds a field: amount=Total, events.at=Time.", metavar="FIELD=HEADING"),
]
Encoding = Annotated[
    Text, reading("--encoding", help="The encoding of text files. [utf-8]", metavar="NAME", values=values.ENCODINGS)
]
Separator = Annotated[
    Text, reading("--separator", help="What separates the fields of CSV, where not , ; or tab.", metavar="CHAR")
]
Decimal = Annotated[
    Text, reading("--decimal", help="The decimal mark of amounts: . or ,", metavar="MARK", values=values.MARKS)
]
DateFormat = Annotated[
    Text, reading("--date-format", help="How dates are written, for example %d/%m/%Y.", metavar="FORMAT")
]
RejectStatus = Annotated[
    Texts,
    reading(
        "--reject-status",
        help="Words of statuses to reject, in place of the built-in list; +NAME adds to it.",
        metavar="NAME",
    ),
]
DropDuplicates = Annotated[
    Switch,
    reading("--drop-duplicates/--keep-duplicates", help="Reject rows that repeat an earlier one in all columns."),
]
AmountPer = Annotated[
    Text,
    reading(
        "--amount-per",
        help="Whose an amount is that every row of an order repeats: order or row.",
        metavar="WHAT",
        values=values.AMOUNT_PER,
    ),
]
Overlap = Annotated[
    Text,
    reading(
        "--overlap",
        help="An order in several files: add its rows, count equal rows once, or take those of the last file.",
        metavar="HOW",
        values=values.OVERLAPS,
    ),
]
TimesIn = Annotated[
    Text, reading("--times-in", help="The time zone of times that name none: UTC, Asia/Kolkata.", metavar="ZONE")
]
HeaderRow = Annotated[
    Text, reading("--header-row", help="The line of a CSV file that has the headings, from 1.", metavar="N")
]
Ids = Annotated[
    Text,
    reading(
        "--ids",
        help="exact keeps ids as written: ANN@x.y is not ann@x.y, 17850.0 not 17850. [folded]",
        metavar="HOW",
        values=values.IDS,
    ),
]
NoCustomer = Annotated[
    Texts,
    reading("--no-customer", help="Ids that are no customer, such as those of guests: 0,NULL,guest.", metavar="ID"),
]
EventKind = Annotated[
    Texts,
    reading("--event-kind", help='What an event of your own is: "Letter opened=open".', metavar="NAME=KIND"),
]
ConsentGiven = Annotated[
    Texts,
    reading(
        "--consent-given",
        help="All customers have agreed to this channel, although no column says so.",
        metavar="CHANNEL",
    ),
]
PurchaseEvents = Annotated[
    Texts,
    reading("--purchase-events", help="Events of this name or kind are the orders (amount = value).", metavar="NAME"),
]
OneRowPer = Annotated[
    Text,
    reading(
        "--one-row-per",
        help="customer: the file holds measures, one row per customer.",
        metavar="customer",
        values=values.CUSTOMER,
    ),
]
Rejects = Annotated[Text, reading("--rejects", help="Write the rejected rows, with their rules.", metavar="FILE")]
Store = Annotated[Text, reading("--store", help="Read snapshots here, in place of the orders.", metavar="DIR")]

AsOf = Annotated[
    Text,
    common(
        "--as-of",
        help="The day of the answer: a date, 2024, 2024-Q1, 2024-04, 2024-W05, last, today, yesterday. [last]",
        metavar="WHEN",
        values=values.DATES,
    ),
]
Timezone = Annotated[Text, counting("--timezone", help="The calendar of days. [UTC]", metavar="ZONE")]
Window = Annotated[Text, counting("--window", help="Count F and M over this long: 365d, 12mo, 2y.", metavar="LENGTH")]
FreeOrders = Annotated[
    Text,
    counting(
        "--free-orders",
        help="Purchases of zero value: count or ignore.",
        metavar="WHAT",
        values=values.FREE_ORDERS,
    ),
]
ReturnedOrders = Annotated[
    Text,
    counting(
        "--returned-orders",
        help="Orders whose money was all given back: count or ignore.",
        metavar="WHAT",
        values=values.FREE_ORDERS,
    ),
]
OneOrderPer = Annotated[
    Text,
    counting(
        "--one-order-per",
        help="day: a customer's purchases of one day are one.",
        metavar="day",
        values=values.DAY,
    ),
]
Scheme = Annotated[
    Text,
    common(
        "--scheme",
        help="rf12, rfm11, klaviyo6, r-rfm, none, or a TOML file. [rf12]",
        metavar="NAME|FILE",
        values=values.SCHEMES,
    ),
]
Bins = Annotated[Text, counting("--bins", help="How many scores: 5, or 5,3,4 for R, F, M.", metavar="K")]
Rule = Annotated[
    Texts,
    counting(
        "--rule",
        help="How an axis is cut: f=quantile, fixed, auto or type7.",
        metavar="AXIS=RULE",
        values=values.RULES,
    ),
]
Cuts = Annotated[
    Texts,
    counting("--cuts", help="Own cutoffs, r=30,90,180,365, or a file of saved ones.", metavar="AXIS=CUTS|FILE"),
]
Nested = Annotated[Switch, counting("--nested/--no-nested", help="Rank F within each R, and M within each R and F.")]
NewSubscriber = Annotated[
    Text,
    counting(
        "--new-subscriber",
        help="Call a customer who is known for less, without a purchase, New subscriber.",
        metavar="90d",
    ),
]
Share = Annotated[Text, counting("--share", help="VIPs come from this part of the buyers. [15%]", metavar="SHARE")]
MinOrders = Annotated[Text, counting("--min-orders", help="The fewest purchases of a VIP. [2]", metavar="N")]
EngagementWindow = Annotated[
    Text, counting("--engagement-window", help="Count engagement over this long. [90d]", metavar="LENGTH")
]
EngagementEvents = Annotated[
    Texts,
    counting(
        "--engagement-events",
        help="Names or kinds of events that count as engagement. [open,click,visit,view]",
        metavar="NAMES",
    ),
]

Metric = Annotated[
    Text,
    keep(
        "--metric",
        help="Shade by customers, revenue, aov or share. [customers]",
        metavar="FIGURE",
        values=values.METRICS,
    ),
]
With = Annotated[Texts, keep("--with", help="Columns for --list: email,city.", metavar="NAMES", values=values.MEASURES)]

Where = Annotated[
    Text,
    keep(
        "--where",
        help="Only customers who meet an expression: \"city = 'Lyon'\".",
        metavar="EXPR",
        values=values.expressions,
    ),
]

Output = Annotated[Text, common("-o", "--output", help="Write here; the suffix is the format.", metavar="FILE")]
Format = Annotated[
    Text,
    common("--format", help="table, csv, json, ndjson, parquet, xlsx or md.", metavar="NAME", values=values.FORMATS),
]
Limit = Annotated[Number, number(COMMON, "--limit", help="Rows shown on the terminal.", metavar="N", least=1)]
Lang = Annotated[
    Text,
    common("--lang", help="The language of what people read: en or ru. [en]", metavar="LANG", values=values.LANGUAGES),
]
ForExcel = Annotated[Switch, writing("--for-excel", help="Guard the text of CSV against formulas.")]
Explain = Annotated[Switch, writing("--explain", help="Show the cutoffs, with the customers in each score.")]
SaveCuts = Annotated[Text, writing("--save-cuts", help="Save the cutoffs, for --cuts FILE.", metavar="FILE")]
StoreFolder = Annotated[Text, this_run("--store", help="The folder of snapshots. [snapshots]", metavar="DIR")]
Memory = Annotated[
    Text,
    this_run("--memory", help="Use at most this much memory, such as 4GB; rows go to disk as needed.", metavar="SIZE"),
]
Verbose = Annotated[Switch, this_run("-v", "--verbose", help="Show the time that each step took.")]
Quiet = Annotated[Switch, common("-q", "--quiet", help="Print nothing on success, not even warnings; see --strict.")]
Strict = Annotated[Switch, this_run("--strict", help="Warnings fail the run (exit code 1).")]
Known = Annotated[
    Texts,
    this_run(
        "--known",
        help="Warnings that you have looked at; they become plain notes.",
        metavar="NAME",
        values=values.known_warnings,
    ),
]
Config = Annotated[Text, this_run("--config", help="Use this file in place of the nearest rfm.toml.", metavar="FILE")]

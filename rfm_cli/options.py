"""The options that commands share, each declared once with its help.

All of them default to None: that a flag was not given must be told from a value, since a variable or `rfm.toml`
may speak then. What they mean is resolved by `config.resolve`; how they are read from the command line by
`commands.declare`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

KEEP = "What to show"
READ = "Reading"
COUNT = "Counting and scoring"
OUT = "Output"
RUN = "This run"

Text = str | None
Texts = tuple[str, ...] | None
Switch = bool | None
Number = int | None


@dataclass(frozen=True)
class Option:
    """How an option is written, and how its help tells of it: `panel` is the title that it stands under.

    Its type, beside this in an `Annotated`, says the rest: a `Text`, several `Texts`, a `Switch` or a `Number`, which
    is `least` or more. A metavar that speaks of a FILE is completed with file names.
    """

    names: tuple[str, ...]
    help: str
    panel: str
    metavar: str | None = None
    least: int | None = None


@dataclass(frozen=True)
class Argument:
    """The same of an argument: `Texts` take any number of words, a plain `str` exactly one."""

    metavar: str
    help: str


def _option(*names: str, help: str, panel: str, metavar: str | None = None) -> Option:
    return Option(names, help, panel, metavar)


def keep(*names: str, help: str, metavar: str | None = None) -> Option:
    """An option of one command that says which rows or columns of its answer are wanted."""
    return _option(*names, help=help, panel=KEEP, metavar=metavar)


def this_run(*names: str, help: str, metavar: str | None = None, least: int | None = None) -> Option:
    """An option of one command that says how it is run."""
    return Option(names, help, RUN, metavar, least)


Metric = Annotated[
    Text, keep("--metric", help="Shade by customers, revenue, aov or share. [customers]", metavar="FIGURE")
]
Orders = Annotated[
    Texts,
    Argument(
        "ORDERS",
        "Order files: paths, globs, folders, URLs, - (standard input); a file called customers.*, events.*, ... "
        "is that table. Default: rfm.toml, else orders.* here.",
    ),
]
Lines = Annotated[
    Texts, _option("--lines", help="Order lines, where orders have no amount.", panel=READ, metavar="FILE")
]
Events = Annotated[Texts, _option("--events", help="Events: sends, opens, clicks, visits.", panel=READ, metavar="FILE")]
Customers = Annotated[Texts, _option("--customers", help="Customers and their attributes.", panel=READ, metavar="FILE")]
Products = Annotated[Texts, _option("--products", help="Products.", panel=READ, metavar="FILE")]
Rates = Annotated[Texts, _option("--rates", help="Exchange rates: currency, rate, date.", panel=READ, metavar="FILE")]
Currency = Annotated[Text, _option("--currency", help="Turn money into this currency.", panel=READ, metavar="CODE")]
Map = Annotated[
    Texts,
    _option(
        "--map", help="Which heading holds a field: amount=Total, events.at=Time.", panel=READ, metavar="FIELD=HEADING"
    ),
]
Encoding = Annotated[
    Text, _option("--encoding", help="The encoding of text files. [utf-8]", panel=READ, metavar="NAME")
]
Separator = Annotated[
    Text, _option("--separator", help="What parts the fields of CSV, where not , ; or tab.", panel=READ, metavar="CHAR")
]
Decimal = Annotated[Text, _option("--decimal", help="The decimal mark of amounts: . or ,", panel=READ, metavar="MARK")]
DateFormat = Annotated[
    Text, _option("--date-format", help="How dates are written, for example %d/%m/%Y.", panel=READ, metavar="FORMAT")
]
RejectStatus = Annotated[
    Texts,
    _option(
        "--reject-status",
        help="Order statuses to reject, in place of the built-in list; +NAME adds to it.",
        panel=READ,
        metavar="NAME",
    ),
]
DropDuplicates = Annotated[
    Switch,
    _option(
        "--drop-duplicates/--keep-duplicates",
        help="Reject rows that repeat an earlier one in all columns.",
        panel=READ,
    ),
]
PurchaseEvents = Annotated[
    Texts,
    _option("--purchase-events", help="These events are the orders (amount = value).", panel=READ, metavar="NAME"),
]
OneRowPer = Annotated[
    Text,
    _option(
        "--one-row-per", help="customer: the file holds measures, a row a customer.", panel=READ, metavar="customer"
    ),
]
Rejects = Annotated[
    Text, _option("--rejects", help="Write the rejected rows, with their rules.", panel=READ, metavar="FILE")
]

AsOf = Annotated[
    Text,
    _option(
        "--as-of",
        help="The day of the answer: a date, 2024, 2024-Q1, 2024-04, 2024-W05, last, today, yesterday. [last]",
        panel=COUNT,
        metavar="WHEN",
    ),
]
Timezone = Annotated[Text, _option("--timezone", help="The calendar of days. [UTC]", panel=COUNT, metavar="ZONE")]
Window = Annotated[
    Text, _option("--window", help="Count F and M over this long: 365d, 12mo, 2y.", panel=COUNT, metavar="LENGTH")
]
FreeOrders = Annotated[
    Text, _option("--free-orders", help="Purchases of zero value: count or ignore.", panel=COUNT, metavar="WHAT")
]
OneOrderPer = Annotated[
    Text, _option("--one-order-per", help="day: a customer's purchases of one day are one.", panel=COUNT, metavar="day")
]
Scheme = Annotated[
    Text,
    _option(
        "--scheme", help="rf12, rfm11, klaviyo6, r-rfm, none, or a TOML file. [rf12]", panel=COUNT, metavar="NAME|FILE"
    ),
]
Bins = Annotated[Text, _option("--bins", help="How many scores: 5, or 5,3,4 for R, F, M.", panel=COUNT, metavar="K")]
Rule = Annotated[
    Texts,
    _option("--rule", help="How an axis is cut: f=quantile, fixed, auto or type7.", panel=COUNT, metavar="AXIS=RULE"),
]
Cuts = Annotated[
    Texts,
    _option(
        "--cuts", help="Own cutoffs, r=30,90,180,365, or a file of saved ones.", panel=COUNT, metavar="AXIS=CUTS|FILE"
    ),
]
Nested = Annotated[
    Switch, _option("--nested/--no-nested", help="Rank F within each R, and M within each R and F.", panel=COUNT)
]
NewSubscriber = Annotated[
    Text,
    _option(
        "--new-subscriber",
        help="Call those known for less, and without a purchase, New subscriber.",
        panel=COUNT,
        metavar="90d",
    ),
]
Share = Annotated[
    Text, _option("--share", help="VIPs come from this part of the buyers. [15%]", panel=COUNT, metavar="SHARE")
]
MinOrders = Annotated[Text, _option("--min-orders", help="A VIP has bought so often. [2]", panel=COUNT, metavar="N")]
EngagementWindow = Annotated[
    Text,
    _option("--engagement-window", help="Count engagement over this long. [90d]", panel=COUNT, metavar="LENGTH"),
]
EngagementEvents = Annotated[
    Texts,
    _option(
        "--engagement-events",
        help="Events that count as engagement, in place of opens, clicks, visits and views.",
        panel=COUNT,
        metavar="NAMES",
    ),
]

Output = Annotated[
    Text, _option("-o", "--output", help="Write here; the suffix is the format.", panel=OUT, metavar="FILE")
]
Format = Annotated[
    Text,
    _option("--format", help="table, csv, json, ndjson, parquet, xlsx or md.", panel=OUT, metavar="NAME"),
]
Limit = Annotated[Number, Option(("--limit",), "Rows shown on the terminal.", OUT, "N", least=1)]
ForExcel = Annotated[Switch, _option("--for-excel", help="Guard the text of CSV against formulas.", panel=OUT)]
Explain = Annotated[Switch, _option("--explain", help="Tell the cutoffs, with the customers in each score.", panel=OUT)]
SaveCuts = Annotated[Text, _option("--save-cuts", help="Save the cutoffs, for --cuts FILE.", panel=OUT, metavar="FILE")]
Memory = Annotated[
    Text,
    _option("--memory", help="Stay under this much, with rows on disk where need be: 4GB.", panel=RUN, metavar="SIZE"),
]
Store = Annotated[
    Text,
    Option(("--store",), "Read snapshots here, in place of the orders.", READ, "DIR"),
]
Lang = Annotated[
    Text, _option("--lang", help="The language of what people read: en or ru. [en]", panel=OUT, metavar="LANG")
]
Verbose = Annotated[Switch, _option("-v", "--verbose", help="Tell the time that each step took.", panel=RUN)]
Quiet = Annotated[
    Switch, _option("-q", "--quiet", help="Say nothing on success, not even warnings; see --strict.", panel=RUN)
]
Strict = Annotated[Switch, _option("--strict", help="Warnings fail the run (exit code 1).", panel=RUN)]
Known = Annotated[
    Texts, _option("--known", help="Warnings that were looked at: remarks from now on.", panel=RUN, metavar="NAME")
]
Config = Annotated[Text, _option("--config", help="In place of the nearest rfm.toml.", panel=RUN, metavar="FILE")]

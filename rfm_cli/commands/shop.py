"""The options of every command that reads a shop, declared once; a command's own function holds only its own."""

from __future__ import annotations

from rfm_cli import options as opt
from rfm_cli.commands.declare import Command, Function, parameters


def reading_a_shop(
    orders: opt.Orders = None,
    lines: opt.Lines = None,
    events: opt.Events = None,
    customers: opt.Customers = None,
    products: opt.Products = None,
    rates: opt.Rates = None,
    currency: opt.Currency = None,
    map: opt.Map = None,
    encoding: opt.Encoding = None,
    separator: opt.Separator = None,
    decimal: opt.Decimal = None,
    date_format: opt.DateFormat = None,
    reject_status: opt.RejectStatus = None,
    drop_duplicates: opt.DropDuplicates = None,
    purchase_events: opt.PurchaseEvents = None,
    one_row_per: opt.OneRowPer = None,
    rejects: opt.Rejects = None,
    as_of: opt.AsOf = None,
    timezone: opt.Timezone = None,
    window: opt.Window = None,
    free_orders: opt.FreeOrders = None,
    one_order_per: opt.OneOrderPer = None,
    scheme: opt.Scheme = None,
    bins: opt.Bins = None,
    rule: opt.Rule = None,
    cuts: opt.Cuts = None,
    nested: opt.Nested = None,
    new_subscriber: opt.NewSubscriber = None,
    share: opt.Share = None,
    min_orders: opt.MinOrders = None,
    memory: opt.Memory = None,
    quiet: opt.Quiet = None,
    verbose: opt.Verbose = None,
    strict: opt.Strict = None,
    known: opt.Known = None,
    config: opt.Config = None,
) -> None:
    """Nothing: this signature is the list of what all these commands take, and `run.begin` gets its values."""


def writing_an_answer(
    output: opt.Output = None,
    format: opt.Format = None,
    for_excel: opt.ForExcel = None,
    explain: opt.Explain = None,
    save_cuts: opt.SaveCuts = None,
    lang: opt.Lang = None,
) -> None:
    """Nothing: the same of those that write an answer."""


READING = parameters(reading_a_shop)
SHARED = [*READING, *parameters(writing_an_answer)]
"""The options above as Click takes them; one list serves all commands."""


def scoring_command(function: Function) -> Command:
    """The same for a function whose answer goes to no file of the user's naming."""
    return Command(function, READING)


def shop_command(function: Function) -> Command:
    """The command of a function that declares its own options, and which takes the shared ones beside them."""
    return Command(function, SHARED)

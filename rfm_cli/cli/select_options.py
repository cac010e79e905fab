"""The options of `rfm select`."""

from dataclasses import dataclass
from typing import Annotated

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.errors import UsageError

Expression = Annotated[
    opt.Text, opt.argument("EXPR", 'Who: "has phone and last_order older than 1 month".', values.expressions)
]


@dataclass(frozen=True, eq=False, repr=False)
class SelectOptions:
    """What is shown of the customers who meet an expression."""

    count: Annotated[opt.Switch, opt.keep("--count", help="How many: share, reach and revenue in one row.")] = None
    clauses: Annotated[
        opt.Switch, opt.keep("--clauses", help="How many meet each clause: where customers are lost.")
    ] = None
    undecided: Annotated[
        opt.Switch, opt.keep("--undecided", help="The customers of an open answer, for want of a value.")
    ] = None
    against: Annotated[
        opt.Text,
        opt.keep("--against", help="Who entered, stayed and left since a date.", metavar="WHEN", values=values.DATES),
    ] = None
    with_: Annotated[
        opt.Texts,
        opt.keep(
            "--with",
            help="Add attributes, measures, or a value: \"tea = last lines.product_id(category = 'Tea')\".",
            metavar="NAMES|NAME=VALUE",
            values=values.MEASURES,
        ),
    ] = None
    items: Annotated[
        opt.Texts,
        opt.keep(
            "--items",
            help="Add the products of such rows: \"events(event = 'view') within 4 weeks\".",
            metavar="ROWS",
        ),
    ] = None
    k: Annotated[
        opt.Number, opt.number(opt.KEEP, "--k", help="The most items of a customer. [5]", metavar="N", least=1)
    ] = None
    limit: opt.Limit = None

    @property
    def answer(self) -> str:
        """The answer that is asked for; `UsageError` for two of them, and for options that are not for it."""
        named = {"count": self.count, "clauses": self.clauses, "undecided": self.undecided, "against": self.against}
        given = [name for name, value in named.items() if value]
        if len(given) > 1:
            raise UsageError(f"--{given[0]} and --{given[1]} are two answers", "ask for one of them at a time")
        answer = given[0] if given else "customers"
        more = {"--with": self.with_, "--items": self.items}
        if answer in ("count", "clauses") and (other := next((name for name, value in more.items() if value), None)):
            raise UsageError(f"{other} does not go with --{answer}", "leave one of them out")
        if len(self.items or ()) > 1:
            raise UsageError("--items is given twice", "give one: its condition may join rows with or")
        if self.k and not self.items:
            raise UsageError("--k is for --items")
        return answer

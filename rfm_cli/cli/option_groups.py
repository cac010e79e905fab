"""Options that commands take together: each group is a frozen dataclass, and one parameter of a command.

Every start of a command makes all groups, so they have no generated methods that no code calls.

`expanded` gives Typer what it reads, a function with one parameter per option; the function builds the groups again
and calls the command with them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from rfm_cli.history.states import By


@dataclass(frozen=True, eq=False, repr=False)
class OrderOptions:
    """The tables that orders are made of, and how they are read."""

    orders: opt.Orders = None
    lines: opt.Lines = None
    events: opt.Events = None
    rates: opt.Rates = None
    currency: opt.Currency = None
    map: opt.Map = None
    encoding: opt.Encoding = None
    separator: opt.Separator = None
    decimal: opt.Decimal = None
    date_format: opt.DateFormat = None
    reject_status: opt.RejectStatus = None
    drop_duplicates: opt.DropDuplicates = None
    amount_per: opt.AmountPer = None
    overlap: opt.Overlap = None
    times_in: opt.TimesIn = None
    header_row: opt.HeaderRow = None
    ids: opt.Ids = None
    no_customer: opt.NoCustomer = None
    event_kind: opt.EventKind = None
    purchase_events: opt.PurchaseEvents = None
    rejects: opt.Rejects = None
    timezone: opt.Timezone = None


@dataclass(frozen=True, eq=False, repr=False)
class RollupOptions(OrderOptions):
    """The tables that a roll-up is made of: orders, and customers where they name the person behind an id."""

    customers: opt.Customers = None


@dataclass(frozen=True, eq=False, repr=False)
class TableOptions(OrderOptions):
    """All tables of a shop, and how they are read."""

    customers: opt.Customers = None
    products: opt.Products = None
    one_row_per: opt.OneRowPer = None


@dataclass(frozen=True, eq=False, repr=False)
class PeopleOptions(TableOptions):
    """The same where it counts who may be written to."""

    consent_given: opt.ConsentGiven = None


@dataclass(frozen=True, eq=False, repr=False)
class PurchaseOptions:
    """What counts as a purchase."""

    free_orders: opt.FreeOrders = None
    one_order_per: opt.OneOrderPer = None
    returned_orders: opt.ReturnedOrders = None


@dataclass(frozen=True, eq=False, repr=False)
class ScoringOptions(PurchaseOptions):
    """The date, what counts, and how scores, segments and VIPs are found."""

    as_of: opt.AsOf = None
    window: opt.Window = None
    scheme: opt.Scheme = None
    bins: opt.Bins = None
    rule: opt.Rule = None
    cuts: opt.Cuts = None
    nested: opt.Nested = None
    new_subscriber: opt.NewSubscriber = None
    share: opt.Share = None
    min_orders: opt.MinOrders = None


@dataclass(frozen=True, eq=False, repr=False)
class EngagementOptions:
    """How engagement is counted."""

    engagement_window: opt.EngagementWindow = None
    engagement_events: opt.EngagementEvents = None


@dataclass(frozen=True, eq=False, repr=False)
class AnswerOptions:
    """Where an answer goes, and in which form."""

    output: opt.Output = None
    format: opt.Format = None
    lang: opt.Lang = None


@dataclass(frozen=True, eq=False, repr=False)
class RowsOptions(AnswerOptions):
    """The same for an answer that can be opened in a spreadsheet."""

    for_excel: opt.ForExcel = None


@dataclass(frozen=True, eq=False, repr=False)
class ScoredOptions(RowsOptions):
    """The same for an answer that comes from scores, with their cutoffs."""

    explain: opt.Explain = None
    save_cuts: opt.SaveCuts = None


@dataclass(frozen=True, eq=False, repr=False)
class QuietOptions:
    """How a run behaves that reads no orders."""

    quiet: opt.Quiet = None
    config: opt.Config = None


@dataclass(frozen=True, eq=False, repr=False)
class RunOptions(QuietOptions):
    """How a run behaves."""

    memory: opt.Memory = None
    verbose: opt.Verbose = None
    strict: opt.Strict = None
    known: opt.Known = None


@dataclass(frozen=True, eq=False, repr=False)
class ListOptions:
    """What a list of customers shows."""

    with_: opt.With = None
    limit: opt.Limit = None


@dataclass(frozen=True, eq=False, repr=False)
class MoveOptions:
    """The dates, and what is shown of the moves between them."""

    from_: Annotated[
        opt.Text,
        opt.keep(
            "--from",
            help="The first date, as --as-of takes it. [a quarter earlier]",
            metavar="WHEN",
            values=values.DATES,
        ),
    ] = None
    to: Annotated[opt.Text, opt.keep("--to", help="The second date. [last]", metavar="WHEN", values=values.DATES)] = (
        None
    )
    by: Annotated[
        opt.Text,
        opt.keep(
            "--by",
            help="Moves between: segment, rf, r, f, m, vip, or a segment or axis of rfm.toml. [segment]",
            metavar="WHAT",
            values=values.MOVES,
        ),
    ] = None
    rescore: Annotated[
        opt.Switch, opt.keep("--rescore", help="New cutoffs at each date, in place of those of --from.")
    ] = None
    every: Annotated[
        opt.Text,
        opt.keep(
            "--every", help="A chain of dates: week, month, quarter, year, 30d.", metavar="STEP", values=values.STEPS
        ),
    ] = None
    flows: Annotated[opt.Switch, opt.keep("--flows", help="In, out and net of each segment.")] = None
    moves: Annotated[opt.Switch, opt.keep("--moves", help="One row per customer: from where, to where.")] = None
    list_: Annotated[
        opt.Text, opt.keep("--list", help='The customers of one move: "Champions>At risk".', metavar="MOVE")
    ] = None
    paths: Annotated[opt.Switch, opt.keep("--paths", help="The most common paths over --every. [month]")] = None
    speed: Annotated[opt.Switch, opt.keep("--speed", help="How fast each move is made, in days.")] = None
    horizons: Annotated[
        opt.Text,
        opt.keep("--horizons", help="The shares of moves made within these days. [30,60,90]", metavar="DAYS"),
    ] = None

    @property
    def answer(self) -> str:
        """The answer that is asked for; `UsageError` for two of them."""
        named = {"flows": self.flows, "moves": self.moves, "list": self.list_, "paths": self.paths, "speed": self.speed}
        given = [name for name, value in named.items() if value not in (None, False)]
        if len(given) > 1:
            raise UsageError(f"--{given[0]} and --{given[1]} are two answers", "ask for one of them at a time")
        return given[0] if given else "chain" if self.every else "matrix"

    @property
    def kind(self) -> "By":
        """The kind of states that customers move between; a name that is no such kind may be one of rfm.toml."""
        from rfm_cli.history.states import BYS

        return next((one for one in BYS if one == (self.by or "segment")), "named")

    def unknown(self) -> UsageError:
        """Return the error of a kind of states that there is not."""
        from rfm_cli.history.states import BYS

        return UsageError(f"--by {self.by}: not known", did_you_mean(str(self.by), BYS))


G = TypeVar("G")


def every(group: type[G], some: object | None) -> G:
    """Return the group with the values of a smaller one; the other options are not given."""
    return some if isinstance(some, group) else group(**vars(some) if some else {})


def expanded(function: Callable[..., Iterator[None] | None]) -> tuple[Callable[..., None], dict[str, type]]:
    """Return the command with one parameter per option in place of each group, and its groups by parameter."""
    hints = get_type_hints(function, include_extras=True)
    groups = _groups_of(hints)
    declared: list[Parameter] = []
    for name, parameter in signature(function).parameters.items():
        own = [parameter.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY)]
        declared += _options(groups[name]) if name in groups else own

    def command(**values: object) -> None:
        for _ in function(**grouped(groups, values)) or ():
            pass  # alone, a command does not wait at its pause

    command.__name__, command.__doc__ = function.__name__, function.__doc__
    # Typer asks for both several times. A signature is taken as it is, and without annotations none is evaluated.
    command.__signature__, command.__annotations__ = Signature(declared), {}  # type: ignore[attr-defined]
    return command, groups


def _groups_of(hints: Mapping[str, Any]) -> dict[str, type]:
    """Return the parameters that are groups, by name."""
    return {name: hint for name, hint in hints.items() if is_dataclass(hint) and isinstance(hint, type)}


def grouped(groups: Mapping[str, type], values: Mapping[str, object]) -> dict[str, Any]:
    """Return the values with those of each group put together."""
    inside = {name: [field.name for field in fields(group)] for name, group in groups.items()}
    taken = {name for names in inside.values() for name in names}
    made = {name: groups[name](**{one: values[one] for one in names}) for name, names in inside.items()}
    return {**{name: value for name, value in values.items() if name not in taken}, **made}


def _options(group: type) -> list[Parameter]:
    """Return the fields of a group as parameters."""
    return [
        Parameter(one.name, Parameter.KEYWORD_ONLY, default=one.default, annotation=one.type) for one in fields(group)
    ]


def values_given(*groups: object | None, **own: str | None) -> dict[str, object]:
    """Return the values of option groups and of a command's own options, by the names of settings.

    Files among the arguments that are called like another table than orders move to that table:
    `rfm score orders.csv customers.csv` is `rfm score orders.csv --customers customers.csv`. A folder or a pattern with
    several tables is given to each of them.
    """
    from rfm_cli.tables.paths import tables_at

    values = {name: value for group in groups if group for name, value in vars(group).items()} | own
    found: dict[str, list[str]] = {}
    for path in _paths(values, "orders"):
        for table in tables_at(path):
            found.setdefault(table, []).append(path)
    values["orders"] = found.pop("orders", None)
    for table, files in found.items():
        values[table] = [*_paths(values, table), *files]
    return values


def _paths(values: Mapping[str, object], table: str) -> list[str]:
    """Return the paths that the values give for a table."""
    given = values.get(table)
    return [str(path) for path in given] if isinstance(given, list | tuple) else []

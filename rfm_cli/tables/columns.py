"""Which heading of a file holds which field: `--map` first, then the headings of a recognized vendor's export, then the
field's own name, then an alias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rfm_cli.errors import InputError, did_you_mean
from rfm_cli.tables import vendors
from rfm_cli.tables.fields import ALIASES, PROOFS, aliases, email_aliases, fold, further_aliases
from rfm_cli.tables.vendors import Export

if TYPE_CHECKING:
    import polars as pl

STATUS_OR_PLACE = ("state", "состояние")
UNIT_OR_LINE = ("itemprice", "lineprice")
"""Folded headings that leave a doubt where only an alias says what they hold."""

MOMENTS = ("ordered_at", "at", "registered_at", "refunded_at", "cancelled")
ZONES = ("(utc)", "(gmt)", "utc", "gmt")
"""Fields of times, and how a heading may end, folded, that names their zone."""
NO_COLUMN = "-"
"""What a user gives as the heading of a field that no column holds, whatever its name."""


@dataclass(frozen=True)
class ColumnMap:
    """The headings of one file by field, why each was chosen, and the headings that a field passed over.

    `export` is the vendor's export that the headings were recognized as. `settled` says in words what the values of all
    rows showed about headings that may mean two things, and `decided` has the field of each such heading, folded, or an
    empty text.
    """

    table: str
    headings: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)
    passed_over: Mapping[str, Sequence[str]] = field(default_factory=dict)
    export: Export | None = None
    settled: tuple[str, ...] = ()
    decided: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.headings

    def __getitem__(self, name: str) -> str:
        return self.headings[name]

    def get(self, name: str) -> str | None:
        """Return the heading of a field, None where the file has none."""
        return self.headings.get(name)

    def proved(self, name: str, to: str | None, text: str = "") -> ColumnMap:
        """Return the map with the heading of a field given to the field that values show it to be: the same, another
        or none. `text` says so."""
        headings = {to if known == name else known: heading for known, heading in self.headings.items()}
        reasons = {to if known == name else known: reason for known, reason in self.reasons.items()} | {to: "data"}
        kept = [one for one in ALIASES[self.table] if one in headings]
        settled = (*self.settled, text) if text else self.settled
        decided = {**self.decided, fold(self.headings[name]): to or ""}
        proved = replace(self, headings={one: headings[one] for one in kept}, settled=settled, decided=decided)
        return replace(proved, reasons={one: reasons[one] for one in kept})

    def without(self, name: str) -> ColumnMap:
        """Return the map without a field; its heading is then an attribute."""
        return replace(self, headings={field: own for field, own in self.headings.items() if field != name})

    def in_words(self, skip: Sequence[str] = ()) -> str:
        """Return the mapping in one line; fields that are called by their own name in short form.

        >>> ColumnMap("orders", {"customer_id": "CustomerID", "amount": "amount"}).in_words()
        'customer_id = CustomerID, amount'
        """
        return ", ".join(
            (name if name == heading else f"{name} = {heading}") + self._not_taken(name)
            for name, heading in self.headings.items()
            if name not in skip
        )

    def _not_taken(self, name: str) -> str:
        return f" (not {', '.join(self.passed_over[name])})" if name in self.passed_over else ""


def detect(table: str, header: Sequence[str], given: Mapping[str, str], where: str) -> ColumnMap:
    """Find the headings of the fields of `table` that `header` has.

    `given` are the user's own choices (field -> heading, `-` for none). Raises `UsageError` where they name an unknown
    field, `InputError` where they name an unknown heading or where two headings claim one field: both are listed, none
    is guessed.
    """
    # The user's own choices come first, and their headings are out of reach for all other fields.
    # A field that is given as `-` is taken from no column.
    without = [name for name, wanted in given.items() if wanted == NO_COLUMN and NO_COLUMN not in header]
    named = [name for name in ALIASES[table] if name in given and name not in without]
    taken = {name: (_given(given[name], name, header, where), "given") for name in named}
    export = vendors.recognize(header) if table == "orders" else None
    free = _folded(header, taken)
    if export:
        taken |= {name: one for name, one in _of_vendor(export, free, taken).items() if name not in without}
    rest = _folded(header, taken)
    closed = [*without, *(name for name, headings in export.fields.items() if not headings)] if export else without
    found = {
        name: taken[name] if name in taken else None if name in closed else _found(table, name, rest, where)
        for name in ALIASES[table]
    }
    if table == "customers":
        found |= _id_and_address(found, without)
    headings = {name: one[0] for name, one in found.items() if one}
    columns = ColumnMap(table, headings, {name: one[1] for name, one in found.items() if one}, export=export)
    return replace(_own_heading_each(columns), passed_over=_passed_over(columns, free))


def _id_and_address(
    found: Mapping[str, tuple[str, str] | None], without: Sequence[str]
) -> dict[str, tuple[str, str] | None]:
    """Return the fields that share a heading: an id that is an address, or an e-mail where nothing else is an id."""
    own, mail = found["customer_id"], found["email"]
    if own is None:
        return {} if mail is None or "customer_id" in without else {"customer_id": (mail[0], "email")}
    names = {name: {fold(name), *aliases("customers", name)} for name in ("email", "phone", "telegram")}
    names["email"].update(email_aliases("customers", "customer_id"))
    shared = (name for name, headings in names.items() if fold(own[0]) in headings)
    return {name: (own[0], "email") for name in shared if found[name] is None and name not in without}


def _folded(header: Sequence[str], taken: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    """Return the headings that are not taken by their folded form."""
    used = {heading for heading, _why in taken.values()}
    folded: dict[str, list[str]] = {}
    for heading in header:
        if heading not in used:
            folded.setdefault(fold(heading), []).append(heading)
    return folded


def _of_vendor(
    export: Export, free: Mapping[str, Sequence[str]], given: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """Return the headings of a vendor's export by field, the best that the file has of each."""
    found: dict[str, tuple[str, str]] = {}
    for name, headings in export.fields.items():
        there = [free[fold(heading)] for heading in headings if fold(heading) in free]
        # A heading that is there twice is left to the general rules, which refuse it.
        if name not in given and there and len(there[0]) == 1:
            found[name] = (there[0][0], "vendor")
    return found


def _given(wanted: str, name: str, header: Sequence[str], where: str) -> str:
    # The exact heading wins over one that differs in case alone.
    same = [heading for heading in header if heading == wanted]
    same = same or [heading for heading in header if fold(heading) == fold(wanted)]
    if len(same) == 1:
        return same[0]
    if len(same) > 1 and len(set(same)) == 1:
        raise InputError(f"{where}: {len(same)} columns are called {same[0]!r}", "rename one of them in the file")
    raise InputError(f"{where}: no column {wanted!r}, which was given for {name}", did_you_mean(wanted, header))


def _found(table: str, name: str, folded: Mapping[str, Sequence[str]], where: str) -> tuple[str, str] | None:
    # A field's own name beats any alias, even if several columns are aliases.
    own = folded.get(fold(name), ())
    candidates = own or [heading for alias in aliases(table, name) for heading in folded.get(alias, ())]
    if name in MOMENTS and not candidates:
        candidates = [heading for alias in (fold(name), *aliases(table, name)) for heading in _in_zone(folded, alias)]
    if name in PROOFS and len(candidates) > 1:
        return None
    if candidates:
        return _only(candidates, table, name, where), "name" if own else "alias"
    further = [heading for alias in further_aliases(table, name) for heading in folded.get(alias, ())]
    if further:
        return (further[0], "alias") if len(further) == 1 else None
    emails = [heading for alias in email_aliases(table, name) for heading in folded.get(alias, ())]
    return (emails[0], "email") if len(emails) == 1 else None


def _in_zone(folded: Mapping[str, Sequence[str]], alias: str) -> list[str]:
    """Return the headings that are an alias with a zone behind it: Order date (UTC), created_at_gmt."""
    return [heading for zone in ZONES for heading in folded.get(alias + zone, ())]


def _only(candidates: Sequence[str], table: str, name: str, where: str) -> str:
    if len(candidates) == 1:
        return candidates[0]
    names = " and ".join(repr(heading) for heading in candidates)
    single = next((heading for heading in candidates if candidates.count(heading) == 1), None)
    from rfm_cli.tables.hints import option_of, quoted  # for files with a doubt alone

    option = f"--map {option_of(table, name)}={quoted(single)}" if single else ""
    hint = f"say which one: {option}" if option else "rename one of them in the file"
    raise InputError(f"{where}: {len(candidates)} columns could be {name}: {names}", hint)


def _passed_over(columns: ColumnMap, folded: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """List, by field that has its own name or a vendor's, the headings that are an alias of it and of no other field in
    use."""
    used = set(columns.headings.values())
    found = {
        name: [
            heading
            for alias in (*((fold(name),) if reason == "vendor" else ()), *aliases(columns.table, name))
            for heading in folded.get(alias, ())
            if heading not in used
        ]
        for name, reason in columns.reasons.items()
        if reason in ("name", "vendor")
    }
    return {name: headings for name, headings in found.items() if headings}


def _own_heading_each(columns: ColumnMap) -> ColumnMap:
    """Return the map with each heading used once: a field that has it by name keeps it before one by alias."""
    # Two fields may claim one heading ("amount" is a value of events and money of orders); the stronger reason wins.
    rank = {"given": 0, "vendor": 1, "name": 2, "alias": 3, "email": 4}
    taken: dict[str, str] = {}
    for name in sorted(columns.headings, key=lambda known: rank[columns.reasons[known]]):
        # An e-mail that is the id is an address all the same.
        shares = columns.reasons[name] in ("given", "email")
        if shares or columns.headings[name] not in taken.values():
            taken[name] = columns.headings[name]
    ordered = {name: heading for name, heading in columns.headings.items() if name in taken}
    return replace(columns, headings=ordered, reasons={name: columns.reasons[name] for name in ordered})


def in_doubt(columns: ColumnMap) -> list[str]:
    """Return the fields whose heading may mean something else, which `doubts` settles by the values: `status`,
    `unit_price`."""
    if columns.export:
        return []
    by_alias = {name: fold(columns[name]) for name, reason in columns.reasons.items() if reason == "alias"}
    found = ["status"] if by_alias.get("status") in STATUS_OR_PLACE else []
    # Beside an amount a price only proves whose the amount is, which takes orders.
    is_asked = "quantity" in columns and ("amount" not in columns or "order_id" in columns)
    is_price = is_asked and by_alias.get("unit_price") in UNIT_OR_LINE
    return [*found, "unit_price"] if is_price else found


def require(
    columns: ColumnMap, names: Sequence[str], header: Sequence[str], where: str, head: pl.LazyFrame | None = None
) -> None:
    """Raise `InputError` that lists all missing fields at once, each with the columns whose values fit it.

    `head` are the first rows; without them the spelling of the headings decides.
    """
    missing = [name for name in names if name not in columns]
    if not missing:
        return
    _refuse_broken_headings(header, missing, where)
    # A heading in use is no proposal, and a vendor's export may lack a field altogether.
    free = [heading for heading in header if heading not in columns.headings.values()]
    lacking = [name for name in missing if columns.export and name not in columns.export.fields]
    from rfm_cli.tables import hints  # for files that lack a column alone

    proposed = hints.proposals(columns.table, missing, free, head, lacking)
    money: list[hints.Proposal] = []
    if columns.table == "orders" and not {"amount", "unit_price"} & set(columns.headings):
        rest = [heading for heading in free if heading not in {one.headings[0] for one in proposed if one.headings}]
        found = hints.proposals("orders", ["amount"], rest, head)
        money = found if head is None or found[0].headings else []
    hint = hints.in_words(columns.table, proposed, money)
    seen = ", ".join(repr(heading) for heading in header[:20])
    more = f" and {len(header) - 20} more" if len(header) > 20 else ""
    raise InputError(
        f"{where}: no column for {', '.join(missing)} among {seen}{more}",
        f"say which column it is: {hint}",
    )


def _refuse_broken_headings(header: Sequence[str], missing: Sequence[str], where: str) -> None:
    """Raise `InputError` where fields are missing because the headings were not read as they are meant."""
    # A single heading full of marks means that the separator was not recognized.
    if len(header) == 1 and (mark := next((mark for mark in "|^~:" if header[0].count(mark) > 1), None)):
        raise InputError(
            f"{where}: one column only, {header[0]!r}", f"if {mark!r} parts the columns, say so: --separator {mark!r}"
        )
    if any("\0" in heading for heading in header):
        raise InputError(
            f"{where}: no column for {', '.join(missing)}, and zero bytes among the headings",
            "is it UTF-16? Say so: --encoding utf-16-le",
        )
    if any("\ufffd" in heading for heading in header):
        raise InputError(
            f"{where}: no column for {', '.join(missing)}, and the headings are no UTF-8 text: {header[0]!r}",
            "say its encoding, for example --encoding cp1251 or --encoding cp1252",
        )

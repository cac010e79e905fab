"""Values that have broken programs of this kind: in names, dates, amounts and arguments."""

from __future__ import annotations

from random import Random

LONG = "Ж" * 3000
NAMES = [
    "007", "a", "b", "NA", "null", "None", "[/x] shop", "[bold]", "[link=x]y", "\x1b[31mred\x1b[0m", "\x07", "\x9b31m",
    "=cmd()|'/C calc'!A0", "+1+1", "-1", "@SUM(A1)", "\u202egnp.exe", "עברית", "\u2028", "\u200b", "\ufeffx", "\u0000x",
    "'; DROP TABLE orders;--", "../../x", "~/x", "C:\\x", "*", "^a.*$", "%s%n", "{0}", "${HOME}", "`id`", "<b>x</b>",
    "</script><script>alert(1)</script>", "&lt;", "a\nb", "a\rb", "a\tb", '"', "''", ",", ";", "|", "\\", "\\N", " ",
    "", "e\u0301" * 50, "👨‍👩‍👧‍👦", "١٢٣", "17850.0", "1e5", "A@X.Y", "true", "0", LONG, "x" * 200_000,
]  # fmt: skip
DAYS = [
    "2024-01-01", "2024-02-29", "2024-12-31 23:59:59", "2024-05-05T05:05:05+05:30", "2024-05-05T05:05:05Z",
    "31.12.2024", "12/31/2024", "03/04/2024", "0001-01-01", "9999-12-31", "10000-01-01", "-0001-01-01",
    "0000-00-00", "2024-02-30", "2024-13-01", "infinity", "-infinity", "NaT", "1704067200", "1704067200000", "-1",
    "99999999999999999999", "1e20", "45292", "today", "2024", "2024-W05", "24:00", "now()", "", "x", LONG,
]  # fmt: skip
AMOUNTS = [
    "10", "10.50", "-3", "0", "1 234,50", "1,258.54", "1,234", "$12.00", "(12.00)", "12.00-", "--5", "5-", "1e3",
    "1e309", "1e-320", "99999999999999999999", "4503599627370496", "40000000000000.25", "0.000000001", "NaN",
    "inf", "-inf", "0x10", "١٢٣", "1_000", "½", "10 €", "", " ", "x", "1.2.3", "1,2,3", LONG,
]  # fmt: skip
WORDS = [
    "paid",
    "cancelled",
    "refunded",
    "wc-completed",
    "отменён",
    "USD",
    "EUR",
    "email",
    "open",
    "unsubscribe",
    "1",
    "yes",
]


def name(draw: Random, *, wild: bool) -> str:
    """Some name: a short one, in a wild column now and then a hostile one."""
    return draw.choice(NAMES) if wild and draw.random() < 0.4 else draw.choice(NAMES[:4])


def day(draw: Random, *, wild: bool) -> str:
    """Some day of 2024, in a wild column now and then any text that may be one."""
    usual = f"2024-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
    return draw.choice(DAYS) if wild and draw.random() < 0.3 else usual


def amount(draw: Random, *, wild: bool) -> str:
    """Some amount of a few units, in a wild column now and then any text that may be one."""
    usual = f"{draw.randrange(5000) / 100:.2f}"
    return draw.choice(AMOUNTS) if wild and draw.random() < 0.3 else usual


def word(draw: Random, *, wild: bool) -> str:
    """Some status, channel or event, in a wild column now and then a hostile one."""
    return draw.choice(NAMES) if wild and draw.random() < 0.3 else draw.choice(WORDS)


def euro(draw: Random, *, wild: bool) -> str:
    """A currency, which is mostly the same."""
    return draw.choice(["USD", "[x]", ""]) if wild and draw.random() < 0.1 else "EUR"

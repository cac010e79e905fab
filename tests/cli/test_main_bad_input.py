"""What goes wrong before and while reading: each with its exit code and its words, and nothing left behind."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]
HEAD = "customer_id,ordered_at,amount\n"


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> Callable[..., str]:
    """Score the given text; exit 3 with nothing written. Answers the lines of the error, without narration."""

    def run(text: str | bytes | None = None, *options: str, name: str = "f.csv", code: int = 3) -> str:
        monkeypatch.chdir(tmp_path)
        if text is not None:
            Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
        before = sorted(path.name for path in tmp_path.iterdir())
        ended = here("score", name, "-o", "out.csv", *options)
        assert (ended.code, ended.out) == (code, b"")
        assert sorted(path.name for path in tmp_path.iterdir()) == before
        lines = ended.err.splitlines()
        told = [line for line in lines if line.startswith(("rfm: error: ", "rfm: hint: "))]
        assert 1 <= len(told) <= 2 and lines[-len(told) :] == told
        return "\n".join(told)

    return run


def test_missing_file(failing: Callable[..., str]) -> None:
    assert failing() == "rfm: error: f.csv: no such file\nrfm: hint: check the path, or run rfm check"


def test_empty_file(failing: Callable[..., str]) -> None:
    assert failing("") == "rfm: error: f.csv: the file is empty\nrfm: hint: export it again, with its header"


def test_header_only(failing: Callable[..., str]) -> None:
    assert failing(HEAD) == "rfm: error: f.csv: no rows below the header\nrfm: hint: export it again"


def test_wrong_delimiter(failing: Callable[..., str]) -> None:
    assert failing("customer_id|ordered_at|amount\na|2024-01-01|1\n") == (
        "rfm: error: f.csv: one column only, 'customer_id|ordered_at|amount'\n"
        "rfm: hint: if '|' parts the columns, say so: --separator '|'"
    )


def test_missing_column_names_the_nearest(failing: Callable[..., str]) -> None:
    assert failing("custmer_id,day,amount\na,2024-01-01,1\n", "--map", "ordered_at=day") == (
        "rfm: error: f.csv: no column for customer_id among 'custmer_id', 'day', 'amount'\n"
        "rfm: hint: say which column it is: --map customer_id='custmer_id'"
    )


def test_two_candidates_for_a_column(failing: Callable[..., str]) -> None:
    assert failing("client_id,client,ordered_at,amount\na,b,2024-01-01,1\n") == (
        "rfm: error: f.csv: 2 columns could be customer_id: 'client_id' and 'client'\n"
        "rfm: hint: say which one: --map customer_id='client_id'"
    )


def test_columns_equal_after_folding(failing: Callable[..., str]) -> None:
    told = failing("customer_id,Customer ID,ordered_at,amount\na,b,2024-01-01,1\n")
    assert "2 columns could be customer_id: 'customer_id' and 'Customer ID'" in told


def test_only_text_in_amounts(failing: Callable[..., str]) -> None:
    assert "f.csv: no order accepted of 1 rows (1 with no readable amount)" in failing(HEAD + "a,2024-01-01,ten\n")


def test_text_in_one_amount_rejects_the_row(failing: Callable[..., str]) -> None:
    assert failing(HEAD + "a,2024-01-01,1\nb,2024-01-01,ten\n", "--strict", code=1) == (
        "rfm: error: 2 warnings under --strict: nothing was written\n"
        'rfm: hint: looked at, and as it should be? rfm.toml: known = ["many-rejects", "unused-score"]'
    )


def test_ambiguous_dates(failing: Callable[..., str]) -> None:
    told = failing(HEAD + "a,03/04/2024,1\nb,05/06/2024,2\n")
    assert told.startswith(
        "rfm: error: f.csv: column 'ordered_at' could be read day first or month first, for example '03/04/2024'\n"
        "rfm: hint: say which: --date-format %d/%m/%Y or --date-format %m/%d/%Y"
    )


def test_ambiguous_amounts(failing: Callable[..., str]) -> None:
    assert "--decimal" in failing("customer_id;ordered_at;amount\na;2024-01-01;1,234\nb;2024-01-02;5,678\n")


def test_two_currencies(failing: Callable[..., str]) -> None:
    told = failing("customer_id,ordered_at,amount,currency\na,2024-01-01,1,EUR\nb,2024-01-02,2,USD\n")
    assert "f.csv: more than one currency (EUR, USD" in told
    assert "--rates FILE --currency CODE" in told


def test_truncated_parquet(failing: Callable[..., str], sample: Path) -> None:
    whole = (sample / "twins" / "orders_clean.parquet").read_bytes()
    told = failing(whole[:20_000], name="f.parquet")
    assert told.startswith("rfm: error: f.parquet: cannot be read: ")
    assert told.endswith("rfm: hint: the file may be cut short or of another kind than its name says")


def test_damaged_parquet(failing: Callable[..., str], sample: Path) -> None:
    data = bytearray((sample / "twins" / "orders_clean.parquet").read_bytes())
    data[2000:6000] = bytes(byte ^ 0x5A for byte in data[2000:6000])
    assert failing(bytes(data), name="f.parquet").startswith("rfm: error: f.parquet: cannot be read: ")


def test_truncated_gzip(failing: Callable[..., str]) -> None:
    rows = "".join(f"c{number},2024-01-01,{number}.50\n" for number in range(500))
    packed = gzip.compress((HEAD + rows).encode())
    assert failing(packed[:400], name="f.csv.gz").startswith("rfm: error: f.csv.gz: ")


def test_folder_without_data(failing: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.doc").write_text("x")
    assert failing(name="docs").startswith("rfm: error: docs: no data file in this folder\nrfm: hint: it takes .csv, ")


def test_not_a_text_file(failing: Callable[..., str]) -> None:
    assert failing(bytes(range(256)) * 20) == (
        "rfm: error: f.csv: no text, since it has zero bytes\nrfm: hint: export it as CSV; or say its --encoding"
    )


def test_utf16_without_its_mark(failing: Callable[..., str]) -> None:
    assert failing((HEAD + "a,2024-01-01,1\n").encode("utf-16-le")).endswith("Say so: --encoding utf-16-le")


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (b"PK\x03\x04", "a zip archive that is damaged or of an unknown kind: File is not a zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "looks like a workbook and cannot be read as one"),
        (b"SQLite format 3\0", "an SQLite database, which is not read"),
        (b"Obj\x01", "an Avro file, which is not read"),
        (b"BZh91AY&SY", "packed by bzip2, which is not read"),
        (b"\xfd7zXZ\0", "packed by xz, which is not read"),
        (b"\xff\xfe", "not utf-16 text: truncated data"),
        (b"\xfe\xff", "not utf-16 text: truncated data"),
        (b"[ {", "a JSON array"),
    ],
)
def test_kinds_that_are_not_read(failing: Callable[..., str], start: bytes, told: str) -> None:
    for name in ("f.csv", "f.txt", "f"):
        told_of = failing(start + b"\n" * 99, name=name)
        assert told_of.startswith(f"rfm: error: {name}: {told}\nrfm: hint: ")


def test_other_encoding(failing: Callable[..., str]) -> None:
    assert "--encoding" in failing((HEAD + "Яна,2024-01-01,1\n").encode("cp1251"))


def test_rows_longer_than_the_header_are_rejected_not_a_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.csv").write_text(HEAD + "a,2024-01-01,1\nb,2024-01-02,1,000\n")
    ended = here("score", "f.csv")
    assert ended.code == 0
    assert ended.out.splitlines()[1:] == [b"a,2024-01-01,2024-01-01,0,1,1,5,1,1,511,New,false"]
    assert "warning many-rejects: 1 of 2 rows rejected (50.0%)" in ended.err


def test_nobody_bought_by_then(failing: Callable[..., str]) -> None:
    assert failing(HEAD + "a,2024-01-05,1\nb,2024-02-01,2\n", "--as-of", "2023") == (
        "rfm: error: f.csv: no purchase on or before 2023-12-31\nrfm: hint: the orders cover 2024-01-05 to 2024-02-01"
    )


def test_a_scheme_with_a_hole(failing: Callable[..., str], scheme_with_a_hole: str) -> None:
    told = failing(HEAD + "a,2024-01-05,1\n", "--scheme", scheme_with_a_hole, code=2)
    assert "22" in told and "hole.toml" in told


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ('[clock]\nasof = "2024"\n', 2, "unknown key 'asof' in [clock] (line 2)\nrfm: hint: did you mean as_of?"),
        ("[clock\n", 2, "not TOML: "),
        ("[scheme]\nnested = 1\n", 2, "[scheme] nested must be true or false, not 1 (line 2)"),
    ],
)
def test_unreadable_configuration(failing: Callable[..., str], tmp_path: Path, text: str, code: int, told: str) -> None:
    (tmp_path / "rfm.toml").write_text(text)
    assert f"rfm: error: {tmp_path}/rfm.toml: {told}" in failing(HEAD + "a,2024-01-05,1\n", code=code)


def test_no_orders_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["score"], ["segments"], ["explain", "a"]):
        assert here(*command) == (
            3,
            b"",
            "rfm: error: no orders to read\n"
            "rfm: hint: give a file, name one orders.csv here, or write it in rfm.toml\n",
        )


def test_events_without_orders_say_how_they_can_be_these(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events.csv").write_text("customer_id,event,at\n7,purchase,2024-01-05\n")
    hint = "rfm: hint: give a file of orders; or take them from the events: --purchase-events purchase\n"
    for command in (["score"], ["select", "count orders = 1"], ["score", "events.csv"]):
        assert here(*command) == (3, b"", f"rfm: error: no orders to read\n{hint}")
    code, out, _ = here("select", "count orders = 1", "--purchase-events", "purchase", "-q")
    assert (code, out) == (0, b"customer_id\n7\n")


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--as-of", "banana", "--as-of banana: no such day"),
        ("--as-of", "2024-02-30", "--as-of 2024-02-30: "),
        ("--as-of", "2024-Q5", "--as-of 2024-Q5: "),
        ("--share", "15", "15 is no share\nrfm: hint: write a part of the whole, such as 15% or 0.15"),
        ("--share", "0", "0 is no share"),
        ("--min-orders", "0", "--min-orders 0: write a whole number of 1 or more"),
        ("--timezone", "Mars", "--timezone Mars: no such time zone"),
        ("--window", "3x", "'3x' is no length of time"),
        ("--encoding", "klingon", "--encoding klingon: no such encoding"),
        *[
            ("--encoding", name, f"--encoding {name}: no such encoding")
            for name in ("rot13", "base64", "hex", "undefined")
        ],
        ("--decimal", "x", "--decimal x: write . or ,"),
        ("--separator", "ab", "--separator ab: write one character"),
        ("--free-orders", "maybe", "--free-orders maybe: not known\nrfm: hint: Valid: count, ignore"),
        ("--rule", "x=auto", "--rule x=auto: no such axis\nrfm: hint: Valid: r, f, m"),
        ("--rule", "f=quantiles", "--rule f=quantiles: no such rule\nrfm: hint: did you mean quantile?"),
        ("--cuts", "r=a", "--cuts r=a: not cutoffs"),
        ("--bins", "1", "bins "),
        ("--bins", "4", "bins 4,4,4 do not fit scheme rf12, which has 5,5,5"),
        ("--scheme", "rf13", "no scheme is called 'rf13'\nrfm: hint: did you mean rf12?"),
        ("--map", "amuont=x", "column map amuont=x: orders has no field 'amuont'\nrfm: hint: did you mean amount?"),
        ("--map", "amount", "--map 'amount': write it as FIELD=HEADING"),
        ("--format", "xls", "unknown format 'xls'\nrfm: hint: did you mean xlsx?"),
        ("--new-subscriber", "2mo", "--new-subscriber 2mo: write it in days or weeks, such as 90d"),
        ("--limit", "0", "Invalid value for '--limit': "),
        ("--limit", "ten", "Invalid value for '--limit': "),
        ("--config", "no.toml", "--config no.toml: no such file"),
        ("--rejects", "r.xlsx", "--rejects r.xlsx: write a file of rows"),
    ],
)
def test_options_that_make_no_sense(shop: Path, here: Here, option: str, value: str, told: str) -> None:
    ended = here("score", "nowhere.csv", option, value)
    if option in ("--encoding", "--map") and "nowhere.csv" in ended.err:
        ended = here("score", "orders.csv", option, value)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"rfm: error: {told}")
    assert len(ended.err.splitlines()) <= 2


def test_unknown_command_and_option_and_a_missing_argument(here: Here) -> None:
    assert here("scroe") == (
        2,
        b"",
        "rfm: error: No such command 'scroe'. Did you mean 'score'?\nrfm: hint: see rfm --help\n",
    )
    assert here("score", "--asof", "2024") == (
        2,
        b"",
        "rfm: error: No such option: --asof\nrfm: hint: did you mean --as-of? Else see rfm score --help\n",
    )
    assert here("explain") == (2, b"", "rfm: error: Missing argument 'CUSTOMER'.\nrfm: hint: see rfm explain --help\n")
    told = "rfm: error: Option '--format' requires an argument.\nrfm: hint: see rfm score --help\n"
    assert here("score", "--format") == (2, b"", told)
    assert here("-x").err.endswith("rfm: hint: see rfm --help\n")


@pytest.mark.parametrize(
    ("words", "option", "hint"),
    [
        (["-q", "score", "orders.csv"], "-q", "write it behind the command: rfm score -q"),
        (["--limit", "5", "vip"], "--limit", "write it behind the command: rfm vip --limit"),
        (["--limit=5", "vip"], "--limit", "write it behind the command: rfm vip --limit"),
        (["--no-nested", "grid"], "--no-nested", "write it behind the command: rfm grid --no-nested"),
        (["--by", "r,m", "score"], "--by", "see rfm --help"),
        (["-q"], "-q", "see rfm --help"),
    ],
)
def test_an_option_before_its_command(here: Here, words: list[str], option: str, hint: str) -> None:
    assert here(*words) == (2, b"", f"rfm: error: No such option: {option}\nrfm: hint: {hint}\n")


def test_a_heading_that_is_not_there(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "--map", "amount=amuont") == (
        3,
        b"",
        "rfm: error: orders.csv: no column 'amuont', which was given for amount\n"
        "rfm: hint: did you mean amount? Valid: order_id, customer_id, ordered_at, amount, status\n",
    )


def test_amounts_that_add_up_but_cannot_be_averaged(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"a,1,2024-01-01,4{zeros}.25,{n}\n" for n, zeros in enumerate(["0" * 13] * 3))
    (tmp_path / "orders.csv").write_text("customer_id,order_id,ordered_at,amount,line\nb,2,2022-01-01,0.25,1\n" + rows)
    assert here("score", "-q", "--amount-per", "row").out.decode().splitlines()[1].split(",")[5] == "120000000000000.75"
    ended = here("segments", "-q", "--amount-per", "row")
    assert (ended.code, ended.out) == (3, b"")
    assert ended.err == (
        "rfm: error: amounts are too large to be averaged exactly\n"
        "rfm: hint: give money in a larger unit, for example thousands\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "snapshot --as-of 0001-01-01",
        "vip --watch --as-of 0001-01-15",
        "vip --watch --since 0001-01-01",
        "migrate --from 0001-01-01 --speed",
    ],
)
def test_days_before_the_first_of_the_calendar(here: Here, shop: Path, line: str) -> None:
    ended = here(*line.split(), "-q")
    assert (ended.code, ended.out) == (3, b"")
    assert ended.err == (
        "rfm: error: orders.csv: no purchase on or before 0001-01-01\n"
        "rfm: hint: the orders cover 2024-01-01 to 2024-03-31\n"
    )


def test_days_after_the_last_of_the_calendar_are_not_told(here: Here, shop: Path) -> None:
    (shop / "late.csv").write_text("customer_id,ordered_at,amount\na,9999-12-20,1\nb,9999-12-31,2\n")
    found = here("explain", "a", "late.csv", "--cuts", "r=10,30,90,180", "-q", "--format", "csv").out.decode()
    later = [line for line in found.splitlines() if line.startswith("next,later,")]
    assert later
    assert all(line.endswith(' days"') for line in later)

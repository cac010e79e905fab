"""What Polars says of files with more rows than it counts, told as ours."""

from __future__ import annotations

from importlib.metadata import metadata

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.read_errors import MOST_ROWS, input_errors, too_many_rows

# As Polars 2.1 words them: of an Arrow file, of a Parquet file, of a count and of a join.
WORDS = [
    "IPC file produces more than 2^32 rows; consider compiling with polars-bigidx feature (pip install polars[rt64])",
    "Parquet file produces 5000000000 rows which is more than maximum allowed pow(2, 32)-1 rows; consider compiling "
    "with bigidx feature (pip install polars[rt64])",
    "Polars' maximum length reached. Consider installing 'polars[rt64]'.: TryFromIntError(PosOverflow)",
    "(5000000000 * 3) exceeds IdxSize limit; please use bigidx",
]


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("kind", [pl.exceptions.ComputeError, pl.exceptions.PanicException])
def test_errors_and_panics_alike(words: str, kind: type[BaseException]) -> None:
    with (
        pytest.raises(InputError, match=r"^o\.parquet: more rows than the installed Polars can count"),
        input_errors("o.parquet"),
    ):
        raise kind(words)


def test_another_panic_stays_one() -> None:
    with pytest.raises(pl.exceptions.PanicException), input_errors("o.parquet"):
        raise pl.exceptions.PanicException("index out of bounds")
    assert too_many_rows("index out of bounds") is None


def test_the_extra_is_one_of_polars() -> None:
    assert "rt64" in (metadata("polars").get_all("Provides-Extra") or [])
    assert MOST_ROWS == 4_294_967_295

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.products import open_products

AS_OF = date(2024, 3, 31)


def test_columns_of_products_are_found(write: Any) -> None:
    found = open_products((write("p.csv", "SKU,Title,category\n1,Tea,Drinks\n"),), ReadOptions())
    assert found.columns.in_words() == "product_id = SKU, category, name = Title"
    assert found.form == "csv, comma separated, utf-8"


def test_a_file_without_products_is_an_error(write: Any) -> None:
    with pytest.raises(InputError, match="no column for product_id"):
        open_products((write("p.csv", "email\na@example.com\n"),), ReadOptions())


def test_a_missing_file_of_products_is_an_error_before_anything_is_scored(write: Any, rfm: Any) -> None:
    done = rfm("score", write("o.csv", "customer_id,date,amount\na,2024-01-01,1\n"), "--products", "nowhere.csv")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"nowhere.csv: no such file" in done.stderr

"""Write an answer that is ready: no program that writes it by Polars can be faster.

python floor_write.py --prepare ANSWER.parquet READY.arrow     # before, untimed
python floor_write.py READY.arrow OUT.parquet

The ready answer is mapped into memory as Arrow by pyarrow, as Polars would copy it: it costs no reading and no
decoding, but the import of pyarrow. Its pages count as resident memory once they have been written.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pyarrow as pa


def prepare(answer: Path, ready: Path) -> None:
    """Keep the answer as Arrow, uncompressed, as mapping wants it."""
    pl.read_parquet(answer).write_ipc(ready, compression="uncompressed")


def main(ready: Path, target: Path) -> None:
    """Write the rows as the Polars peer does."""
    rows = pa.ipc.open_file(pa.memory_map(str(ready))).read_all()
    pl.DataFrame(pl.from_arrow(rows, rechunk=False)).write_parquet(target, compression="lz4")


if __name__ == "__main__":
    if sys.argv[1] == "--prepare":
        prepare(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]))

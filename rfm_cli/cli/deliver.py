"""Where a session writes: the answer in its format, and the files of cutoffs and rejected rows beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.cli.option_groups import ScoredOptions
from rfm_cli.errors import UsageError
from rfm_cli.notes import note
from rfm_cli.output.narrate import Narrator
from rfm_cli.output.target import FORMATS, Outputs, Target, check_folder, choose_format
from rfm_cli.progress import step

if TYPE_CHECKING:
    from datetime import date

    from rich.console import RenderableType

    from rfm_cli.model import Scored, Shop
    from rfm_cli.output.look import Look
    from rfm_cli.output.workbook import Sheet
    from rfm_cli.tables.order_model import Orders
    from rfm_cli.views.view import View

Screen = Callable[["Look"], "Sequence[RenderableType]"]
Sheets = Callable[[], "Sequence[Sheet]"]
MOST_IN_WORKBOOK = 200_000
"""The most rows of a view that get a sheet of their own in a workbook with other sheets."""


@dataclass(frozen=True)
class Delivery:
    """The outputs of a session.

    `rejects` is the file of rejected rows, `formats` are those that the answer can be written in, and `out` takes all
    that is written, which appears when the command has ended well. A job counts the rows of each file in
    `rows_written`; without a job they are printed.
    """

    options: ScoredOptions
    rejects: str | None
    narrator: Narrator
    language: str = "en"
    formats: Sequence[str] = FORMATS
    rows_written: dict[str, int] | None = None
    out: Outputs = field(default_factory=Outputs)

    @property
    def format(self) -> str:
        """The format of the answer."""
        is_tty = sys.stdout is not None and sys.stdout.isatty()
        return choose_format(self.options.format, self.options.output, is_tty, self.formats)

    @property
    def files(self) -> list[str]:
        """The files that the session writes."""
        named = (self.options.output, self.rejects, self.options.save_cuts)
        return [path for path in named if path not in (None, "-")]

    def check(self) -> None:
        """Raise the error of a place or a format that cannot be written, before the work instead of after it."""
        chosen = self.format  # raises for an unknown one
        # Other formats have types, so that no text in them is taken for a formula.
        if self.options.for_excel and chosen != "csv":
            raise UsageError("--for-excel is for CSV", "use -o FILE.csv or --format csv")
        if self.rejects:
            _rejects_format(self.rejects)
        for path in self.files:
            check_folder(path)
        places = [os.path.realpath(path) for path in self.files]
        if len(set(places)) < len(places) or "-" in (self.rejects, self.options.save_cuts):
            raise UsageError("two outputs of one run would share a place", "give each a file of its own")

    def view(self, view: View, screen: Screen, sheets: Sheets = list) -> None:
        """Write a view: drawn by `screen` as a table, as rows in every other format; a workbook has `sheets` too.

        What only one format needs is made, and imported, for that format only.
        """
        fmt, output = self.format, self.options.output

        def write(target: Target) -> None:
            rows = view.rows.height
            if fmt == "table":
                target.write(self._drawn(screen).encode())
            elif fmt == "xlsx":
                rows = self._workbook(view, sheets(), target)
            else:
                from rfm_cli.output.formats import write_rows

                meta = {**view.meta, "warnings": sorted({one.name for one in self.narrator.warnings})}
                write_rows(view.rows, meta, fmt, target, for_excel=bool(self.options.for_excel))
            if output not in (None, "-"):
                self._count(output, rows)

        with _writing(output):
            self.out.write(output, write)

    def _drawn(self, screen: Screen) -> str:
        """Return the text of a screen, as wide and colorful as the place that it goes to allows."""
        from rfm_cli.output.look import look, render

        terminal = sys.stdout if self.options.output in (None, "-") else None
        seen = look(terminal, os.environ, self.language)
        return render(screen(seen), seen)

    def _workbook(self, view: View, sheets: Sequence[Sheet], target: Target) -> int:
        """Write the workbook, and return how many rows of the view are in it: 0 if there are too many for a sheet."""
        from datetime import date

        from rfm_cli.output.cells import with_joined_lists
        from rfm_cli.output.workbook import Sheet, write_workbook

        pages, rows = [*sheets, Sheet(view.name, with_joined_lists(view.rows))], view.rows.height
        # A sheet has room for a million rows, but no program opens one so large in reasonable time.
        if view.rows.height > MOST_IN_WORKBOOK and sheets:
            self.narrator.say([note(f"the workbook has no sheet of {view.rows.height:,} customers, only the views")])
            pages, rows = list(sheets), 0
        as_of = view.meta.get("as_of")
        # A date that never changes: the same rows have to make the same bytes.
        write_workbook(pages, as_of if isinstance(as_of, date) else date(2000, 1, 1), target)
        return rows

    def _count(self, path: str, rows: int) -> None:
        """Count the rows of a file for the job, or print how many there are once the file has appeared."""
        if self.rows_written is not None:
            self.rows_written[path] = rows
        else:
            self.out.afterward(lambda: self.narrator.say([note(f"{path}: {rows:,} row{'s' if rows != 1 else ''}")]))

    def beside(self, scored: Scored, cutoffs_from: date | None = None) -> None:
        """Write the files beside the answer: `--save-cuts` and `--rejects`.

        `cutoffs_from` is the date that the cutoffs come from, if it is not that of the answer.
        """
        if path := self.options.save_cuts:
            from rfm_cli.scores import cutfile

            text = cutfile.to_text(scored.cutoffs, scored.scheme.name, str(cutoffs_from or scored.as_of or ""))
            self.out.write(path, lambda target: _write_text(target, text))
        if path := self.rejects:
            rows = self.rejected_rows(path, scored.shop)
            if self.rows_written is not None:
                self.rows_written[path] = rows

    def rejected_rows(self, path: str, shop: Shop) -> int:
        """Write the rejected order rows of a shop, in the format of the suffix, and return how many there are."""
        if shop.orders is None:
            raise UsageError("--rejects needs orders")
        return write_rejected(path, shop.orders, self.out)


def write_rejected(path: str, orders: Orders, out: Outputs, before: date | None = None) -> int:
    """Write the rejected rows of the orders, and return how many there are; with `before` earlier days count too."""
    from rfm_cli.output.formats import write_rows
    from rfm_cli.tables.rejected import rejected_rows

    fmt = _rejects_format(path)
    rows = rejected_rows(orders, before)
    out.write(path, lambda target: write_rows(rows, {"rejected": rows.height}, fmt, target))
    return rows.height


def _rejects_format(path: str) -> str:
    """Return the format of the file of rejected rows, by its suffix."""
    fmt = choose_format(None, path, stdout_is_tty=False)
    if fmt in ("table", "xlsx"):
        raise UsageError(f"--rejects {path}: write a file of rows", "end it in .csv, .parquet, .json or .ndjson")
    return fmt


def _writing(output: str | None) -> AbstractContextManager[None]:
    """Return the step of writing a file; what goes to the terminal needs no progress."""
    return nullcontext() if output in (None, "-") else step(f"writing {Path(output).name}")


def _write_text(target: Target, text: str) -> None:
    target.write(text.encode())

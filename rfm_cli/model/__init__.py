"""The data that rooms hand on: `from rfm_cli.model import Shop`.

`paths` has what tables are read from, `shop` what is opened there and its past, `question` what is asked of it,
`scored` the answer, and `findings` what `rfm check` finds.
"""

from rfm_cli.model.findings import Finding, Role
from rfm_cli.model.paths import LinkedPath, TablePaths
from rfm_cli.model.question import Question
from rfm_cli.model.scored import Scored, ScoreRequest, Where
from rfm_cli.model.shop import (
    CustomerOrders,
    KeptDay,
    NoOrders,
    OrderRows,
    Past,
    PastRequest,
    Shop,
    Source,
    SourcePass,
    no_history,
)

__all__ = [
    "CustomerOrders",
    "Finding",
    "KeptDay",
    "LinkedPath",
    "NoOrders",
    "OrderRows",
    "Past",
    "PastRequest",
    "Question",
    "Role",
    "ScoreRequest",
    "Scored",
    "Shop",
    "Source",
    "SourcePass",
    "TablePaths",
    "Where",
    "no_history",
]

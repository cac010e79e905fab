"""The figure that maps of segments and cells are shaded by: `--metric`."""

from __future__ import annotations

from rfm_cli.errors import UsageError, did_you_mean


def parse_metric(text: str | None) -> str:
    """Return the figure that a map is shaded by: customers, revenue, aov or share."""
    from rfm_cli.views.view import METRICS

    metric = (text or next(iter(METRICS))).strip().lower()
    if metric not in METRICS:
        raise UsageError(f"--metric {text}: not known", did_you_mean(metric, METRICS))
    return metric


def require_money(metric: str, scale: int | None) -> None:
    """Raise `UsageError` if a map is to be shaded by money and there is none."""
    if metric in ("revenue", "aov") and scale is None:
        raise UsageError(f"--metric {metric} needs amounts, and these orders have none", "use --metric customers")

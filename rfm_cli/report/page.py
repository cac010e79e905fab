"""The page: one HTML file that opens from anywhere, asks for nothing, and runs no script but its own."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING

from rfm_cli.messages import Words, message
from rfm_cli.output.look import plain
from rfm_cli.report.charts import charts
from rfm_cli.report.figures import Figures
from rfm_cli.report.headline import tiles
from rfm_cli.report.sections import sections

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTSIDE_OF_SCRIPTS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What could end a script element or a line of it, as JSON may write it as well."""


def page(figures: Figures, w: Words, version: str, title: str = "") -> bytes:
    """Return the report in the language of `w`; the same figures are the same bytes.

    All data is text: Jinja2 escapes it in the page, and the data of charts is JSON without a
    character that could end its element. The policy allows the page's own style and scripts, by their digests, and
    nothing else: no request, no other script, no form.
    """
    from jinja2 import Environment, PackageLoader
    from markupsafe import Markup

    style, library, script = _part("templates/style.css"), _part("vendor/echarts.min.js"), _part("templates/page.js")
    # All values are escaped by default; the project's own script and style alone are markup.
    env = Environment(loader=PackageLoader("rfm_cli.report"), autoescape=True, keep_trailing_newline=True)
    w = w.for_page()
    drawn = charts(figures, w)
    data = {"lang": w.lang, "sorted": w(message("sorted by {column}", column="{column}")), "charts": drawn}
    html = env.get_template("page.html.j2").render(
        lang=w.lang,
        say=lambda key, **values: w(message(key, **values)),
        version=version,
        title=plain(title) or w(message("Customers and segments")),
        subtitle=_subtitle(figures, w),
        policy=policy([library, script], style),
        style=Markup(style),
        library=Markup(library),
        script=Markup(script),
        data=Markup(in_script(data)),
        tiles=tiles(figures, w),
        sections=sections(figures, drawn, w),
    )
    return html.encode()


def policy(scripts: list[str], style: str) -> str:
    """Return the Content-Security-Policy of the page, which allows these texts alone.

    >>> policy(["go()"], "").split("; ")[0], "unsafe" in policy(["go()"], "")
    ("default-src 'none'", False)
    """
    allowed = " ".join(f"'sha256-{_digest(text)}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'sha256-{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def in_script(data: Mapping[str, object]) -> str:
    """Return the data as JSON that cannot end the script element around it.

    >>> in_script({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    # Not a number in a chart would be no JSON, and the page would stay empty.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate({ord(mark): escape for mark, escape in OUTSIDE_OF_SCRIPTS.items()})


def _part(name: str) -> str:
    """Return a file of the package that goes into the page as it is."""
    return files("rfm_cli.report").joinpath(name).read_text(encoding="utf-8").strip()


def _subtitle(figures: Figures, w: Words) -> str:
    scored = figures.scored
    parts = [message("as of {day}", day=scored.as_of)] if scored.as_of else []
    parts.append(message("scheme {scheme}", scheme=scored.scheme.name))
    if figures.then and figures.then.as_of:
        parts.append(message("held against {day}", day=figures.then.as_of))
    return plain(" · ".join(map(w, parts)))

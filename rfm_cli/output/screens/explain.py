"""The story of one customer as a terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.output.columns import Layout
from rfm_cli.output.look import Look
from rfm_cli.output.screens.parts import Fact, rows_screen
from rfm_cli.views.explain import Story, story_rows

if TYPE_CHECKING:
    from rich.console import RenderableType

STORY = Layout(
    heads={"item": message(""), "value": message(""), "meaning": message("")},
    wrap=("meaning",),
    group="topic",
    more=message("{n} more lines"),
)


def explain_screen(story: Story, *, look: Look) -> list[RenderableType]:
    """Draw the story, topic by topic, in the language of the reader."""
    header: list[Fact] = [
        (message("customer"), story.customer_id),
        (message("as of"), story.as_of or message("unknown")),
        (message("scheme"), story.scheme),
    ]
    return rows_screen(story_rows(story.lines, look.words), look=look, header=header, layout=STORY)

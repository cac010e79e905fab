"""Parts that screens share: the footer."""

from __future__ import annotations

from rfm_cli.messages import Listed, message
from rfm_cli.output.look import Look, render
from rfm_cli.output.screens.parts import below
from rfm_cli.views.cutoffs import DOT


def test_a_line_of_the_footer_breaks_between_its_parts_and_never_at_a_dot_inside_one() -> None:
    cuts = Listed((message("cutoffs: {cuts}", cuts="r 5<=30"), "f · f 2>=4", "vip >=10"), DOT)
    for look, lines in [
        (Look(200), ["cutoffs: r 5<=30 · f · f 2>=4 · vip >=10"]),
        (Look(30), ["cutoffs: r 5<=30 · f · f 2>=4", "vip >=10"]),
        (Look(22), ["cutoffs: r 5<=30", "f · f 2>=4 · vip >=10"]),
        (Look(17), ["cutoffs: r 5<=30", "f · f 2>=4", "vip >=10"]),
        (Look(30, unicode=False), ["cutoffs: r 5<=30 | f · f 2>=4", "vip >=10"]),
    ]:
        assert render(below([cuts], look), look).splitlines() == ["", *lines]


def test_a_message_of_the_footer_is_one_part() -> None:
    look = Look(200, unicode=False)
    assert render(below([message("left out: {why}", why="a · b")], look), look) == "\nleft out: a · b\n"
    assert below([], look) == []

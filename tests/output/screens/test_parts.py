"""Parts that screens share: the facts above a table, and the footer."""

from __future__ import annotations

from rfm_cli.messages import Listed, message, words
from rfm_cli.output.look import Look, render
from rfm_cli.output.screens.parts import below, facts
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


def test_a_long_fact_breaks_between_words_and_never_within_a_number() -> None:
    look = Look(24, words=words("ru"))
    pairs = [
        (message("scheme"), "rf12"),
        (message("where"), message("{text}: {n} of {of} customers", text="has phone and vip", n=2366, of=4870)),
        (message("customers"), 4870),
    ]
    assert render([facts(pairs, look)], look).splitlines() == [
        "схема rf12",
        "где has phone and vip:",
        "2\u00a0366 из 4\u00a0870 клиентов",
        "клиенты 4\u00a0870",
    ]


def test_a_word_that_is_longer_than_a_line_is_cut_into_lines() -> None:
    look = Look(20)
    assert render([facts([(message("where"), "a-very-long-name-of-a-segment")], look)], look).splitlines() == [
        "where",
        "a-very-long-name-of-",
        "a-segment",
    ]

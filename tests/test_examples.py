"""Properties have no deadline, and try the number of examples of the run."""

from __future__ import annotations

from hypothesis import settings

from tests.examples import examples


def test_no_test_has_a_deadline_of_its_own_or_another() -> None:
    assert settings().deadline is None
    assert settings(max_examples=7).deadline is None  # what a test says of itself starts from the profile


def test_the_slow_proofs_try_more_examples(pytestconfig: object) -> None:
    thorough = "not slow" not in pytestconfig.option.markexpr
    assert examples(3, 9) == (9 if thorough else 3)

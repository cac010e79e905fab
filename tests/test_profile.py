"""What holds for every hypothesis test, wherever it stands."""

from hypothesis import settings


def test_no_test_has_a_deadline_of_its_own_or_another() -> None:
    assert settings.get_current_profile_name() == "rfm"
    assert settings().deadline is None
    assert settings(max_examples=7).deadline is None  # what a test says of itself starts from the profile

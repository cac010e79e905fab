"""How many examples a property tries: few in the plain suite, more where the slow proofs run as well."""

from __future__ import annotations

from hypothesis import settings

PLAIN, THOROUGH = "plain", "thorough"
# A deadline fails on a machine that has other work. The default profile that these start from is hypothesis' own: where
# the variable CI is set, it draws the same examples in every run and keeps none.
settings.register_profile(PLAIN, settings.default, deadline=None)
settings.register_profile(THOROUGH, settings.default, deadline=None)


def load(*, thorough: bool) -> None:
    """Choose how many examples the tests of this run try."""
    settings.load_profile(THOROUGH if thorough else PLAIN)


def examples(plain: int, thorough: int) -> int:
    """Return the number of examples of a test: `plain` of them, or `thorough` where slow proofs run."""
    return thorough if settings.default is settings.get_profile(THOROUGH) else plain

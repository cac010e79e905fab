"""Headings of consents: the words by which they are found, the channels that they name, and whether yes means no."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rfm_cli.tables.fields import CONSENTS, fold

VENDOR_PREFIX = "custom"
"""Klaviyo's word before a shop's own columns: CUSTOM_ACCEPTS_MARKETING."""

HEADINGS: Mapping[str, str] = {
    "email_consent": "email_marketing_consent email_marketing_consent_state accepts_email_marketing email_opt_in "
    "email_opted_in email_subscribed email_permission can_email",
    "phone_consent": "sms_consent call_consent sms_marketing_consent sms_marketing_consent_state accepts_sms_marketing "
    "sms_opt_in sms_opted_in sms_subscribed phone_opt_in sms_permission",
    "telegram_consent": "telegram_opt_in telegram_subscribed",
    "consent": "marketing_consent accepts_marketing marketing_opt_in opt_in opted_in subscribed is_subscribed "
    "marketing_permission can_contact contact_allowed mailable",
    "unsubscribed": "is_unsubscribed unsubscribe unsub unsub_time unsubscribe_date opt_out opted_out email_opt_out "
    "has_opted_out has_opted_out_of_email hs_email_optout opted_out_of_email unsubscribed_from_all_email "
    "email_unsubscribed sms_unsubscribed sms_opt_out do_not_email do_not_mail do_not_call do_not_contact "
    "do_not_sms email_blacklisted sms_blacklisted email_blocklisted sms_blocklisted blacklisted "
    "blocklisted email_blacklist email_blocklist no_email no_emails no_mail complained suppressed "
    "email_suppressions отписан отписка отписался дата_отписки не_звонить не_писать не_беспокоить",
    "bounced": "is_bounced bounce bounce_date hard_bounce hard_bounced is_hard_bounced email_bounced "
    "email_bounced_date clean_time cleaned_at invalid_email",
}
"""Field -> its headings in the exports of shops, mailing tools and CRMs. A file may have several of them; those of one
channel must all agree."""
DATED = "_at"
"""What ends the field of the date beside a field: email_consent_at."""
AGAINST = ("unsubscribed", "bounced")
"""Fields whose yes means that no message may be sent."""

STEMS = tuple("consent optin optedin accepts agree subscri marketing newsletter соглас подписк подписан рассыл".split())
"""Parts of a heading, folded, that may tell of consents."""
OBJECTIONS = tuple("optout optedout unsub suppress отпис".split())
"""Parts that tell of the opposite, and alone show what the column is."""
TURNING = tuple(
    "disagree reject declin revok withdr expir cancel exclu block disab remov refus complain "
    "отказ запре отоз отзыв отмен отключ исключ удал нежелат".split()
)
"""Parts that turn a heading round."""
ENDING = frozenset("stop stopped stops end ended ends lapsed holdout стоп".split())
"""Words that turn a heading round, as words of their own: weekend has none."""
JOINED = re.compile(r"(?:no|not|non|не)(?:news|subscri|consent|market|mail|email|optin|подпис|соглас|получ|рассыл)")
"""A negation at the beginning of a word: notsubscribed."""
CERTAIN = frozenset("consent optin accepts agree newsletter соглас рассыл подписан".split())
"""Stems of headings that are about little else than consents."""
DESCRIBING = frozenset(
    "reason reasons comment comments note source method причина причины комментарий источник".split()
)
"""Words of columns that tell more about a consent, and not whether there is one."""
RENEWED = frozenset("updated changed modified изменен изменено изменения обновлен обновлено обновления".split())
"""Words of a date that tells when a column was last written, whatever it says."""
NEGATIONS = frozenset("no not non never without dont не нет без".split())
"""Words that turn a heading round, as words of their own: phone_number and notes have none."""
DO_NOT = re.compile(
    r"\b(?:do ?not|dont|no) ?(?:e?mail|call|contact|sms|text|send|write|phone|market|disturb)|"
    r"\bне (?:звонить|писать|беспокоить|отправлять|слать|рассылать)"
)
OPT = re.compile(r"\bopt(ed)? (in|out)\b")
CODED = re.compile(r"subscri.*(?:status|state)|(?:status|state).*subscri|статус.*подпис")
"""A folded heading of a subscriber's status, which some shops keep as a number."""
CAMEL = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])")
WORD = re.compile(r"[^\W_]+")
TIMED = frozenset("at on date time datetime timestamp ts when day дата время когда updated".split())
CHANNELS: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(r"mail|\bпочт|\bэлпочт|электронн"),
    "phone": re.compile(r"sms|phone|mobile|\bcalls?\b|\btext(?:s|ing)?\b|смс|телефон|звон|мобильн"),
    "telegram": re.compile(r"telegram|\btg\b|телеграм"),
}
"""What a heading has in it, parted into words, that names a channel."""


@dataclass(frozen=True)
class HeadingSense:
    """What a heading says: the stems of consents in it, the channels that it names, and whether yes means no.

    `doubtful` is set where a negation is before an objection (not unsubscribed), which can be read in two ways.
    `objects` tells a heading of objections from one that a negation turned round. `renewed` is set for the date of a
    change, `describes` where it tells more about a consent, such as its reason, `certain` where it is about consents
    alone, and `coded` where a number may be the status of a subscriber.
    """

    stems: frozenset[str]
    channels: tuple[str, ...]
    against: bool
    objects: bool
    doubtful: bool
    timed: bool
    renewed: bool = False
    describes: bool = False
    certain: bool = False
    coded: bool = False


@cache
def sense_of_heading(heading: str) -> HeadingSense:
    """Return what a heading says of consents.

    >>> sense_of_heading("HasOptedOutOfEmail").against, sense_of_heading("Согласие на смс").channels
    (True, ('phone',))
    """
    words = tuple(WORD.findall(CAMEL.sub(" ", heading.replace("'", "").replace("\u2019", "")).casefold()))
    spaced, folded = OPT.sub(r"opt\1\2", " ".join(words)), "".join(words)
    tokens = tuple(spaced.split())
    objections = {stem for stem in OBJECTIONS if any(stem in token for token in tokens)}
    objections |= {"donot"} if DO_NOT.search(spaced) else set()
    stems = {stem for stem in STEMS if _has(stem, tokens, folded)}
    turning = objections | {stem for stem in TURNING if stem in folded} | (ENDING & set(tokens))
    negated = [place for place, token in enumerate(tokens) if _negates(token)]
    channels = tuple(name for name, pattern in CHANNELS.items() if pattern.search(spaced))
    return HeadingSense(
        stems=_named_once(stems | objections),
        channels=channels,
        against=bool(turning or negated),
        objects=bool(objections),
        doubtful=_is_doubtful(tokens, negated),
        timed=any(token in TIMED for token in tokens),
        renewed=bool(RENEWED & set(tokens)),
        describes=bool(DESCRIBING & set(tokens)),
        certain=bool(CERTAIN & _named_once(stems)),
        coded=bool(CODED.search(folded)) and not (turning or negated),
    )


def _negates(token: str) -> bool:
    return token in NEGATIONS or token.startswith("donot") or JOINED.match(token) is not None


def _has(stem: str, tokens: tuple[str, ...], folded: str) -> bool:
    # "laptop index" has no opt-in: this short stem counts within one word.
    return any(stem in token for token in tokens) if stem == "optin" else stem in folded


def _named_once(stems: set[str]) -> frozenset[str]:
    """Return the stems in one form each, without those that are a part of another: subscri in unsubscribed."""
    part = {"subscri"} if "unsub" in stems else set()
    return frozenset(stem.replace("opted", "opt") for stem in stems - part)


def _is_doubtful(tokens: tuple[str, ...], negated: list[int]) -> bool:
    """Return whether a negation comes before a word that is one already: not unsubscribed."""
    turned = [place for place, token in enumerate(tokens) if any(stem in token for stem in (*OBJECTIONS, *TURNING))]
    return bool(negated and turned and negated[0] < turned[-1])


@cache
def field_of(heading: str) -> str | None:
    """Return the field that a heading is an alias of, None without one."""
    folded = fold(heading)
    return _aliases().get(folded) or _aliases().get(folded.removeprefix(VENDOR_PREFIX))


@cache
def _aliases() -> dict[str, str]:
    # A date has the folded name of its field with `at`, which the field's own name is not an alias of.
    own = {fold(field): field for field in CONSENTS}
    return {fold(alias): field for field, names in HEADINGS.items() for alias in names.split()} | own

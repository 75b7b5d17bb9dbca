"""The deadlines that national law and practice set, each with its source: `DEADLINES`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from huurschuld.cases.calendar import Term, TermUnit
from huurschuld.cases.case import SUSPENDED_DAYS, CaseState
from huurschuld.cases.deadlines import Begin, DatedTerm, DeadlineRule
from huurschuld.cases.kinds import EventType
from huurschuld.cases.words import MunicipalDecision, Role
from huurschuld.rules.sources import Phrase, Source, SourceKind

_WGS_URL: Final = "https://wetten.overheid.nl/BWBR0031331"
_SINCE_2021: Final = dt.date(2021, 1, 1)
_SINCE_2015: Final = dt.date(2015, 1, 1)


def _wgs(article: str, nl: str, en: str, dated: dt.date = _SINCE_2021) -> Source:
    return Source(SourceKind.LAW, f"Wgs art. {article}", Phrase(nl, en), dated, _WGS_URL)


def _when_accepted(case: CaseState) -> Sequence[Begin] | None:
    """Once help is accepted: the first of when the signal was received and when the resident asked."""
    if case.accepted is None:
        return None
    begins = [Begin(day) for day in (case.received,) if day is not None]
    begins += [Begin(day, _ON_REQUEST) for day in (case.requested,) if day is not None]
    return sorted(begins, key=lambda it: it.day)[:1]


_ON_REQUEST: Final = Phrase(
    "vanaf het verzoek van de inwoner (Wgs art. 4(1)(a))",
    "from when the resident asked for help (Wgs art. 4(1)(a))",
)


def _when_threatened(case: CaseState) -> dt.date | None:
    """The later of the day on which help was accepted and that on which the threat was found.

    Of a threat that is found after the first talk the article says nothing.
    """
    if case.accepted is None or not case.threats:
        return None
    begin = max(case.accepted, min(day for _, day in case.threats))
    was_before = case.first_talk is not None and case.first_talk < begin
    return None if was_before else begin


def _declined_in_the_talk(case: CaseState) -> bool:
    """Whether help was declined in the first talk, and not accepted since (Wgs art. 4a(2))."""
    answer = case.answer
    return (
        answer is not None and answer.type is EventType.DECLINED and answer.happened == case.first_talk
    )


def _made_known(case: CaseState) -> Iterator[Begin]:
    """When each decision was made known; that none is needed is no decision (Wgs art. 4a(2))."""
    for event in case.all(EventType.DECISION):
        if event.data["decision"] != MunicipalDecision.NONE_NEEDED:
            known = event.data.get("made_known")
            yield Begin(event.happened, _NOT_RECORDED) if known is None else Begin(known)


_NOT_RECORDED: Final = Phrase(
    "niet vastgelegd is wanneer het besluit is bekendgemaakt: hier vanaf de dag van het besluit (keuze);"
    " de termijn kan later eindigen",
    "it is not recorded when the decision was made known: here from the day of the decision (choice);"
    " the term may end later",
)


def _when_suspended(case: CaseState) -> dt.date | None:
    """When help was accepted; without that when the first suspension that counts was recorded."""
    if case.accepted is not None:
        return case.accepted
    recorded = (it for it in case.suspensions if it.data["until"] >= it.happened)
    return min((it.happened for it in recorded), default=None)


def _suspended_until(case: CaseState, begin: dt.date, end: dt.date) -> dt.date:
    """As recorded since help was accepted; what else was recorded counts only if it is longer."""
    until = case.suspended_to(None if case.accepted is None else end)
    return begin if until is None else max(begin, until)


FIRST_TALK: Final = DeadlineRule(
    name="first-talk",
    label=Phrase("eerste gesprek", "first talk"),
    begin=_when_accepted,
    met_by=(EventType.FIRST_TALK,),
    turn=Role.MUNICIPALITY,
    terms=(
        DatedTerm(
            Term(4, TermUnit.WEEKS, statutory=True),
            _wgs(
                "4(1)(b)",
                "binnen vier weken na ontvangst van het signaal, als het aanbod is aanvaard",
                "within four weeks of receipt of the signal, if the offer is accepted",
            ),
            _SINCE_2021,
        ),
    ),
    at_most=Term(4, TermUnit.WEEKS, statutory=True),
)

FIRST_TALK_THREATENED: Final = DeadlineRule(
    name="first-talk-threatened",
    label=Phrase("eerste gesprek, bedreigende situatie", "first talk, threatening situation"),
    begin=_when_threatened,
    met_by=(EventType.FIRST_TALK,),
    turn=Role.MUNICIPALITY,
    terms=(
        DatedTerm(
            Term(3, TermUnit.WORKING_DAYS, statutory=True),
            _wgs(
                "4(2)",
                "binnen drie werkdagen in een bedreigende situatie; het artikel zegt niet vanaf wanneer:"
                " hier vanaf de laatste van aanvaarding en vaststelling (keuze)",
                "within three working days in a threatening situation; the article does not say from"
                " when: here from the later of acceptance and finding (choice)",
                _SINCE_2015,
            ),
            _SINCE_2015,
        ),
    ),
    at_most=Term(3, TermUnit.WORKING_DAYS, statutory=True),
)

PLAN_OR_REFUSAL: Final = DeadlineRule(
    name="plan-or-refusal",
    label=Phrase("plan van aanpak of weigering", "plan or refusal"),
    begin=lambda case: case.first_talk,
    met_by=(EventType.DECISION,),
    ended=_declined_in_the_talk,
    turn=Role.MUNICIPALITY,
    terms=(
        DatedTerm(
            Term(8, TermUnit.WEEKS, statutory=True),
            _wgs(
                "4a(1), 4a(3)",
                "binnen de termijn van de verordening, ten hoogste acht weken na het eerste gesprek",
                "within the term of the ordinance, at most eight weeks after the first talk",
            ),
            _SINCE_2021,
        ),
    ),
    at_most=Term(8, TermUnit.WEEKS, statutory=True),
)

SUSPENSION: Final = DeadlineRule(
    name="collection-suspended",
    label=Phrase("incasso opgeschort", "collection suspended"),
    begin=_when_suspended,
    met_by=(),
    turn=Role.LANDLORD,
    terms=(
        DatedTerm(
            Term(SUSPENDED_DAYS, TermUnit.DAYS, statutory=False),
            Source(
                SourceKind.PRACTICE,
                "Landelijk Convenant Vroegsignalering (Divosa)",
                Phrase(
                    "de schuldeiser schort de incasso dertig dagen op als hulp is aanvaard",
                    "the creditor suspends collection for thirty days once help is accepted",
                ),
                dt.date(2024, 4, 19),
            ),
        ),
    ),
    is_period=True,
    ends=_suspended_until,
)

OBJECTION: Final = DeadlineRule(
    name="objection",
    label=Phrase("bezwaar maken tegen het besluit", "object to the decision"),
    begin=_made_known,
    met_by=(EventType.OBJECTION_MADE,),
    turn=Role.RESIDENT,
    terms=(
        DatedTerm(
            Term(6, TermUnit.WEEKS, statutory=True),
            Source(
                SourceKind.LAW,
                "Awb art. 6:7",
                Phrase("zes weken na de bekendmaking", "six weeks from when it was made known"),
                None,
                "https://wetten.overheid.nl/BWBR0005537",
            ),
        ),
    ),
    is_period=True,
)

DEADLINES: Final = (FIRST_TALK, FIRST_TALK_THREATENED, PLAN_OR_REFUSAL, SUSPENSION, OBJECTION)
"""What national law and practice set."""

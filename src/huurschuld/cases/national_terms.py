"""The deadlines that national law and practice set, each with its source: `DEADLINES`."""

from __future__ import annotations

import datetime as dt
from typing import Final

from huurschuld.cases.calendar import Term, TermUnit
from huurschuld.cases.case import CaseState
from huurschuld.cases.deadlines import DatedTerm, DeadlineRule
from huurschuld.cases.events import EventType
from huurschuld.cases.words import Role
from huurschuld.rules.sources import Phrase, Source, SourceKind

_WGS_URL: Final = "https://wetten.overheid.nl/BWBR0031331"
_SINCE_2021: Final = dt.date(2021, 1, 1)
_SINCE_2015: Final = dt.date(2015, 1, 1)


def _wgs(article: str, nl: str, en: str, dated: dt.date = _SINCE_2021) -> Source:
    return Source(SourceKind.LAW, f"Wgs art. {article}", Phrase(nl, en), dated, _WGS_URL)


def _when_accepted(case: CaseState) -> dt.date | None:
    return None if case.accepted is None else case.received


def _when_threatened(case: CaseState) -> dt.date | None:
    """The later of the day on which help was accepted and that on which the threat was found."""
    if case.accepted is None or not case.threats:
        return None
    return max(case.accepted, min(day for _, day in case.threats))


def _first_talk(case: CaseState) -> dt.date | None:
    talk = case.first(EventType.FIRST_TALK)
    return None if talk is None else talk.happened


def _decided(case: CaseState) -> dt.date | None:
    decision = case.last(EventType.DECISION)
    return None if decision is None else decision.happened


FIRST_TALK: Final = DeadlineRule(
    name="first-talk",
    label=Phrase("eerste gesprek", "first talk"),
    begin=_when_accepted,
    met_by=(EventType.FIRST_TALK,),
    ended_by=(EventType.DECLINED,),
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
    ended_by=(EventType.DECLINED,),
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
    begin=_first_talk,
    met_by=(EventType.DECISION,),
    ended_by=(EventType.DECLINED,),
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
    begin=lambda case: case.accepted,
    met_by=(),
    turn=Role.LANDLORD,
    terms=(
        DatedTerm(
            Term(30, TermUnit.DAYS, statutory=False),
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
    lasts_until=lambda case: case.suspended_until,
)

OBJECTION: Final = DeadlineRule(
    name="objection",
    label=Phrase("bezwaar maken tegen het besluit", "object to the decision"),
    begin=_decided,
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

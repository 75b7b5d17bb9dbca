"""What is counted in an evaluation, each with its written definition in both languages.

Organisations count differently: nearly four in ten municipalities do not take a talk for acceptance. So
a figure without its definition says nothing. The definitions are values: the documentation, the tables
and the charts show these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from attrs import frozen

from huurschuld.analysis.evaluation.courses import Course
from huurschuld.cases import Event, EventType
from huurschuld.cases.feedback import WORK
from huurschuld.rules.sources import Phrase

_FIRST: Final = 0
_LAST: Final = -1

DaysOf = Callable[[Course], tuple[dt.date, ...]]


class Basis(StrEnum):
    """Which referrals a figure is about.

    `referrals`: those whose signal was received in the year, whenever the thing happened, up to the day
    of the evaluation. `year`: whenever the signal was received, if the thing happened in the year.
    """

    REFERRALS = "referrals"
    YEAR = "year"


@frozen(eq=False)
class Measure:
    """Something that is counted.

    Attributes:
        name: identifies it.
        label: what it is called.
        definition: what is counted.
        days: the days on which it came to be so in a course, first ones first; none if it did not.
        part_of: the measure that counts all referrals that can be counted here; the share is of that.
        basis: which referrals it is about.
        is_step: whether the days from the signal to it are of interest.
    """

    name: str
    label: Phrase
    definition: Phrase
    days: DaysOf
    part_of: str | None = None
    basis: Basis = Basis.REFERRALS
    is_step: bool = False


def _each(*types: EventType) -> DaysOf:
    return lambda course: tuple(event.happened for event in course.case.all(*types))


def _the(day: Callable[[Course], dt.date | None]) -> DaysOf:
    def days(course: Course) -> tuple[dt.date, ...]:
        found = day(course)
        return () if found is None else (found,)

    return days


def _declined(course: Course) -> dt.date | None:
    answer = course.case.answer
    return answer.happened if answer is not None and answer.type is EventType.DECLINED else None


def _decided(course: Course) -> tuple[dt.date, ...]:
    since = _since(_FIRST, EventType.FIRST_TALK, course)
    return tuple(event.happened for event in since if event.type is EventType.DECISION)


def _since(which: int, type_: EventType, course: Course) -> tuple[Event, ...]:
    """What happened since the first or the last event of a type, itself included."""
    history = course.case.history
    places = [place for place, event in enumerate(history) if event.type is type_]
    if not places:
        return ()
    return history[places[which] :]


def _plan(wanted: EventType) -> DaysOf:
    """The day since which the last plan is as is wanted; `plan-agreed`: nothing is known of it."""

    def day(course: Course) -> dt.date | None:
        state = _plan_state(course)
        return state.happened if state is not None and state.type is wanted else None

    return _the(day)


def _plan_state(course: Course) -> Event | None:
    """The event that tells how the last plan is: its agreement if nothing else does."""
    since = _since(_LAST, EventType.PLAN_AGREED, course)
    ends = [event for event in since if event.type in _PLAN_ENDS]
    paid = [event for event in since if event.type in _INSTALMENTS]
    return next(reversed(ends or paid or since[:1]), None)


_PLAN_ENDS: Final = (
    EventType.PLAN_COMPLETED,
    EventType.PLAN_BROKEN,
    EventType.PLAN_CANCELLED,
)
_INSTALMENTS: Final = (EventType.INSTALMENT_PAID, EventType.INSTALMENT_MISSED)


def _prevented(course: Course) -> tuple[dt.date, ...]:
    types = [it.type for it in course.whole]
    last = max((at for at, it in enumerate(types) if it is EventType.EVICTION_CARRIED_OUT), default=-1)
    standing = [it for it in course.whole[last + 1 :] if it.type is EventType.EVICTION_PREVENTED]
    found = course.case.all(EventType.EVICTION_PREVENTED)
    return tuple(it.happened for it in found if any(it is one for one in standing))


REFERRED: Final = "referred"

MEASURES: Final[tuple[Measure, ...]] = (
    Measure(
        REFERRED,
        Phrase("gemeld", "referred"),
        Phrase(
            "het signaal is in het jaar ontvangen; een zaak die daardoor heropend is, telt nog eens",
            "the signal was received in the year; a case that a new signal reopened counts once more",
        ),
        _each(EventType.RECEIVED),
    ),
    Measure(
        "taken-up",
        Phrase("opgepakt", "taken up"),
        Phrase(
            "er is een dossier, of er is iets aan gedaan",
            "there is a dossier, or something was done about it",
        ),
        _each(*WORK),
        part_of=REFERRED,
        is_step=True,
    ),
    Measure(
        "reached",
        Phrase("bereikt", "reached"),
        Phrase(
            "een contactpoging bereikte de inwoner, of die gaf antwoord of had een gesprek",
            "an attempt reached the resident, or there was an answer, a talk or an intake",
        ),
        _the(lambda course: course.case.reached),
        part_of="taken-up",
        is_step=True,
    ),
    Measure(
        "accepted",
        Phrase("hulp aanvaard", "help accepted"),
        Phrase(
            "het laatste antwoord is dat hulp is aanvaard; een gesprek zonder dat antwoord telt niet",
            "the last answer is that help is accepted; a talk without that answer does not count",
        ),
        _the(lambda course: course.case.accepted),
        part_of="reached",
        is_step=True,
    ),
    Measure(
        "declined",
        Phrase("hulp afgewezen", "help declined"),
        Phrase(
            "het laatste antwoord is dat hulp is afgewezen", "the last answer is that help is declined"
        ),
        _the(_declined),
        part_of="reached",
    ),
    Measure(
        "talked",
        Phrase("eerste gesprek", "first talk"),
        Phrase("er is een eerste gesprek geweest", "a first talk was held"),
        _each(EventType.FIRST_TALK),
        part_of="reached",
        is_step=True,
    ),
    Measure(
        "decided",
        Phrase("besluit genomen", "decided"),
        Phrase(
            "de gemeente nam na het eerste gesprek een besluit, van welke soort ook",
            "the municipality took a decision after the first talk, of any kind",
        ),
        _decided,
        part_of="talked",
        is_step=True,
    ),
    Measure(
        "guided",
        Phrase("begeleid", "guided"),
        Phrase(
            "gekoppeld aan een hulpverlener, of er was een intake, of een plan is afgesproken",
            "coupled to a helper, or an intake was held, or a plan was agreed",
        ),
        _each(EventType.COUPLED, EventType.INTAKE, EventType.PLAN_AGREED),
        part_of="taken-up",
        is_step=True,
    ),
    Measure(
        "plans-made",
        Phrase("plan afgesproken", "plans made"),
        Phrase("een plan van aanpak is afgesproken", "a plan of action was agreed"),
        _each(EventType.PLAN_AGREED),
        part_of="guided",
        is_step=True,
    ),
    Measure(
        "plans-completed",
        Phrase("plan voltooid", "plans completed"),
        Phrase("het laatste plan is voltooid", "the last plan is completed"),
        _plan(EventType.PLAN_COMPLETED),
        part_of="plans-made",
    ),
    Measure(
        "plans-kept",
        Phrase("plan loopt, wordt nagekomen", "plans kept"),
        Phrase(
            "het laatste plan loopt, en de laatste termijn waarvan iets bekend is, is betaald",
            "the last plan runs, and the last instalment of which anything is known was paid",
        ),
        _plan(EventType.INSTALMENT_PAID),
        part_of="plans-made",
    ),
    Measure(
        "plans-behind",
        Phrase("plan loopt, termijn gemist", "plans behind"),
        Phrase(
            "het laatste plan loopt, en de laatste termijn waarvan iets bekend is, is gemist",
            "the last plan runs, and the last instalment of which anything is known was missed",
        ),
        _plan(EventType.INSTALMENT_MISSED),
        part_of="plans-made",
    ),
    Measure(
        "plans-unknown",
        Phrase("plan loopt, betaling onbekend", "plans, payment unknown"),
        Phrase(
            "het laatste plan loopt, en of er betaald is, is niet vastgelegd",
            "the last plan runs, and whether anything was paid is not recorded",
        ),
        _plan(EventType.PLAN_AGREED),
        part_of="plans-made",
    ),
    Measure(
        "plans-broken",
        Phrase("plan gebroken", "plans broken"),
        Phrase("het laatste plan is gebroken", "the last plan is broken"),
        _plan(EventType.PLAN_BROKEN),
        part_of="plans-made",
    ),
    Measure(
        "plans-cancelled",
        Phrase("plan ingetrokken", "plans cancelled"),
        Phrase("het laatste plan is ingetrokken", "the last plan is cancelled"),
        _plan(EventType.PLAN_CANCELLED),
        part_of="plans-made",
    ),
    Measure(
        "evictions-announced",
        Phrase("ontruiming aangezegd", "evictions announced"),
        Phrase(
            "in het jaar is een ontruiming aangezegd, ook als het signaal van een ander jaar is",
            "an eviction was announced in the year, also if the signal is of another year",
        ),
        _each(EventType.EVICTION_ANNOUNCED),
        basis=Basis.YEAR,
    ),
    Measure(
        "evictions-prevented",
        Phrase("ontruiming voorkomen", "evictions prevented"),
        Phrase(
            "in het jaar is een ontruiming voorkomen, en daarna is in die zaak niet alsnog ontruimd, "
            "ook niet nadat die is heropend",
            "an eviction was prevented in the year, and none was carried out after it in that case, "
            "nor once it was reopened",
        ),
        _prevented,
        basis=Basis.YEAR,
    ),
    Measure(
        "evictions-carried-out",
        Phrase("ontruimd", "evictions carried out"),
        Phrase("in het jaar is ontruimd", "an eviction was carried out in the year"),
        _each(EventType.EVICTION_CARRIED_OUT),
        basis=Basis.YEAR,
    ),
)
"""What the partners look at, in order; a part stands after what it is a part of."""

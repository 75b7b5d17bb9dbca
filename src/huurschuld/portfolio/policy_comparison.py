"""What if (wat als): one portfolio by two policies on one day, and who is treated otherwise, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from attrs import evolve, field, frozen

from huurschuld.decisions.change_reasons import explain_change
from huurschuld.decisions.decision import Decision, policy_on_day
from huurschuld.decisions.decisive import DecisiveCondition, decisive_conditions
from huurschuld.decisions.receipt import Receipt, receipt_of
from huurschuld.errors import EngineDisagreement, InternalError, InvalidValue
from huurschuld.hooks import Ledger
from huurschuld.model.values import RedactedRepr
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.changes import Change, change_order, differences
from huurschuld.portfolio.failures import Failure
from huurschuld.portfolio.result_rows import Origin, ResultRow, row_of_frame
from huurschuld.portfolio.row_decisions import decision_of, facts_of_row
from huurschuld.portfolio.schema import Place, by_row
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.policy import Policy

_Table = Mapping[tuple[Any, Any], int]
_LISTED: Final = ("advice", "priority")


@frozen(repr=False)
class Comparison(RedactedRepr):
    """One portfolio by two policies on one day.

    Attributes:
        screened: how many tenancies were decided on by both.
        before: what the first was decided with: the policy, the day, the numbers.
        after: the same of the second.
        advice: how many tenancies have which advice by the first and by the second.
        priority: the same for the priority, of those that are on the worklist of either.
        changes: those that have another advice or priority by the second and are on either worklist, in
            the order of its worklist, each with the reasons.
        decisive: for each policy, how many households each of its conditions alone decides for.
        warnings: what is unlikely about the tables, as `Worklist` has it.
    """

    screened: int
    before: Receipt
    after: Receipt
    advice: Mapping[tuple[Advice, Advice], int]
    priority: Mapping[tuple[Priority, Priority], int]
    changes: tuple[Change, ...] = field(converter=tuple[Change, ...])
    decisive: tuple[tuple[DecisiveCondition, ...], tuple[DecisiveCondition, ...]]
    warnings: tuple[Failure, ...] = field(default=(), converter=tuple[Failure, ...])

    def document(self) -> dict[str, object]:
        """Return its JSON object."""
        return {
            "screened": self.screened,
            "before": self._made_with(self.before),
            "after": self._made_with(self.after),
            "advice": _crossed(self.advice),
            "priority": _crossed(self.priority),
            "changes": [it.document() for it in self.changes],
            "decisive": {
                name: [it.document() for it in conditions]
                for name, conditions in zip(("before", "after"), self.decisive, strict=True)
            },
        }

    @staticmethod
    def _made_with(receipt: Receipt) -> dict[str, object]:
        return {**Origin.of(receipt).written(), "receipt": receipt.document()}


def _crossed(table: _Table) -> dict[str, dict[str, int]]:
    """Write a table as JSON: by what is before, what is after with its number."""
    crossed: dict[str, dict[str, int]] = {}
    for (before, after), number in table.items():
        crossed.setdefault(str(before), {})[str(after)] = number
    return crossed


def compare(
    portfolio: Mapping[str, Any],
    before: Policy | str,
    after: Policy | str,
    as_of: dt.date,
    *,
    before_parameters: Mapping[str, object] | None = None,
    after_parameters: Mapping[str, object] | None = None,
    assume: Mapping[str, object] | None = None,
) -> Comparison:
    """Compare what two policies say of one portfolio: who is treated otherwise, why, and how many.

    Args:
        portfolio: the tables by name, as for `screen`; needs polars.
        before: the one policy, or the name of a built-in one.
        after: the other.
        as_of: the day (peildatum).
        before_parameters: values that the user sets for the one, as for `decide`.
        after_parameters: the same for the other.
        assume: values of columns that the source does not record, as for `read_portfolio`.

    Raises:
        InputError: an error in a policy, the day, the parameters or the portfolio, as for `screen`.
        EngineDisagreement: the columnar and the reference engine differ on a tenancy.
        ExtraNeeded: a library that is needed is not installed.
    """
    from huurschuld.portfolio.columnar.column_types import unreadable  # noqa: PLC0415 - loads Narwhals

    return _compared(
        portfolio,
        by_row,
        partial(unreadable, portfolio),
        (before, before_parameters or {}),
        (after, after_parameters or {}),
        as_of,
        assume or {},
        lambda _: None,
    )


def compare_ledger(
    ledger: Ledger,
    before: tuple[Policy, Mapping[str, object]],
    after: tuple[Policy, Mapping[str, object]],
    as_of: dt.date,
    *,
    assume: Mapping[str, object],
    step: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Compare what two policies say of the portfolio of a ledger, each with its numbers.

    Raises:
        InputError, EngineDisagreement, ExtraNeeded: as `compare`, with the places that the ledger knows.
    """
    from huurschuld.portfolio.columnar.opening import Library, open_tables  # noqa: PLC0415 - loads Narwhals

    step("opening")
    opened = open_tables(ledger, Library.POLARS)
    return _compared(opened.frames, opened.place, opened.unreadable, before, after, as_of, assume, step)


def _compared(
    frames: Mapping[str, Any],
    place: Place,
    unreadable: Callable[[str], InvalidValue | None],
    before: tuple[Policy | str, Mapping[str, object]],
    after: tuple[Policy | str, Mapping[str, object]],
    as_of: dt.date,
    assume: Mapping[str, object],
    step: Callable[[str], None],
) -> Comparison:
    from huurschuld.portfolio.columnar.buckets import is_in_spark  # noqa: PLC0415 - as below
    from huurschuld.portfolio.columnar.library_errors import translate_library_errors  # noqa: PLC0415 - as below
    from huurschuld.portfolio.columnar.on_spark import SparkScreening  # noqa: PLC0415 - as below
    from huurschuld.portfolio.columnar.screening import Screening  # noqa: PLC0415 - loads Narwhals

    assumed = written_assumptions(assume)
    receipts, results = [], []
    warnings: list[Failure] = []
    found: Screening | None = None
    try:
        for policy, parameters in (before, after):
            on_day = policy_on_day(policy, as_of, parameters)
            receipts.append(receipt_of(on_day, assumed))
            step(f"deciding by {on_day.policy.name}")
            with translate_library_errors(unreadable):
                if is_in_spark(frames):
                    in_spark = SparkScreening.of(
                        frames,
                        on_day.policy,
                        as_of,
                        parameters,
                        assume=assume,
                        place=place,
                        facts=True,
                        doubts=True,
                    )
                    for fault in in_spark.faults(most=1):
                        raise fault.error(place)
                    results.append(in_spark.collected().sort("tenancy"))
                    warnings = list(in_spark.doubtful())
                    continue
                if found is None:
                    rules = on_day.policy
                    found = Screening.of(frames, rules, as_of, parameters, assume=assume, place=place)
                else:  # the tables are the same: they are read in and added up once
                    found = found.by(on_day.policy, as_of, parameters)
                for fault in found.faults(most=1):
                    raise fault.error(place)
                results.append(found.collected(found.result(facts=True)).sort("tenancy"))
                if len(results) == 1:
                    warnings = list(found.doubtful())
    finally:
        if found is not None:
            found.release()
    step("explaining")
    return evolve(_comparison(results[0], results[1], receipts[0], receipts[1]), warnings=warnings)


def _comparison(before: Any, after: Any, was: Receipt, now: Receipt) -> Comparison:  # noqa: ANN401 - frames of polars
    import polars as pl  # noqa: PLC0415 - an extra, which is there by now

    if not before["tenancy"].equals(after["tenancy"]):
        raise InternalError("compare", "two results of one portfolio are not of the same tenancies")
    pairs = pl.DataFrame(
        {
            f"{name}_{number}": result[name]
            for name in _LISTED
            for number, result in enumerate((before, after))
        }
    )
    listed = pl.lit(False)
    for number in range(2):
        listed |= (pl.col(f"advice_{number}") != str(Advice.NONE)) | (
            pl.col(f"priority_{number}") == str(Priority.CRISIS)
        )
    differs = (pl.col("advice_0") != pl.col("advice_1")) | (pl.col("priority_0") != pl.col("priority_1"))
    mask = pairs.select(listed & differs).to_series()
    changes = [
        Change(
            earlier.tenancy,
            row,
            other,
            tuple(differences(row, other)),
            explain_change(earlier, later),
        )
        for row, other in zip(_rows(before, mask), _rows(after, mask), strict=True)
        for earlier, later in [(_decision(row, was), _decision(other, now))]
    ]
    return Comparison(
        before.height,
        was,
        now,
        _counted(pairs, "advice", Advice),
        _counted(pairs.filter(listed), "priority", Priority),
        sorted(changes, key=change_order),
        (_decisive(before, was), _decisive(after, now)),
    )


def _counted(pairs: Any, name: str, kind: Any) -> dict[tuple[Any, Any], int]:  # noqa: ANN401 - a frame; an enum
    counts = {
        (kind(before), kind(after)): number
        for before, after, number in pairs.group_by(f"{name}_0", f"{name}_1").len().iter_rows()
    }
    ranks = {it: rank for rank, it in enumerate(kind)}
    return dict(sorted(counts.items(), key=lambda it: (ranks[it[0][0]], ranks[it[0][1]])))


def _rows(result: Any, mask: Any) -> Iterator[ResultRow]:  # noqa: ANN401 - a frame and a column of polars
    return map(row_of_frame, result.filter(mask).iter_rows(named=True))


def _decision(row: ResultRow, receipt: Receipt) -> Decision:
    """The decision of a row, on which the reference engine must agree."""
    found = decision_of(row, receipt)
    if found is None:
        error = EngineDisagreement(
            "/tenancy",
            "the columnar engine and the reference engine give different answers",
            "screen this portfolio with --engine each, and report the cases",
        )
        error.tenancy = row["tenancy"]
        raise error
    return found


def _decisive(result: Any, receipt: Receipt) -> tuple[DecisiveCondition, ...]:  # noqa: ANN401 - a frame of polars
    owing = result.filter(result["advice"] != str(Advice.NONE))
    facts = (facts_of_row(row, receipt.policy) for row in owing.iter_rows(named=True))
    return tuple(decisive_conditions(receipt.on_day(), (it for it in facts if it is not None)))

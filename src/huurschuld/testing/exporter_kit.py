"""The kit for exporters: subclass it to prove that a report has every referral once, and tells no more.

Such a class is a few lines:

    class TestMyReport(ExporterTests):
        tells = ("postcode",)

        def make_exporter(self): ...       # open the exporter, as a user would
        def read(self, report): ...        # what a report says of each referral, not by the exporter
        def expected(self, sent): ...      # what it must say of one
"""

from __future__ import annotations

import datetime as dt
import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final

import attrs

from huurschuld.errors import HuurschuldError
from huurschuld.hooks import Exporter
from huurschuld.model.referral import SentReferral
from huurschuld.testing.exporter_referrals import (
    FIRST,
    LAST,
    alike,
    around,
    fields_of,
    named,
    of_amounts,
    referrals,
    texts_in,
)
from huurschuld.testing.kit import FEWEST_EXAMPLES, Broken, Kit, expect, expect_same
from huurschuld.testing.kit_errors import error_of, expect_not_quoted, overhearing, refused_text

_TICK: Final = 1.1
"""Seconds after which a clock that shows seconds shows another one."""


class ExporterTests(Kit):
    """What every exporter must do. See `docs/testing-a-plugin.md` for what each check promises.

    Attributes:
        tells: the fields of the contact details that a report may tell, such as `postcode`.
        receiver: the name of the channel that the referrals went through.
        many: how many referrals the check of a large report has.
    """

    tells: ClassVar[Iterable[str]] = ()
    receiver: ClassVar[str] = "gemeente"
    many: ClassVar[int] = 1_100

    def make_exporter(self) -> Exporter:
        """Open the exporter, as a user would."""
        raise NotImplementedError("provide make_exporter: it opens the exporter")

    def read(self, report: bytes) -> Sequence[Mapping[str, object]]:
        """Return what a report says of each referral in it, without the help of the exporter.

        A report that only counts says nothing: return as many empty mappings as it counts.
        """
        raise NotImplementedError("provide read: it returns what a report says of each referral")

    def expected(self, sent: SentReferral) -> Mapping[str, object]:
        """Return what a report must say of one referral, under the names that `read` uses."""
        raise NotImplementedError("provide expected: it returns what a report must say of a referral")

    def test_every_referral_is_reported_once(self) -> None:
        """Each referral of the period is in the report, once, those of its first and last day too."""
        self._expect_reported(referrals(self.receiver, 40), FIRST, LAST)
        for day in (FIRST, LAST):
            self._expect_reported(referrals(self.receiver, 40), day, day)

    def test_those_of_other_days_are_not_reported(self) -> None:
        """A referral of a day before the period or after it is not in the report, not even in part."""
        sent = around(self.receiver)
        report = self._expect_reported(sent, FIRST, LAST)
        others = [it for it in sent if not FIRST <= it.day <= LAST]
        text = texts_in(report)
        told = any(value in text for it in others for value in fields_of(it).values())
        expect(not told, "something of a referral of another day is in the report")

    def test_names_in_any_script_come_back(self) -> None:
        """What is told in any script, with quotes, separators and formulas, is read back unchanged."""
        self._expect_reported(named(self.receiver), FIRST, LAST)

    def test_amounts_come_back(self) -> None:
        """Amounts from one cent to the highest come back, each exactly as `expected` has it."""
        self._expect_reported(of_amounts(self.receiver), FIRST, LAST)

    def test_equal_referrals_stay_separate(self) -> None:
        """Two referrals of one person, also with one amount and day, are both reported."""
        self._expect_reported(alike(self.receiver), FIRST, LAST)

    def test_a_period_without_referrals_is_reported(self) -> None:
        """Where there are none, the report is whole, and says so; it is no error, and not empty."""
        for sent in ([], [it for it in around(self.receiver) if not FIRST <= it.day <= LAST]):
            expect(self._expect_reported(sent, FIRST, LAST), "the report is empty: it has no bytes")

    def test_a_large_report_is_whole(self) -> None:
        """As many referrals as `many` says are all reported."""
        self._expect_reported(referrals(self.receiver, self.many), FIRST, LAST)

    def test_the_same_input_gives_the_same_bytes(self) -> None:
        """Exported again, later, or by an exporter that is opened again, not a byte differs."""
        sent = referrals(self.receiver, 40)
        exporter = self.make_exporter()
        first = self._export(exporter, sent)
        expect(self._export(exporter, sent) == first, "exported again, the bytes differ")
        time.sleep(_TICK)
        expect(self._export(exporter, sent) == first, "exported a second later, the bytes differ")
        expect(self._export(self.make_exporter(), sent) == first, "opened again, the bytes differ")

    def test_the_order_does_not_matter(self) -> None:
        """Referrals in any order, and from anything that can be gone through once, give one report."""
        sent = referrals(self.receiver, 40)
        expected = self._export(self.make_exporter(), sent)
        for number in range(FEWEST_EXAMPLES):
            other = random.Random(number).sample(sent, len(sent))  # noqa: S311 - no secret
            found = self._export(self.make_exporter(), other)
            expect(found == expected, "in another order, the bytes differ")
        once = self._export(self.make_exporter(), iter(sent))
        expect(once == expected, "from an iterator, the bytes differ")

    def test_exporting_changes_nothing(self) -> None:
        """What it is given stays as it was, and one report is not in the next."""
        sent = referrals(self.receiver, 40)
        given, exporter = [*sent], self.make_exporter()
        for _ in range(2):
            self._expect_reported(sent, FIRST, LAST, exporter)
            self._expect_reported(sent[:3], FIRST, LAST, exporter)
        expect(sent == given, "the referrals that were given are changed")

    def test_the_report_is_its_only_output(self) -> None:
        """It returns bytes and writes no file: huurschuld does, whole or not at all."""
        with _empty_folders() as folders:
            self._export(self.make_exporter(), referrals(self.receiver, 9))
            left = [path.name for folder in folders for path in folder.rglob("*")]
        expect(not left, f"it leaves {len(left)} files behind")

    def test_it_tells_no_more_than_it_declares(self) -> None:
        """Of the contact details a report has the fields in `tells`, and nothing of any other."""
        known = [it.name for it in attrs.fields(type(referrals(self.receiver, 1)[0].referral.contact))]
        expect(set(self.tells) <= {*known}, "tells names what is no field of the contact details")
        sent = referrals(self.receiver, 9)
        text = texts_in(self._export(self.make_exporter(), sent))
        for it in sent:
            for name, value in fields_of(it).items():
                expect(name in self.tells or value not in text, f"it tells {name}, and does not say so")

    def test_a_key_twice_is_not_counted_twice(self) -> None:
        """A referral that is given twice is refused, or reported once."""
        sent = referrals(self.receiver, 5)
        try:
            report = self._export(self.make_exporter(), [*sent, sent[0]])
        except HuurschuldError as error:
            expect_not_quoted("a referral given twice", error, fields_of(sent[0]).values())
        else:
            self._expect_rows(report, sent)

    def test_a_wrong_period_is_refused(self) -> None:
        """A period that ends before it begins is an error of huurschuld: not a report without rows."""
        error_of(
            "a period that ends before it begins",
            lambda: self.make_exporter().export(referrals(self.receiver, 3), LAST, FIRST),
        )

    def test_what_stops_midway_gives_no_report(self) -> None:
        """Where the referrals cannot be read to the end there is no report of the first of them."""
        sent = referrals(self.receiver, 9)

        def stopping() -> Iterator[SentReferral]:
            yield from sent[:5]
            raise _Stopped

        try:
            self.make_exporter().export(stopping(), FIRST, LAST)
        except (_Stopped, HuurschuldError):
            return
        raise Broken("it gives a report of referrals that could not be read to the end")

    def test_it_tells_nothing_of_a_person(self) -> None:
        """Nothing of a referral is printed or logged, or stands in its `repr`."""
        sent = referrals(self.receiver, 9)
        with overhearing() as heard:
            exporter = self.make_exporter()
            self._export(exporter, sent)
            text = f"{heard()} {exporter!r} {exporter}"
        told = any(value in text for it in sent for value in (it.key, *fields_of(it).values()))
        expect(not told, "it logs, prints or shows something of a referral")

    def _export(self, exporter: Exporter, sent: Iterable[SentReferral]) -> bytes:
        report = exporter.export(sent, FIRST, LAST)
        expect(type(report) is bytes, f"it returns {type(report).__name__}, not bytes")
        return report

    def _expect_reported(
        self,
        sent: Sequence[SentReferral],
        first: dt.date,
        last: dt.date,
        exporter: Exporter | None = None,
    ) -> bytes:
        opened = self.make_exporter() if exporter is None else exporter
        try:
            report = opened.export(sent, first, last)
        except HuurschuldError as error:
            raise Broken(f"valid referrals are refused: {refused_text(error)}") from error
        expect(type(report) is bytes, f"it returns {type(report).__name__}, not bytes")
        self._expect_rows(report, [it for it in sent if first <= it.day <= last])
        return report

    def _expect_rows(self, report: bytes, sent: Sequence[SentReferral]) -> None:
        try:
            found = [dict(it) for it in self.read(report)]
        except NotImplementedError:
            raise
        except Exception as error:  # who receives the report cannot read it either
            raise Broken(f"the report cannot be read: {type(error).__name__}") from error
        expected = [dict(self.expected(it)) for it in sent]
        expect_same(len(found), len(expected), "the number of referrals in the report")
        for number, (it, other) in enumerate(
            zip(sorted(found, key=_in_order), sorted(expected, key=_in_order), strict=True), start=1
        ):
            expect_same(it, other, f"referral {number} of {len(sent)}")


class _Stopped(Exception):
    """The referrals cannot be read any further."""


def _in_order(row: Mapping[str, Any]) -> str:
    return repr(sorted(row.items()))


@contextmanager
def _empty_folders() -> Iterator[tuple[Path, Path]]:
    """Work in an empty folder, with an empty one for temporary files."""
    before, variable = tempfile.tempdir, os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as temporary, chdir(here):
        tempfile.tempdir = os.environ["TMPDIR"] = temporary
        try:
            yield Path(here), Path(temporary)
        finally:
            tempfile.tempdir = before
            if variable is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = variable

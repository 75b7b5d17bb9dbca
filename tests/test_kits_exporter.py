"""Exporters that are right pass the whole kit: one to JSON, one that only counts, and `ddas`."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from broken_exporters import Json, JsonTests

from huurschuld.hooks import Exporter
from huurschuld.model.referral import SentReferral
from huurschuld.plugins.ddas import open_ddas
from huurschuld.testing import ExporterTests
from huurschuld.testing.kit import Broken


class TestJson(JsonTests):
    """A right exporter satisfies the kit."""


class Count(Json):
    """An exporter that only counts."""

    def write(self, rows: list[dict[str, object]]) -> bytes:
        return f"referrals: {len(rows)}".encode()


class TestCount(JsonTests):
    """So does one that only counts."""

    exporter = Count
    tells = ()

    def read(self, report: bytes) -> Sequence[Mapping[str, object]]:
        return [{}] * int(report.rpartition(b" ")[2])

    def expected(self, _: SentReferral) -> Mapping[str, object]:
        return {}


class TestDdas(ExporterTests):
    """The exporter `ddas` satisfies the whole kit."""

    tells = ("postcode", "house_number", "addition")

    def make_exporter(self) -> Exporter:
        return open_ddas(
            supplier_code="voorbeeld",
            municipality_code="0537",
            organisation="Gemeente Voorbeeld",
            kvk_number="01234567",
            made_at="2026-02-05T10:30:00+01:00",
        )

    def read(self, report: bytes) -> Sequence[Mapping[str, object]]:
        (delivery,) = json.loads(report)["leveringen"]
        return [
            {"key": it["ID"], "day": it["signaaldatum"], "euros": it["bedrag"], **it["client"]}
            for it in delivery["vroegsignalen"]
        ]

    def expected(self, sent: SentReferral) -> Mapping[str, object]:
        home = sent.referral.contact
        return {
            "key": sent.key,
            "day": sent.day.isoformat(),
            "euros": (sent.referral.arrears_cents + 50) // 100,
            "postcode": home.postcode,
            "huisnummer": str(home.house_number),
            **({} if home.addition is None else {"huisnummertoevoeging": home.addition}),
        }


class _Archive(Json):
    """Tells a town in a file within an archive, where no byte of the report shows it."""

    def export(self, sent: Iterable[SentReferral], *_: dt.date) -> bytes:
        packed = io.BytesIO()
        towns = "\n".join(it.referral.contact.place for it in sent)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("towns.csv", towns)
        return packed.getvalue()


class _Escaped(Json):
    def row(self, it: SentReferral) -> dict[str, object]:
        return {"remark": it.referral.contact.name}  # JSON writes its letters as \\u00d8


class _Utf16(Json):
    def write(self, rows: list[dict[str, object]]) -> bytes:
        return "".join(str(it["key"]) for it in rows).encode("utf-16")

    def row(self, it: SentReferral) -> dict[str, object]:
        return {"key": it.referral.contact.street}


@pytest.mark.parametrize("exporter", [_Archive, _Escaped, _Utf16])
def test_what_is_told_is_seen_however_it_is_written(exporter: type[Json]) -> None:
    """In an archive, in the escapes of JSON, and in two bytes a letter."""
    kit: Any = type("Case", (JsonTests,), {"exporter": exporter})()
    with pytest.raises(Broken, match=r"it tells (place|name|street), and does not say so"):
        kit.test_it_tells_no_more_than_it_declares()


def test_only_a_field_that_there_is_can_be_told() -> None:
    """A misspelt field in `tells` does not stand for one that is told."""
    kit: Any = type("Case", (JsonTests,), {"tells": ("post_code",)})()
    with pytest.raises(Broken, match="tells names what is no field"):
        kit.test_it_tells_no_more_than_it_declares()

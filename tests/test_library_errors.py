"""Whose mistake it is when a screening fails: that of the tables' library, or one of ours."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from libraries import GIVEN
from test_frames_refused import AS_OF, portfolio

from huurschuld import HuurschuldError, InternalError, InvalidValue, screen
from huurschuld.portfolio.columnar import library_errors, screening


def told(error: HuurschuldError) -> str:
    """All that an error says, and that it drags nothing along that may say more."""
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "Jansen" not in str(error)
    return str(error)


def failing(_: Any) -> Any:
    """What a function of the caller's does in place of giving a frame back."""
    raise KeyError("Jansen")


def panicking(_: Any) -> Any:
    """As `failing`, by a panic."""
    raise pl.exceptions.PanicException("Jansen")


@pytest.mark.parametrize("kind", [KeyError, ValueError, TypeError, AssertionError, RecursionError])
@pytest.mark.parametrize("library", ["polars", "pandas", "duckdb"])
def test_a_mistake_of_ours_is_told_as_ours(
    library: str, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its place in the code and its kind; the tables are not blamed for it."""
    pytest.importorskip(library)

    def broken(*_: object, **__: object) -> None:
        raise kind("Jansen")

    monkeypatch.setattr(screening, "intake", broken)
    with pytest.raises(InternalError, match=rf"a mistake in huurschuld \({kind.__name__}\)") as caught:
        screen(GIVEN[library](portfolio()), "bgs-2021", AS_OF)
    assert "at huurschuld.portfolio.columnar.screening, line " in told(caught.value)


@pytest.mark.parametrize("raises", [failing, panicking])
def test_what_a_table_of_polars_raises_is_told_of_polars(raises: Any) -> None:
    """Also by a function that the caller gave it, and by a panic."""
    given: dict[str, Any] = {name: it.lazy() for name, it in portfolio().items()}
    given["entries"] = given["entries"].map_batches(raises, schema=portfolio()["entries"].schema)
    with pytest.raises(InvalidValue, match="polars could not read or process it") as caught:
        screen(given, "bgs-2021", AS_OF)
    told(caught.value)


def test_what_a_relation_of_duckdb_raises_is_told_of_duckdb() -> None:
    """Where its rows are read."""
    pytest.importorskip("duckdb")
    given = GIVEN["duckdb"](portfolio())
    given["entries"] = given["entries"].project("* REPLACE (error(id || ' Jansen') AS id)")
    with pytest.raises(InvalidValue, match="DuckDB could not read or process it") as caught:
        screen(given, "bgs-2021", AS_OF)
    told(caught.value)


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("py4j.protocol", "Spark"),
        ("pyspark.errors.exceptions.captured", "Spark"),
        ("pyarrow.lib", "PyArrow"),
        ("pandas.errors", "pandas"),
        ("pyo3_runtime", "polars"),
        ("builtins", None),
        ("narwhals.exceptions", None),
        ("polarsish", None),
    ],
)
def test_a_class_tells_which_library_it_is_of(module: str, library: str | None) -> None:
    """By its package, also where it derives from a class of Python's own."""
    raised = type("AnError", (ValueError,), {"__module__": module})("Jansen")
    assert library_errors.library_of(raised) == library


def test_narwhals_repeats_what_a_library_raised() -> None:
    """In a class of its own; it is the library's all the same."""
    given: dict[str, Any] = {name: it.lazy() for name, it in portfolio().items()}
    given["rents"] = given["rents"].select("mevrouw Jansen")
    with pytest.raises(InvalidValue, match="polars could not read or process it") as caught:
        screen(given, "bgs-2021", AS_OF)
    told(caught.value)


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, MemoryError, OSError])
def test_what_is_neither_is_raised_as_it_is(raised: type[BaseException]) -> None:
    """An interruption, too little memory, and a file that cannot be read."""
    with pytest.raises(raised), library_errors.translate_library_errors():
        raise raised

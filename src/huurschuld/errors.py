"""Every error that huurschuld raises, each with a code, a place and a next step.

::

    HuurschuldError
    ├── InputError               the input is invalid
    │   ├── MissingField         missing-field
    │   ├── UnknownField         unknown-field
    │   ├── InvalidValue         invalid-value
    │   ├── DuplicateId          duplicate-id
    │   ├── UnknownReference     unknown-reference
    │   ├── TwoSources           two-sources
    │   ├── UnknownPolicy        unknown-policy
    │   ├── PolicyNotInForce     policy-not-in-force
    │   ├── PolicyTooLarge       policy-too-large
    │   └── WholeLedgerNeeded    whole-ledger-needed
    ├── EngineUnavailable        engine-unavailable
    ├── Undecided                a household that is not decided, as an engine is unreliable for it
    │   ├── EngineFailed         engine-failed
    │   └── EngineDisagreement   engine-disagreement
    ├── ExtraNeeded              extra-needed
    ├── ReplayError              a receipt that cannot be replayed
    │   ├── InputChanged         input-changed
    │   ├── KeyNeeded            key-needed
    │   └── SemanticsUnsupported semantics-unsupported
    ├── PluginError              a plugin that cannot be used
    │   ├── UnknownPlugin        unknown-plugin
    │   ├── DuplicatePlugin      duplicate-plugin
    │   └── PluginFailed         plugin-failed
    └── InternalError            internal-error

A message names the place of the error, never the value found there: values are personal data.
"""

from __future__ import annotations

from typing import ClassVar, Final, Self

from attrs import frozen

_LONGEST_PLACE: Final = 500
_UNPRINTABLE: Final = "\N{REPLACEMENT CHARACTER}"


@frozen
class Cell:
    """A place in a table: the file, the line in it (1 is the header) and the column.

    The column is its name, its number if the name is unknown, or empty for the whole line.
    """

    file: str
    line: int
    column: str

    def __str__(self) -> str:
        line = f"{self.file}, line {self.line}"
        return f"{line}, column {self.column}" if self.column else line


def shortened(text: str) -> str:
    """A text that a message quotes, such as a path; what is far too long ends in an ellipsis."""
    return text if len(text) <= _LONGEST_PLACE else f"{text[:_LONGEST_PLACE]}…"


def _on_one_line(place: str) -> str:
    """A place as a message shows it: a name in it comes from a file, and may be anything."""
    cut = shortened(place)
    return cut if cut.isprintable() else "".join(it if it.isprintable() else _UNPRINTABLE for it in cut)


@frozen
class Piece:
    """The part of a text that is wrong: the part itself, and how many characters are before it."""

    text: str
    start: int


@frozen
class Spot:
    """A line and a column of a text file, both from 1."""

    line: int
    column: int

    @classmethod
    def of(cls, text: str, at: int) -> Self:
        """Where the character at a position of a text stands; its line breaks are plain."""
        return cls(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class HuurschuldError(Exception):
    """The root of all errors here.

    Attributes:
        code: a stable word for programs.
        place: where: a JSON pointer (RFC 6901; empty for the root), a `Cell` of a table, or a name.
        problem: what is wrong.
        remedy: what to do about it.
        piece: which part of the text at the place is wrong, as of a condition; None: all of it.
        spot: the line and column where it stands, if it was read from a text file.
    """

    code: ClassVar[str] = "error"
    piece: Piece | None = None
    spot: Spot | None = None

    def __init__(self, place: str | Cell, problem: str, remedy: str = "") -> None:
        super().__init__(place, problem, remedy)
        self.place = place
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        place = _on_one_line(str(self.place)) or "the root"
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.code} at {place}: {self.problem}{self._spot()}{remedy}"

    def _spot(self) -> str:
        if self.spot is not None:
            return f" (at {self.spot})"
        return "" if self.piece is None else f" (at character {self.piece.start + 1})"

    def at(self, place: str | Cell) -> Self:
        """The same error at another place."""
        moved = type(self)(place, self.problem, self.remedy)
        moved.piece, moved.spot = self.piece, self.spot
        return moved

    def under(self, prefix: str) -> Self:
        """The same error, with this prefix on its JSON pointer."""
        return self.at(f"{prefix}{self.place}")


class InputError(HuurschuldError):
    """The input is refused as a whole; `place` is that of one of its errors."""


class MissingField(InputError):
    """A required field is absent."""

    code = "missing-field"


class UnknownField(InputError):
    """A field that does not belong there, perhaps misspelt: no field is ignored."""

    code = "unknown-field"


class InvalidValue(InputError):
    """A value of the wrong type, outside its range, or null where one is required."""

    code = "invalid-value"


class DuplicateId(InputError):
    """An id that must be unique is duplicated; `place` is that of the second one."""

    code = "duplicate-id"


class UnknownReference(InputError):
    """A reference to something that does not exist, or is of the wrong kind."""

    code = "unknown-reference"


class TwoSources(InputError):
    """Two systems give the same part of one tenancy; neither is preferred."""

    code = "two-sources"


class UnknownPolicy(InputError):
    """There is no policy of that name."""

    code = "unknown-policy"


class PolicyNotInForce(InputError):
    """The policy is not in force on the day; no other version is used instead."""

    code = "policy-not-in-force"


class PolicyTooLarge(InputError):
    """A condition, or the whole policy, is too large for some engine to run."""

    code = "policy-too-large"


class WholeLedgerNeeded(InputError):
    """New entries cannot be added to what is kept of a ledger: the whole ledger is needed.

    Attributes:
        tenancies: the tenancies of which it is needed.
    """

    code = "whole-ledger-needed"

    def __init__(
        self, place: str | Cell, problem: str, remedy: str = "", tenancies: tuple[str, ...] = ()
    ) -> None:
        super().__init__(place, problem, remedy)
        self.tenancies = tenancies

    def at(self, place: str | Cell) -> Self:
        """The same error at another place."""
        return type(self)(place, self.problem, self.remedy, self.tenancies)


class EngineUnavailable(HuurschuldError):
    """The requested engine is not available."""

    code = "engine-unavailable"


class Undecided(HuurschuldError):
    """A household that is not decided, because an engine cannot be relied on for it.

    Attributes:
        tenancy: the id of the tenancy; it is not in the message.
        case: a case file that shows it, to report, without ids. Its amounts and dates are personal data.
    """

    tenancy: str | None = None
    case: str | None = None

    def at(self, place: str | Cell) -> Self:
        """The same error at another place."""
        moved = super().at(place)
        moved.tenancy, moved.case = self.tenancy, self.case
        return moved


class EngineFailed(Undecided):
    """An engine failed, or gave no valid answer."""

    code = "engine-failed"


class EngineDisagreement(Undecided):
    """Two engines do not give the same answer; neither is used."""

    code = "engine-disagreement"


class ExtraNeeded(HuurschuldError):
    """This needs a library that is not installed; the remedy names the extra."""

    code = "extra-needed"


class ReplayError(HuurschuldError):
    """A receipt that cannot be replayed."""


class InputChanged(ReplayError):
    """The tenancy is not the one that the receipt was made for, or the receipt was changed."""

    code = "input-changed"


class KeyNeeded(ReplayError):
    """The key is not the one that the receipt was made with, or one of the two is missing."""

    code = "key-needed"


class SemanticsUnsupported(ReplayError):
    """The receipt was made under a version of the semantics that this release does not have."""

    code = "semantics-unsupported"


class PluginError(HuurschuldError):
    """A plugin that cannot be used; the others still can."""


class UnknownPlugin(PluginError):
    """No loaded plugin provides what was asked for."""

    code = "unknown-plugin"


class DuplicatePlugin(PluginError):
    """Two plugins provide something under the same name."""

    code = "duplicate-plugin"


class PluginFailed(PluginError):
    """A plugin raised an error, or returned something that its hook does not allow."""

    code = "plugin-failed"


class InternalError(HuurschuldError):
    """A mistake in huurschuld itself; `place` is a module and line of its code."""

    code = "internal-error"
    EXIT_CODE: ClassVar[int] = 70
    """The exit code of the command line: an internal software error in `sysexits.h`."""
    HOW_TO_REPORT: ClassVar[str] = (
        "to report it, send the line above and the output of huurschuld --version; no other data"
    )

    @classmethod
    def of(cls, error: BaseException) -> InternalError:
        """Make the error for an exception: where in the code it was raised, and its class.

        Its message and any local values are left out: they may be personal data.
        """
        return cls(
            _innermost(error),
            f"a mistake in huurschuld ({type(error).__name__})",
            "report this line to the maintainers of huurschuld, without data",
        )


def _innermost(error: BaseException) -> str:
    """The module and line of the innermost frame in our own code, or of any if none is ours."""
    place = "huurschuld"
    ours = False
    traceback = error.__traceback__
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__"))
        of_us = module.partition(".")[0] == "huurschuld"
        if of_us or not ours:
            place, ours = f"{module}, line {traceback.tb_lineno}", of_us
        traceback = traceback.tb_next
    return place


def pointer(*steps: str | int) -> str:
    """The JSON pointer (RFC 6901) through these member names and indices."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)

"""The sign that a cell does not fit the mapping, before its place is known."""

from __future__ import annotations


class Unfit(Exception):
    """A text that cannot be read as the mapping says; neither part quotes it.

    Attributes:
        problem: what is wrong with it.
        remedy: what to do about it.
        number: which of the columns that are read together it is in, from 0.
    """

    def __init__(self, problem: str, remedy: str, number: int = 0) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy
        self.number = number

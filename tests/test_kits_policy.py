"""Policies that are right pass the whole kit: those that are built in, and one derived from them."""

from __future__ import annotations

from broken_policies import BGS, kit_of

from huurschuld import policies


class TestDerived(kit_of(BGS.with_("mine", parameters={"minimum_cents": 7_500}))):  # type: ignore[misc]
    """A policy with another amount satisfies the kit."""


class TestKatwijk2012(kit_of(policies()["katwijk-2012"])):  # type: ignore[misc]
    """The covenant of before 2021 satisfies it."""


class TestBgs2021(kit_of(BGS)):  # type: ignore[misc]
    """The national rule satisfies it."""


class TestKatwijk2021(kit_of(policies()["katwijk-2021"])):  # type: ignore[misc]
    """The covenant on top of it satisfies it."""

"""Policies that are right pass the whole kit: those that are built in, and one derived from them."""

from __future__ import annotations

from broken_policies import BGS, AnyPolicyTests

from huurschuld import Policy, policies


class TestDerived(AnyPolicyTests):
    """A policy with another amount satisfies the kit."""

    def make_policy(self) -> Policy:
        return BGS.with_("mine", parameters={"minimum_cents": 7_500})


class TestKatwijk2012(AnyPolicyTests):
    """The covenant of before 2021 satisfies it."""

    def make_policy(self) -> Policy:
        return policies()["katwijk-2012"]


class TestBgs2021(AnyPolicyTests):
    """The national rule satisfies it."""

    def make_policy(self) -> Policy:
        return BGS


class TestKatwijk2021(AnyPolicyTests):
    """The covenant on top of it satisfies it."""

    def make_policy(self) -> Policy:
        return policies()["katwijk-2021"]

"""The deck of stories: so many of each for every 2,000 tenancies, dealt in an order of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from huurschuld.testing.sample import payments, stories
from huurschuld.testing.sample.arrears import EARLY, FULL, LONG, Story, simply
from huurschuld.testing.sample.dice import Dice
from huurschuld.testing.sample.ordinary import besides_a_home, ordinary


class Card(NamedTuple):
    """A story, and perhaps that of what the same household rents besides its home."""

    story: Story
    besides: Story | None = None


class Dealt(NamedTuple):
    """The story of one tenancy, and whether its household is that of the tenancy before it."""

    story: Story
    of_the_same: bool = False


OPEN_TERMS: Final = ((50, 2), (30, 3), (8, 4), (12, 5))

#: The stories of arrears, and how many of each there are among 2,000 tenancies: 120, or 6 %.
CARDS: Final = (
    # The last term did not come in, or the bank took its direct debit back (storno), or part of it.
    (20, Card(simply(lambda _: 1, payments.nothing, EARLY))),
    (7, Card(simply(lambda _: 1, payments.taken_back, EARLY))),
    (2, Card(simply(lambda _: 2, payments.taken_back_in_part, EARLY))),
    # Paid twice once, which was paid back; later the last term did not come in.
    (2, Card(simply(lambda dice: dice.between(4, 8), payments.paid_twice_before, EARLY))),
    (2, Card(stories.just_moved_in)),
    # Always a month late: one long episode, though the open term is always young.
    (9, Card(simply(lambda dice: dice.between(4, 23), payments.month_late, LONG))),
    # Two to five of the last terms are open, but for a part payment of some.
    (13, Card(simply(lambda dice: dice.weighted(OPEN_TERMS), payments.hardly, LONG))),
    (2, Card(stories.by_the_week)),
    (5, Card(stories.old_debt)),
    (2, Card(stories.moratorium_on_old_debt)),
    (9, Card(stories.old_rent)),
    (3, Card(stories.small_change)),
    # Less income for some months, and a part of the rent paid (deelbetalingen).
    (6, Card(simply(lambda dice: dice.between(2, 6), payments.partly, LONG))),
    (4, Card(stories.called_back)),
    (4, Card(stories.payment_plan)),
    (3, Card(partial(stories.payment_plan, is_broken=True))),
    (1, Card(stories.outgrown_plan)),
    (5, Card(stories.mould)),
    (3, Card(stories.objected)),
    (2, Card(stories.objected_long_ago)),
    (5, Card(stories.referred_before)),
    (2, Card(stories.deceased)),
    (4, Card(stories.left_with_debt)),
    (1, Card(stories.eviction)),
    (1, Card(partial(stories.eviction, is_dissolved=True))),
    # A home and a garage: each is behind.
    (
        3,
        Card(
            simply(lambda dice: dice.between(2, 4), payments.hardly, FULL),
            stories.unpaid_besides_a_home,
        ),
    ),
)

#: A deck is dealt over so many tenancies; three cards of every fifty are in arrears, wherever one stops.
DECK: Final = 2_000
STRIP: Final = 50


def deal(seed: int) -> Iterator[Dealt]:
    """The story of each tenancy, from the first on; the first ones do not depend on how many."""
    cards = [card for count, card in CARDS for _ in range(count)]
    in_strip = len(cards) * STRIP // DECK
    dice = Dice(seed, "deck")
    while True:
        deck = iter(dice.shuffled(cards))
        for _ in range(DECK // STRIP):
            strip = [Card(ordinary, besides_a_home), *islice(deck, in_strip)]
            others = STRIP - sum(1 if card.besides is None else 2 for card in strip)
            for card in dice.shuffled([*[Card(ordinary)] * others, *strip]):
                yield Dealt(card.story)
                if card.besides is not None:
                    yield Dealt(card.besides, of_the_same=True)

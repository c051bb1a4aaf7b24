"""What a pair earns by everything but its words."""

from __future__ import annotations

import numpy as np

from matching.compiling import compiled
from matching.kernels.arrays import (
    AGE_DAYS,
    CONDITIONS,
    COUNTRY,
    DAY,
    EXCLUDED,
    FACTS,
    FRESHNESS,
    GEOGRAPHY,
    MARKET,
    NO_DAY,
    OWNER,
    PARTNERSHIP,
    REQUIREMENT,
    TERMS,
    TYPES,
    UNIT,
    UNJUDGED,
    UNKNOWN,
    WISH,
    Asker,
    Ints,
    Segment,
)


@compiled
def circumstances(seg: Segment, a: Asker, candidates: Ints, earned: Ints, wholes: Ints) -> None:
    """Write what all comparisons but capability, text and topic earn, and the sum of the weights.

    A pair that cannot be earns -1.
    """
    alive, sectors, values, weights, given, forward, owner, own_day = (
        seg.alive,
        seg.sectors,
        seg.values,
        seg.weights,
        a.weights,
        a.forward,
        a.owner,
        a.day,
    )
    sector_worth, country_worth, wish_worth = a.sector_worth, a.country_worth, a.wish_worth
    has_wish, types_worth, fresh, today = a.has_wish, a.types_worth, a.fresh, a.today
    facts_worth, conditions_worth = a.facts_worth, a.conditions_worth
    for at in range(len(candidates)):
        place = candidates[at]
        earned[at] = -1
        country, wish = country_worth[values[place, COUNTRY]], wish_worth[values[place, WISH]]
        fact = facts_worth[values[place, FACTS]]
        condition = conditions_worth[values[place, CONDITIONS]]
        if min(country, wish, fact, condition) == EXCLUDED or not alive[place]:
            continue
        if owner >= 0 and values[place, OWNER] == owner:
            continue
        fact = UNIT if fact == UNJUDGED else fact
        condition = UNIT if condition == UNJUDGED else condition
        day = values[place, DAY]
        if own_day != NO_DAY and (day == NO_DAY or own_day < day):
            day = own_day
        freshness = fresh[max(0, min(AGE_DAYS, today - day))] if day != NO_DAY else UNKNOWN
        # The country and the facts of the listing that is found answer the asker's wishes and
        # conditions; its wishes and conditions ask for the asker's.
        if forward:
            wholes[at] = given[10]
            summed = given[3] * sector_worth[sectors[place]] + given[6] * types_worth[values[place, TYPES]]
            summed += given[5] * country + MARKET * wish + given[4] * fact + TERMS * condition
        else:
            sector = np.int64(weights[place, 3])
            requirement = REQUIREMENT if values[place, CONDITIONS] > 0 else 0
            geography = GEOGRAPHY if has_wish[values[place, WISH]] else 0
            partnership = PARTNERSHIP if values[place, TYPES] > 0 else 0
            summed = sector * sector_worth[sectors[place]] + partnership * types_worth[values[place, TYPES]]
            summed += MARKET * country + geography * wish + TERMS * fact + requirement * condition
            whole = sector + requirement + geography + partnership + FRESHNESS + TERMS + MARKET
            wholes[at] = whole + weights[place, 0] + weights[place, 1] + weights[place, 2]
        earned[at] = summed + FRESHNESS * freshness

"""Conditions within the index: judged by the thesaurus of its reader, by whichever side asks."""

from __future__ import annotations

import pytest

from matching.index import Index
from matching.reading import Reader
from matching.thesaurus import Thesaurus
from matching.types import Condition, Fact, Kind, Listing, Operator, Side
from tests.matching.pool import Pool
from tests.matching.strategies import TODAY

JOINERS = Thesaurus(
    [{"en": "wood"}, {"en": "oak"}, {"en": "walnut"}],
    [([], []), ([0], []), ([0], [])],
    {"wood": (0, ["en"]), "oak": (1, ["en"]), "walnut": (2, ["en"])},
    "joiners",
)
WISH = Condition("material", Operator.ONE_OF, terms=("oak",), hard=True)
ASKED = Listing(1, Side.REQUEST, Kind.SUBCONTRACTING, "Chairs", ("joinery",), conditions=(WISH,))
HELD = Listing(
    2, Side.OFFER, Kind.SUBCONTRACTING, "Joiner", ("joinery",), facts={"material": Fact(terms=("walnut",))}
)


@pytest.mark.parametrize(("thesaurus", "partners"), [(None, 1), (JOINERS, 0)])
@pytest.mark.parametrize(("asking", "found"), [(ASKED, HELD), (HELD, ASKED)])
def test_hard_conditions_are_judged_by_the_thesaurus_of_the_reader(
    thesaurus: Thesaurus | None, partners: int, asking: Listing, found: Listing
) -> None:
    reader = Reader(None, thesaurus)
    index, pool = Index(reader), Pool(reader, [found])
    index.put(found)
    assert index.terms is reader.terms
    assert len(index.best(asking, 1, TODAY).hits) == partners
    assert index.best(asking, 1, TODAY).hits == pool.best(asking, 1, TODAY)
    assert bool(index.explain(ASKED, HELD, TODAY).excluded_by) is not bool(partners)

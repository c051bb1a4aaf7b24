"""Listings of every shape, for the property tests."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from matching.types import (
    Certificate,
    Condition,
    Fact,
    Kind,
    Listing,
    Operator,
    Side,
)

TODAY = date(2026, 11, 22)

PHRASES = (
    "CNC milling", "CNC turning", "cnc-milling", "5-axis CNC milling of aluminium",
    "aluminium casting", "aluminum castings", "alumnium castng", "powder coating", "powdercoating",
    "steel", "stainless steel", "stainless steel 304", "sheet metal", "services",
    "construction services", "usinage CNC", "pièces moulées", "литьё алюминия", "铝合金压铸",
    "سبك الالومنيوم", "", "  ", "the", "M8 bolts", "M10 bolts", "welding", "welded assemblies",
)  # fmt: skip
COUNTRIES = ("", "DE", "VN", "MA")
SECTORS = ("2592", "2599", "25", "2431", "C", "A", "0111", "nonsense")

phrases = st.sampled_from(PHRASES) | st.text(max_size=12)
countries = st.sampled_from(COUNTRIES)
country_sets = st.frozensets(st.sampled_from(COUNTRIES[1:]), max_size=2)
days = st.none() | st.integers(-30, 900).map(lambda n: TODAY - timedelta(days=n))
bounds = st.none() | st.sampled_from((0.0, 0.01, 0.02, 5.0, 30.0, 1000.0, -3.0))
terms = st.lists(st.sampled_from((*PHRASES, "ISO 9001:2015", "ISO 9002", "FOB", "idea")), max_size=2)

certificates = st.builds(
    Certificate, st.sampled_from(("ISO 9001:2015", "DIN EN ISO 9001", "ISO 14001", "CE", "")), days
)
facts = st.builds(Fact, bounds, bounds, terms.map(tuple), st.lists(certificates, max_size=2).map(tuple))
CRITERION_KEYS = (
    "tolerance_mm", "quantity_per_year", "material", "certificate", "incoterm", "study_status",
    "total_cost", "unheard_of",
)  # fmt: skip
conditions = st.builds(
    Condition,
    criterion=st.sampled_from(CRITERION_KEYS),
    operator=st.sampled_from(Operator),
    low=bounds,
    high=bounds,
    terms=terms.map(tuple),
    hard=st.booleans(),
    weight=st.sampled_from((0.0, 0.5, 1.0, 3.0)),
)


def listings(
    side: st.SearchStrategy[Side] = st.sampled_from(Side),
    ids: st.SearchStrategy[int] = st.integers(1, 40),
    kinds: st.SearchStrategy[Kind] = st.sampled_from((Kind.SUBCONTRACTING, Kind.TECHNOLOGY)),
) -> st.SearchStrategy[Listing]:
    """Return listings that often have something to do with one another, and often not."""
    return st.builds(
        Listing,
        id=ids,
        side=side,
        kind=kinds,
        title=phrases,
        capabilities=st.lists(phrases, max_size=3).map(tuple),
        text=st.lists(phrases, max_size=3).map(". ".join),
        sectors=st.lists(st.sampled_from(SECTORS), max_size=2).map(tuple),
        country=countries,
        target_countries=country_sets,
        excluded_countries=st.just(frozenset[str]()) | country_sets,
        language=st.sampled_from(("", "en", "fr", "de", "ru", "zh")),
        partnership_types=st.frozensets(st.sampled_from(("supplier", "licence", "franchise")), max_size=2),
        owner=st.none() | st.integers(1, 4),
        published_on=days,
        conditions=st.lists(conditions, max_size=2).map(tuple),
        facts=st.dictionaries(st.sampled_from(CRITERION_KEYS), facts, max_size=3),
    )


requests = listings(st.just(Side.REQUEST))
offers = listings(st.just(Side.OFFER))

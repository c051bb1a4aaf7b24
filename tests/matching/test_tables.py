from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import tables
from matching import weights as w
from matching.kernels import EXCLUDED
from matching.profiles import Sectors, levels
from matching.score import sector_value, wish_value
from matching.snapshots import Decoded, encoded
from matching.tables import SectorTable, Table
from matching.wishes import NONE, Wish, Wishes

shares = st.dictionaries(
    st.sampled_from(("2592", "2599", "2431", "0111", "1313")), st.floats(0.01, 1.0), max_size=3
)
stated = st.lists(st.sampled_from(("2592", "25", "2431", "C", "0111")), max_size=3, unique=True).map(tuple)
sectors = st.builds(
    lambda codes, guessed: Sectors(codes, levels(dict.fromkeys(codes, 1.0) if codes else guessed)),
    stated,
    shares,
)


@given(st.lists(sectors, max_size=6), sectors)
def test_whole_tables_are_worth_what_each_pair_is(held: list[Sectors], asker: Sectors) -> None:
    table, distinct = SectorTable(), list(dict.fromkeys(held))
    assert [table.number(value) for value in held] == [distinct.index(value) for value in held]
    assert len(table) == len(distinct)
    kept = SectorTable.restored(table.arrays(), table.codes())
    for found in (table, kept):
        assert found.worth(asker).tolist() == [sector_value(asker, value) for value in distinct]


def test_worths_are_kept_for_some_askers_and_lengthened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "KEPT", 1)
    table, asked = Table(["DE"]), list[str]()

    def of(value: str) -> int:
        asked.append(value)
        return w.UNIT

    table.worth("a", of)
    table.number("VN")
    assert table.worth("a", of).tolist() == [w.UNIT, w.UNIT]
    assert asked == ["DE", "VN"]
    table.worth("b", of)
    table.worth("a", of)
    assert asked == ["DE", "VN"] * 3
    assert (table.known("VN"), table.known("MA")) == (1, -1)


def test_decoded_values_only_grow() -> None:
    values = Decoded(*encoded(["a", "b"], str), str)
    values.append("c")
    assert list(values) == ["a", "b", "c"]
    assert values[1:] == ["b", "c"]
    with pytest.raises(IndexError):
        values.insert(0, "d")
    with pytest.raises(TypeError):
        values[0] = "d"
    with pytest.raises(TypeError):
        del values[0]


wishes = st.tuples(*[st.frozensets(st.sampled_from(("DE", "VN", "MA", "")), max_size=3)] * 2)


@given(st.lists(wishes, max_size=6), st.sampled_from(("DE", "VN", "BR", "")))
def test_whole_wishes_are_worth_what_each_is(held: list[Wish], country: str) -> None:
    table, distinct = Wishes(), list(dict.fromkeys([NONE, *held]))
    assert [table.number(wish) for wish in held] == [distinct.index(wish) for wish in held]
    wanted = [EXCLUDED if country in out else wish_value(wished, country) for wished, out in distinct]
    for found in (table, Wishes.restored(table.arrays(), table.countries())):
        assert len(found) == len(distinct)
        assert found.number(NONE) == 0
        assert found.worth(country).tolist() == wanted
        assert found.any.tolist() == [int(bool(wished)) for wished, _ in distinct]


@given(st.lists(wishes, max_size=6), st.lists(st.sampled_from(("DE", "VN", "")), min_size=1, max_size=8))
def test_worths_of_wishes_are_lengthened_where_they_are_kept(held: list[Wish], countries: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matching.wishes.KEPT", 1)
        table, distinct = Wishes(), [NONE]
        for wish, country in zip([NONE, *held], countries * 7, strict=False):
            table.number(wish)
            distinct = list(dict.fromkeys([*distinct, wish]))
            fresh = Wishes()
            for one in distinct:
                fresh.number(one)
            assert table.worth(country).tolist() == fresh.worth(country).tolist()

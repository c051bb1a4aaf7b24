"""The table holds together, and is what its reference page shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.introductions.states import (
    AWAITED,
    ENDED,
    LIVE,
    REASONED,
    REVEALED,
    TABLE,
    By,
    IntroductionState,
    Limit,
    Reason,
    row,
)
from marketplace.introductions.states.drawing import drawing
from marketplace.policy import PERMISSIONS
from marketplace.web.labels import LABELS

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/introductions.md"
S = IntroductionState


def test_the_reference_page_is_drawn_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == drawing()


def test_every_row_has_its_own_name_and_a_permission_that_is_there() -> None:
    assert len({found.name for found in TABLE}) == len(TABLE)
    assert all(found.permission in PERMISSIONS for found in TABLE if By.EXCHANGE not in found.by)
    assert [found.name for found in TABLE if not found.permission] == ["expire"]


def test_a_name_that_is_not_in_the_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        row("steal")


def test_every_state_is_reached_and_only_ends_have_no_way_out() -> None:
    assert {found.to for found in TABLE} == set(S)
    leaves = {state for found in TABLE for state in found.froms}
    assert set(S) - leaves == set(ENDED)
    assert leaves == set(LIVE)


def test_there_is_one_way_to_the_contacts() -> None:
    ways = [found.name for found in TABLE if found.to in REVEALED and not set(found.froms) <= set(REVEALED)]
    assert ways == ["accept"]
    back = [found.name for found in TABLE if found.to not in REVEALED and set(found.froms) & set(REVEALED)]
    assert back == []


def test_a_time_limit_begins_where_somebody_is_awaited_and_ends_where_nobody_is() -> None:
    for found in TABLE:
        assert (found.limit is Limit.NONE) == (found.to not in AWAITED), found.name


def test_what_asks_for_a_reason_always_does() -> None:
    for state in S:
        asked = {bool(found.reasons) for found in TABLE if found.to is state}
        assert asked == {state in REASONED}
    assert all(Reason.OTHER in found.reasons for found in TABLE if found.reasons)


def test_every_word_that_is_shown_has_its_label() -> None:
    for kind in (S, Reason, By):
        assert set(LABELS[kind.__name__]) == {member.value for member in kind}

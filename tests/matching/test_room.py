from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matching.index import Index
from matching.types import Kind, Listing, Side

TODAY = date(2026, 1, 1)


def test_stamps_begin_again_where_no_larger_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index()
    request = Listing(1, Side.REQUEST, Kind.SUBCONTRACTING, "gears", ("gear cutting", "bevel gears"))
    offers = [replace(request, id=2, side=Side.OFFER), Listing(3, Side.OFFER, request.kind, "milling")]
    index.put_many(offers)
    asked = [request, replace(request, title="milled parts", capabilities=("milling",))] * 3
    wanted = [index.best(one, 2, TODAY) for one in asked]
    monkeypatch.setattr("matching.room.LAST_STAMP", 2)
    assert [index.best(one, 2, TODAY) for one in asked] == wanted

from __future__ import annotations

import gzip

import pytest
from flask import Flask

from marketplace.web.assets import icon
from tests.marketplace.visitor import Visitor

STYLE = "/static/css/exchange.css"
BOOTSTRAP = "/bootstrap/static/css/bootstrap.min.css"


@pytest.mark.parametrize("path", [STYLE, BOOTSTRAP])
def test_style_sheets_come_small_to_those_who_can_unpack_them(visitor: Visitor, path: str) -> None:
    plain = visitor.get(path, headers={"Accept-Encoding": "identity"})
    packed = visitor.get(path, headers={"Accept-Encoding": "gzip"})
    assert plain.headers.get("Content-Encoding") is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_an_address_without_the_content_s_hash_is_asked_for_again(visitor: Visitor) -> None:
    first = visitor.get(STYLE)
    assert "no-cache" in first.headers["Cache-Control"]
    again = visitor.get(STYLE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_an_old_hash_is_not_kept_for_a_year(visitor: Visitor) -> None:
    assert "immutable" not in visitor.get(f"{STYLE}?v=0123456789").headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/css/none.css",
        "/static/css",
        "/bootstrap/static/icons/bootstrap-icons.svg",
        "/bootstrap/static/css/../css/bootstrap.min.css.map",
    ],
)
def test_nothing_else_is_served(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_modules_are_sent_as_scripts(visitor: Visitor) -> None:
    assert visitor.get("/static/js/page.js").content_type == "text/javascript; charset=utf-8"


def test_an_icon_is_drawn_in_the_page_and_left_out_by_screen_readers(app: Flask) -> None:
    drawn = str(icon("check-circle"))
    assert drawn.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in drawn
    assert "<path" in drawn


def test_an_unknown_icon_is_a_mistake_in_a_template() -> None:
    with pytest.raises(KeyError):
        icon("no-such-icon")

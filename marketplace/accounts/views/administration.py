"""The administrators' start page, and the record of who did what."""

from __future__ import annotations

from flask import render_template

from marketplace.accounts.queries import acts_on, things_acted_on
from marketplace.accounts.views.blueprint import bp
from marketplace.web.access import needs
from marketplace.web.context import reading
from marketplace.web.fields import asked_text
from marketplace.web.paging import Page, asked_page

PAGE_SIZE = 50
LONGEST_NUMBER = 9


@bp.get("/admin")
@needs("admin:use")
def administration() -> str:
    """Lead to what administrators look after."""
    return render_template("admin/home.html")


@bp.get("/admin/audit")
@needs("admin:use")
def record() -> str:
    """Show the newest entries of the record."""
    thing, word, number = asked_text("thing"), asked_text("id"), asked_page()
    thing_id = int(word) if word.isascii() and word.isdigit() and len(word) <= LONGEST_NUMBER else None
    with reading() as session:
        rows, total = acts_on(session, thing, thing_id, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
        things = things_acted_on(session)
    args = {"thing": thing, "id": thing_id}
    return render_template(
        "admin/audit.html",
        page=Page(rows, number, PAGE_SIZE, total),
        things=things,
        thing=thing,
        thing_id=thing_id,
        args={name: value for name, value in args.items() if value},
    )

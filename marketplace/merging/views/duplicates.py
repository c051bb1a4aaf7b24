"""Pairs that look like one organisation, and telling them apart."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.merging.queries.found import distinct_of_office
from marketplace.merging.queries.pairs import Alike, alike_of_office, organisations_of
from marketplace.merging.services.distinct import take_back, tell_apart
from marketplace.merging.views.blueprint import DUPLICATES, Answer, bp
from marketplace.merging.views.wording import why
from marketplace.organisations.models import Organisation
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction
from marketplace.web.paging import Page, asked_page

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair as a page shows it; the one that says more stands first and is proposed to stay."""

    first: Organisation
    second: Organisation
    likeness: int
    why: list[str]


@bp.get(DUPLICATES)
@needs("desk:use")
def duplicates() -> str:
    """List the pairs of the office that look alike."""
    number = asked_page()
    with reading() as session:
        alike = alike_of_office(session, actor())
        part = alike[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        known = organisations_of(session, part)
        apart = distinct_of_office(session, actor())
    shown = [_shown(pair, known) for pair in part]
    return render_template(
        "merging/duplicates.html", page=Page(shown, number, PAGE_SIZE, len(alike)), apart=apart
    )


def _shown(pair: Alike, known: dict[int, Organisation]) -> Shown:
    first, second = known[pair.first], known[pair.second]
    if _weight(second) > _weight(first):
        first, second = second, first
    return Shown(first, second, round(pair.likeness), [why(reason) for reason in pair.why])


def _weight(organisation: Organisation) -> tuple[bool, int]:
    """Return how much a record says: verified first, then by the fields that are filled in."""
    said = (
        organisation.city, organisation.website, organisation.email, organisation.phone, organisation.address,
        organisation.description, organisation.products, organisation.employees, organisation.sectors,
    )  # fmt: skip
    return organisation.verified_at is not None, sum(map(bool, said))


@bp.post(f"{DUPLICATES}/apart")
@needs("organisation:merge")
def apart() -> Answer:
    """Note that two are not the same."""
    with transaction() as session:
        pair = tell_apart(
            session,
            actor(),
            first=request.form.get("first", ""),
            second=request.form.get("second", ""),
            now=clock.now(),
        )
        names = {"first": pair.kept.name, "second": pair.merged.name}
    flash(_("%(first)s and %(second)s are two. They are not proposed again.", **names), "success")
    return redirect(url_for("merging.duplicates"), 303)


@bp.post(f"{DUPLICATES}/alike")
@needs("organisation:merge")
def alike() -> Answer:
    """Take back that two are not the same."""
    with transaction() as session:
        take_back(
            session,
            actor(),
            first=request.form.get("first", ""),
            second=request.form.get("second", ""),
            now=clock.now(),
        )
    flash(_("The two are proposed again, if they still look alike."), "success")
    return redirect(url_for("merging.duplicates"), 303)

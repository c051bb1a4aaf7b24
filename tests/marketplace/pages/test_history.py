"""Each organisation reads what concerns it, and nothing of anybody else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.audit import AuditEntry
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.pages.queries.history import OF_ITSELF
from marketplace.pages.wording import ACTS
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.visitor import words


@pytest.fixture
def site(app: Flask) -> Site:
    return Site(app)


def place(site: Site, organisation_id: int) -> str:
    with site.world.database.reading() as session:
        return f"/me/organisation/{session.get_one(Organisation, organisation_id).reference}/history"


def test_members_read_who_read_their_contacts(site: Site) -> None:
    world = site.world
    key = world.reach(IntroductionState.ACCEPTED)
    reference = world.get(key).reference
    mine, theirs = place(site, world.maker), place(site, world.buyer)
    assert "Read the contacts" not in words(site.browser("maker_person").get(mine).text)
    site.browser("buyer_person").get(f"/me/introductions/{reference}")
    page = words(site.browser("maker_person").get(mine).text)
    assert f"Read the contacts of an introduction {reference} The other side" in page
    # Whoever did it reads their own name; the other side's people are not named.
    own = words(site.browser("buyer_person").get(theirs).text)
    assert "Read the contacts of an introduction" in own
    with world.database.reading() as session:
        buyer = session.get_one(Organisation, world.buyer).name
    assert buyer not in page


def test_before_both_said_yes_nothing_of_the_other_side_is_there(site: Site) -> None:
    key = site.world.reach(IntroductionState.SENT)
    page = site.browser("maker_person").get(place(site, site.world.maker)).text
    assert (site.world.get(key).reference or "INT") not in page


def test_what_is_done_to_listings_and_the_organisation_is_told_in_words(site: Site) -> None:
    world = site.world
    acts = [*(f"organisation:{act}" for act in OF_ITSELF), "listing:pause", "listing:something-new"]
    with world.database.transaction() as session:
        listing = session.scalars(sa.select(Listing.id).where(Listing.organisation_id == world.maker)).first()
        for act in acts:
            thing = act.partition(":")[0]
            session.add(
                AuditEntry(
                    at=world.now,
                    actor_id=world.first.user_id,
                    act=act,
                    thing=thing,
                    thing_id=world.maker if thing == "organisation" else listing,
                    facts={},
                )
            )
        note = {"act": "note:write", "thing": "organisation_note", "thing_id": world.maker}
        session.add(AuditEntry(at=world.now, actor_id=world.first.user_id, facts={}, **note))
    page = words(site.browser("maker_person").get(place(site, world.maker)).text)
    for act in acts[:-1]:
        assert str(ACTS[act]) in page, act
    assert "Something was changed" in page
    assert "SPX Accra" in page
    assert "note" not in page.lower().replace("noted", "")


def test_it_is_for_those_who_belong_to_it(site: Site) -> None:
    world = site.world
    where = place(site, world.maker)
    for name in ("maker_reader", "maker_person"):
        assert site.browser(name).get(where).status_code == 200, name
    for name in ("buyer_person", "first", "stranger", "admin"):
        assert site.browser(name).get(where).status_code in {403, 404}, name
    assert site.browser("maker_person").get(f"{where}?page=99").status_code == 200

"""Who takes part where the record that said yes is the one that was kept."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.db import Database
from marketplace.introductions.queries.belonged import belonged
from marketplace.organisations.models import Membership
from tests.marketplace.introductions.world import World


def test_who_came_by_a_merge_takes_no_part_in_what_the_kept_record_agreed_to(database: Database) -> None:
    world = World(database)
    with database.transaction() as session:
        reader = Membership.user_id == world.maker_reader.user_id
        session.execute(sa.update(Membership).where(reader).values(by_merge=True))
    with database.reading() as session:
        people = sa.select(Membership.user_id)
        own = set(session.scalars(people.where(belonged(world.maker, world.maker))))
        everybody = set(session.scalars(people.where(belonged(world.maker, None))))
    assert own == everybody - {world.maker_reader.user_id}

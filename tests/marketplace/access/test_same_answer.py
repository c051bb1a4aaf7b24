"""Another's thing and one that does not exist are answered alike, byte for byte, and nothing is written."""

from __future__ import annotations

import pytest

from tests.marketplace.access.conftest import Site
from tests.marketplace.access.matrix import Line, bare, said

# An introduction of two others, and how each role that has nothing to do with it may ask for it.
OUTSIDERS = ("newcomer", "removed", "shut", "partner", "viewer", "editor", "owner", "officer", "across")
LINES = (
    Line("GET /me/introductions/<reference>", "introduction", "foreign"),
    Line("GET /desk/introductions/<reference>", "introduction", "foreign"),
    Line("GET /introductions/<reference>/files/<number>", "introduction", "foreign"),
    Line("GET /introductions/<reference>/evidence", "introduction", "foreign"),
    Line("POST /me/introductions/<reference>/accept", "introduction", "foreign"),
    Line("POST /introductions/<reference>/messages", "introduction", "foreign", {"message": "A word."}),
    Line("GET /opportunities/<reference>", "listing", "foreign draft"),
    Line("POST /me/listings/<reference>/pause", "listing", "foreign draft"),
)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.on)
def test_anothers_thing_and_none_look_the_same(site: Site, line: Line) -> None:
    there, nowhere = (site.everybody.things[line.sort][one] for one in (line.condition, "nowhere"))
    for role in OUTSIDERS:
        site.kept.changed()
        answer, none = site.browsers.ask(role, line, there), site.browsers.ask(role, line, nowhere)
        assert said(answer) == "404", role
        assert bare(answer, there, nowhere) == bare(none, nowhere, there), role
        assert not site.kept.changed(), role


def test_a_member_of_a_suspended_organisation_finds_nothing_of_it(site: Site) -> None:
    there = site.everybody.things["introduction"]["shut"]
    for line in LINES[:6]:
        assert said(site.browsers.ask("shut", line, there)) == "404", line.on

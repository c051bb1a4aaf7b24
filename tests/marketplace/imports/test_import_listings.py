from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.db import Database
from marketplace.errors import Forbidden
from marketplace.listings.models import Listing, State
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from matching.types import Operator
from tests.marketplace.imports.databank import (
    NIP,
    NOW,
    counts,
    events,
    everything,
    listings,
    offer,
    problems_in,
    stored_listing,
    table,
    told,
)
from tests.marketplace.organisations.firms import add_firm, add_office

OWNED = offer(organisation="Alpenwerk GmbH", organisation_town="Linz", organisation_country="Austria")
FULL = {
    **OWNED,
    "summary": "Turned parts from bar, 3 to 60 mm.",
    "description": "Two shifts.\nTwelve lathes.",
    "partner_sought": "Makers of valves",
    "language": "German",
    "sectors": "2592",
    "target_countries": "DE; France",
    "held_certificates": "ISO 9001",
    "partnership_types": "subcontracting",
    "requirements": "hard certificate: ISO 9001 & ISO 14001; quantity_per_year = 1000..5000 pieces",
    "sdgs": "9; 12",
    "quantity_per_year": "12 000",
    "quantity_unit": "pieces",
    "lead_time_days": "6 weeks",
    "anonymous": "no",
    "dissemination": "members",
    "valid_until": "2027-06-30",
    "published_on": "2025-03-04",
    "tolerance_mm": "0.02 mm",
    "materials": "brass CW614N; steel 1.4301",
    "series_size": "small; medium",
    "free_from": "2027-01-15",
    "organisation_identifier": "ATU12345675",
}


def test_a_row_becomes_a_published_listing_with_all_it_says(database: Database, tmp_path: Path) -> None:
    office = add_office(database, "spx-wien", "AT")
    summary = listings(database, table(tmp_path / "l.csv", FULL))
    assert (counts(summary), told(summary)) == ((1, 0, 0, 0), [])
    with database.reading() as session:
        stored = stored_listing(session)
        assert (stored.reference, stored.state) == (f"OFR-2026-{stored.id:05d}", State.PUBLISHED)
        assert stored.published_at == datetime(2025, 3, 4, tzinfo=UTC)
        assert [row.phrase for row in stored.capabilities] == ["CNC turning", "thread rolling"]
        assert ([row.code for row in stored.sectors], stored.language) == (["2592"], "de")
        assert (stored.target_countries, stored.sdgs, stored.lead_time_days) == (["DE", "FR"], [9, 12], 42)
        assert (stored.quantity_per_year, stored.quantity_unit) == (12000, "pieces")
        assert (stored.valid_until, stored.dissemination.value) == (date(2027, 6, 30), "members")
        assert stored.details == {
            "tolerance_mm": 0.02,
            "materials": ["brass CW614N", "steel 1.4301"],
            "series_size": ["small", "medium"],
            "free_from": "2027-01-15",
        }
        first, second = stored.requirements
        assert (first.criterion, first.operator, first.terms, first.hard) == (
            "certificate", Operator.ALL_OF, ["ISO 9001", "ISO 14001"], True,
        )  # fmt: skip
        assert (second.operator, second.low, second.high, second.hard) == (
            Operator.BETWEEN,
            1000,
            5000,
            False,
        )
        assert stored.organisation is not None
        assert (stored.organisation.name, stored.organisation.country) == ("Alpenwerk GmbH", "AT")
        assert (stored.organisation.office_id, stored.office_id) == (office, office)
        assert stored.organisation.reference == f"ORG-2026-{stored.organisation.id:05d}"
        assert events(database, "ListingsImported") == [{"listings": [stored.id]}]


@pytest.mark.parametrize("row", [FULL, OWNED, {**OWNED, "summary": "Call +43 660 1234567"}])
def test_a_second_run_changes_nothing(database: Database, tmp_path: Path, row: dict[str, str]) -> None:
    path = table(tmp_path / "l.csv", row)
    assert counts(listings(database, path)) == (1, 0, 0, 0)
    before = everything(database)
    assert counts(listings(database, path, days=1)) == (0, 0, 1, 0)
    assert everything(database) == before


def test_a_row_that_changed_brings_the_listing_up_to_date(database: Database, tmp_path: Path) -> None:
    listings(database, table(tmp_path / "l.csv", FULL))
    later = offer(
        title="CNC turning and milling", capabilities="CNC milling", tolerance_mm="0.01", sectors=""
    )
    assert counts(listings(database, table(tmp_path / "m.csv", later), days=1)) == (0, 1, 0, 0)
    with database.reading() as session:
        stored = stored_listing(session)
        assert (stored.title, stored.state) == ("CNC turning and milling", State.PUBLISHED)
        assert [row.phrase for row in stored.capabilities] == ["CNC milling"]
        # What the row leaves open stays, among a kind's own fields too.
        assert (stored.summary, stored.valid_until) == (
            "Turned parts from bar, 3 to 60 mm.",
            date(2027, 6, 30),
        )
        assert (stored.details["tolerance_mm"], stored.details["materials"]) == (
            0.01,
            ["brass CW614N", "steel 1.4301"],
        )
        assert ([row.code for row in stored.sectors], len(stored.requirements)) == (["2592"], 2)
        assert stored.organisation is not None
        assert events(database, "ListingsImported") == [{"listings": [stored.id]}] * 2
        assert stored.change == 2


def test_what_was_written_here_of_what_the_source_leaves_open_stays(
    database: Database, tmp_path: Path
) -> None:
    path = table(tmp_path / "l.csv", OWNED)
    listings(database, path)
    with database.transaction() as session:
        stored_listing(session).summary = "Written by the owner."
    before = everything(database)
    assert counts(listings(database, path, days=1)) == (0, 0, 1, 0)
    assert everything(database) == before


def test_a_listing_cannot_become_another_one(database: Database, tmp_path: Path) -> None:
    listings(database, table(tmp_path / "l.csv", OWNED))
    for name, value in (("side", "request"), ("kind", "technology")):
        summary = listings(database, table(tmp_path / "m.csv", {**OWNED, name: value}))
        assert (counts(summary), told(summary)) == ((0, 0, 0, 1), [(2, name, "another_listing")])


def test_a_listing_that_has_ended_here_stays_as_it_is(database: Database, tmp_path: Path) -> None:
    listings(database, table(tmp_path / "l.csv", OWNED))
    with database.transaction() as session:
        stored_listing(session).state = State.CLOSED
    summary = listings(database, table(tmp_path / "m.csv", {**OWNED, "title": "Another title"}))
    assert (counts(summary), told(summary)) == ((0, 0, 1, 0), [(2, "", "ended")])
    assert counts(listings(database, table(tmp_path / "n.csv", OWNED))) == (0, 0, 1, 0)


def test_contact_details_hold_a_listing_for_review(database: Database, tmp_path: Path) -> None:
    summary = listings(
        database, table(tmp_path / "l.csv", {**OWNED, "summary": "Write to sales@alpenwerk.example.org"})
    )
    assert (counts(summary), told(summary)) == ((1, 0, 0, 0), [(2, "", "held_for_review")])
    with database.reading() as session:
        stored = stored_listing(session)
        assert (stored.state, stored.held_because, stored.published_at) == (
            State.SUBMITTED,
            ["summary:email"],
            None,
        )


def test_a_change_that_brings_contact_details_goes_back_to_review(database: Database, tmp_path: Path) -> None:
    listings(database, table(tmp_path / "l.csv", OWNED))
    summary = listings(
        database, table(tmp_path / "m.csv", {**OWNED, "summary": "Write to sales@alpenwerk.example.org"})
    )
    assert (counts(summary), told(summary)) == ((0, 1, 0, 0), [(2, "", "held_for_review")])
    with database.transaction() as session:
        stored = stored_listing(session)
        assert stored.state is State.SUBMITTED
        # An officer lets it pass; the next change without anything new is not held again.
        stored.state = State.PUBLISHED
    again = {**OWNED, "summary": "Write to sales@alpenwerk.example.org", "title": "Turning"}
    summary = listings(database, table(tmp_path / "n.csv", again))
    assert (counts(summary), told(summary)) == ((0, 1, 0, 0), [])
    with database.reading() as session:
        assert stored_listing(session).state is State.PUBLISHED


def test_an_anonymous_listing_that_names_its_organisation_is_held(database: Database, tmp_path: Path) -> None:
    row = {**OWNED, "anonymous": "yes", "summary": "Alpenwerk GmbH turns brass."}
    assert told(listings(database, table(tmp_path / "l.csv", row))) == [(2, "", "held_for_review")]


def test_a_listing_without_an_organisation_is_held_by_an_office(database: Database, tmp_path: Path) -> None:
    add_office(database, "spx-other", "GH")
    covering = add_office(database, "spx-wien", "AT")
    assert counts(listings(database, table(tmp_path / "l.csv", offer()))) == (1, 0, 0, 0)
    with database.reading() as session:
        stored = stored_listing(session)
        assert (stored.organisation_id, stored.office_id) == (None, covering)


def test_an_officers_import_is_held_by_the_officers_office(database: Database, tmp_path: Path) -> None:
    add_office(database, "spx-wien", "AT")
    own = add_office(database, "spx-accra", "GH")
    listings(database, table(tmp_path / "l.csv", offer()), Actor(office_id=own))
    with database.reading() as session:
        assert stored_listing(session).office_id == own


def test_without_any_office_such_a_row_is_refused(database: Database, tmp_path: Path) -> None:
    summary = listings(database, table(tmp_path / "l.csv", offer(), {**OWNED, "external_id": "L-2"}))
    assert (counts(summary), told(summary)) == ((1, 0, 0, 1), [(2, "organisation", "no_office")])


def test_rows_of_one_organisation_share_it(database: Database, tmp_path: Path) -> None:
    names = ("Alpenwerk GmbH", "ALPENWERK G.m.b.H.", "Alpenwerk")
    rows = [{**OWNED, "external_id": f"L-{n}", "organisation": name} for n, name in enumerate(names)]
    rows += [{**rows[0], "external_id": "L-9", "organisation_town": "Graz"}]
    assert counts(listings(database, table(tmp_path / "l.csv", *rows))) == (4, 0, 0, 0)
    with database.reading() as session:
        assert session.scalars(sa.select(Organisation.city).order_by(Organisation.id)).all() == [
            "Linz",
            "Graz",
        ]


def test_an_organisation_that_is_there_is_found_and_stays_as_it_is(
    database: Database, tmp_path: Path
) -> None:
    key, _reference = add_firm(database, "Alpenwerk GmbH", country="AT", city="Linz", description="We turn.")
    before = everything(database)["organisation"]
    listings(database, table(tmp_path / "l.csv", {**OWNED, "organisation": "ALPENWERK"}))
    assert everything(database)["organisation"] == before
    with database.reading() as session:
        assert stored_listing(session).organisation_id == key


def test_listings_of_a_suspended_organisation_are_refused(database: Database, tmp_path: Path) -> None:
    key, _reference = add_firm(database, "Alpenwerk GmbH", country="AT", city="Linz")
    with database.transaction() as session:
        session.get_one(Organisation, key).suspended_at = NOW
    summary = listings(database, table(tmp_path / "l.csv", OWNED))
    assert (counts(summary), told(summary)) == ((0, 0, 0, 1), [(2, "organisation", "suspended")])


def test_a_wrong_number_of_the_organisation_is_told(database: Database, tmp_path: Path) -> None:
    row = {**OWNED, "nip": "1234563219", "organisation_country": "PL"}
    assert told(listings(database, table(tmp_path / "l.csv", row))) == [(2, "nip", "bad_checksum")]
    sound = {**row, "external_id": "L-2", "nip": NIP}
    assert told(listings(database, table(tmp_path / "m.csv", sound)))[0][2] == "likely_duplicate"


def test_texts_that_do_not_fit_move_into_the_description(database: Database, tmp_path: Path) -> None:
    title, summary = "word " * 60, "sentence " * 70
    phrase = "a very long capability " * 6
    row = {
        **OWNED,
        "title": title,
        "summary": summary,
        "description": "The text.",
        "capabilities": f"turning;{phrase}",
    }
    found = listings(database, table(tmp_path / "l.csv", row))
    assert told(found) == [(2, name, "shortened") for name in ("title", "summary", "capabilities")]
    with database.reading() as session:
        stored = stored_listing(session)
        assert len(stored.title) <= 256
        assert stored.title.endswith("word…")
        assert (len(stored.summary) <= 500, stored.summary[-1]) == (True, "…")
        assert stored.description.split("\n\n") == [
            title.strip(),
            summary.strip(),
            "The text.",
            phrase.strip(),
        ]
        assert [row.phrase[:7] for row in stored.capabilities] == ["turning", "a very "]


def test_what_does_not_fit_into_the_description_either_is_told(database: Database, tmp_path: Path) -> None:
    found = listings(database, table(tmp_path / "l.csv", {**OWNED, "description": "ab " * 1400}))
    assert told(found) == [(2, "description", "cut")]
    assert "201 characters" in found.shown[0].message
    with database.reading() as session:
        assert len(stored_listing(session).description) == 3999


def test_more_capabilities_than_fit_stand_in_the_description(database: Database, tmp_path: Path) -> None:
    row = {**OWNED, "capabilities": ";".join(f"process {n}" for n in range(25))}
    assert told(listings(database, table(tmp_path / "l.csv", row))) == [(2, "capabilities", "too_many")]
    with database.reading() as session:
        stored = stored_listing(session)
        assert len(stored.capabilities) == 20
        assert "process 24" in stored.description


WRONG = (
    ({"external_id": ""}, "external_id", "missing"),
    ({"side": "both"}, "side", "unknown_choice"),
    ({"side": ""}, "side", "missing"),
    ({"kind": "trade"}, "kind", "unknown_choice"),
    ({"title": ""}, "title", "missing"),
    ({"country": ""}, "country", "missing"),
    ({"country": "1A"}, "country", "unknown_country"),
    ({"language": "Klingon"}, "language", "unknown_language"),
    ({"sectors": "2592; 9999"}, "sectors", "unknown_sector"),
    ({"target_countries": "Atlantis"}, "target_countries", "unknown_country"),
    ({"partnership_types": "marriage"}, "partnership_types", "unknown_choice"),
    ({"sdgs": "18"}, "sdgs", "unknown_choice"),
    ({"quantity_per_year": "12", "quantity_unit": "bushels"}, "quantity_unit", "unknown_unit"),
    ({"lead_time_days": "soon"}, "lead_time_days", "not_a_number"),
    ({"anonymous": "perhaps"}, "anonymous", "not_yes_no"),
    ({"dissemination": "secret"}, "dissemination", "unknown_choice"),
    ({"valid_until": "2026-11-21"}, "valid_until", "past"),
    ({"response_deadline": "31.12.2026"}, "response_deadline", "not_a_date"),
    ({"published_on": "yesterday"}, "published_on", "not_a_date"),
    ({"tolerance_mm": "0.02 litres"}, "tolerance_mm", "unknown_unit"),
    ({"series_size": "huge"}, "series_size", "unknown_choice"),
    ({"requirements": "certificate ISO 9001"}, "requirements", "not_a_requirement"),
    ({"requirements": "colour: red"}, "requirements", "unknown_criterion"),
    ({"requirements": "tolerance_mm <= 2 litres"}, "requirements", "unknown_unit"),
    ({"requirements": "country: Atlantis"}, "requirements", "unknown_country"),
    ({"organisation_country": "Atlantis"}, "organisation_country", "unknown_country"),
    ({"organisation": "A" * 256}, "organisation", "too_long"),
    ({"organisation": "", "organisation_identifier": "ATU12345675"}, "organisation", "missing"),
    ({"external_id": "first"}, "external_id", "same_twice"),
    ({"summary": "a\x07b"}, "summary", "control_character"),
)


def test_what_cannot_be_read_is_reported_and_the_others_go_in(database: Database, tmp_path: Path) -> None:
    rows = [{**OWNED, "external_id": f"L-{n}", **cells} for n, (cells, _field, _code) in enumerate(WRONG)]
    first, last = ({**OWNED, "external_id": name} for name in ("first", "last"))
    summary = listings(
        database, table(tmp_path / "l.csv", first, *rows, last), report=tmp_path / "report.csv"
    )
    assert counts(summary) == (2, 0, 0, len(WRONG))
    reported = [problem[:3] for problem in problems_in(tmp_path / "report.csv") if problem[3] == "error"]
    assert reported == [(line, field, code) for line, (_cells, field, code) in enumerate(WRONG, start=3)]
    with database.reading() as session:
        assert session.scalars(sa.select(Listing.external_id)).all() == ["first", "last"]


def test_a_column_of_another_kind_is_told_once(database: Database, tmp_path: Path) -> None:
    rows = [{**OWNED, "external_id": f"L-{n}", "Currency": "EUR"} for n in range(3)]
    summary = listings(database, table(tmp_path / "l.csv", *rows))
    assert (counts(summary), told(summary)) == ((3, 0, 0, 0), [(2, "Currency", "of_another_kind")])


def test_what_looks_like_a_formula_stays_text(database: Database, tmp_path: Path) -> None:
    listings(database, table(tmp_path / "l.csv", {**OWNED, "title": "=cmd|' /C calc'!A0", "summary": "+1+1"}))
    with database.reading() as session:
        stored = stored_listing(session)
        assert (stored.title, stored.summary) == ("=cmd|' /C calc'!A0", "+1+1")


def test_a_dry_run_says_the_same_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    add_office(database, "spx-wien", "AT")
    listings(database, table(tmp_path / "l.csv", OWNED, {**OWNED, "external_id": "L-2"}))
    many = [{**OWNED, "external_id": f"N-{n}", "organisation": "Newcomer AG"} for n in range(501)]
    path = table(
        tmp_path / "m.csv",
        {**OWNED, "title": "Turning"},
        {**OWNED, "external_id": "L-2"},
        *many,
        offer(country=""),
    )
    before = everything(database)
    dry = listings(database, path, dry_run=True)
    assert everything(database) == before
    real = listings(database, path)
    assert counts(dry) == counts(real) == (501, 1, 1, 1)
    assert dry.codes == real.codes


def test_only_staff_may_import(database: Database, tmp_path: Path) -> None:
    path = table(tmp_path / "l.csv", OWNED)
    with pytest.raises(Forbidden):
        listings(database, path, Actor(user_id=7))
    own = add_office(database, "spx-wien", "AT")
    assert counts(listings(database, path, Actor(office_id=own))) == (1, 0, 0, 0)

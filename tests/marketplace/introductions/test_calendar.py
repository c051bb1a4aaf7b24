"""The calendar file, read back by a reader written from RFC 5545."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.introductions.queries.calendar import Entry, calendar_file


def entry(**given: object) -> Entry:
    values: dict[str, object] = {
        "uid": "INT-2026-00001-1@exchange.example.org",
        "sequence": 2,
        "changed_at": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        "starts_at": datetime(2026, 12, 1, 14, tzinfo=timezone(timedelta(hours=3))),
        "minutes": 90,
        "summary": "Nyota Works and Baobab Pumps",
        "place": "By video",
        "description": "Introduction INT-2026-00001",
        "url": "https://exchange.example.org/me/introductions/INT-2026-00001",
        "organiser": ("The Exchange", "exchange@example.org"),
        **given,
    }
    return Entry(**values)  # type: ignore[arg-type]


def properties(text: str) -> dict[str, str]:
    """Read a file as RFC 5545 says: unfold, split at the colon, take escapes away."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    found = {}
    for line in lines:
        name, _, value = line.partition(":")
        found[name] = re.sub(r"\\([\\;,nN])", lambda hit: {"n": "\n", "N": "\n"}.get(hit[1], hit[1]), value)
    return found


def test_times_are_utc_and_the_end_is_there() -> None:
    found = properties(calendar_file(entry()))
    assert found["DTSTART"] == "20261201T110000Z"
    assert found["DTEND"] == "20261201T123000Z"
    assert found["DTSTAMP"] == "20261120T093000Z"
    assert (found["VERSION"], found["METHOD"], found["STATUS"]) == ("2.0", "PUBLISH", "CONFIRMED")
    assert (found["UID"], found["SEQUENCE"]) == ("INT-2026-00001-1@exchange.example.org", "2")


def test_what_is_called_off_is_taken_out() -> None:
    found = properties(calendar_file(entry(method="CANCEL", sequence=3)))
    assert (found["METHOD"], found["STATUS"], found["SEQUENCE"]) == ("CANCEL", "CANCELLED", "3")
    assert found["UID"] == "INT-2026-00001-1@exchange.example.org"


def test_what_is_typed_begins_no_line_of_its_own() -> None:
    hostile = 'By video\r\nATTENDEE:mailto:x@example.org\nEND:VEVENT; a, b\\c "quoted"\u2028\x00'
    text = calendar_file(entry(place=hostile, organiser=('A "B"\r\nX:1', "exchange@example.org")))
    assert not re.search(r"^(ATTENDEE|X)", text, re.MULTILINE)
    assert text.count("END:VEVENT\r\n") == 1
    place = 'By video\nATTENDEE:mailto:x@example.org\nEND:VEVENT; a, b\\c "quoted"'
    assert properties(text)["LOCATION"].rstrip("\n") == place
    assert "ORGANIZER;CN=\"A 'B'X:1\":mailto:exchange@example.org" in text


@pytest.mark.parametrize("text", ["é" * 200, "会" * 100, "a" * 75, "𝄞" * 60, "مرحبا " * 40])
def test_long_lines_are_folded_at_75_octets_and_no_character_is_cut(text: str) -> None:
    written = calendar_file(entry(summary=text))
    assert max(len(line) for line in written.encode().split(b"\r\n")) <= 75
    for line in written.encode().split(b"\r\n"):
        line.decode()
    assert properties(written)["SUMMARY"] == text


@given(st.text(max_size=300))
def test_any_text_comes_back_apart_from_what_cannot_be_printed(text: str) -> None:
    written = calendar_file(entry(place=text.replace("\ud800", "")))
    assert all(len(line) <= 75 for line in written.encode("utf-8", "surrogatepass").split(b"\r\n"))
    assert set(properties(written)) >= {"LOCATION", "DTSTART", "END"}

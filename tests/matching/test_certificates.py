"""Certificates are the same under the many names that people give them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.certificates import SCHEME_CHARS, Scheme, parse_schemes


@pytest.mark.parametrize(
    "text",
    ["ISO 9001", "ISO 9001:2015", "DIN EN ISO 9001", "iso9001", "EN ISO 9001-2015", "ISO 9001 2008", "9001",
     "Quality management system certified to BS EN ISO 9001 : 2015", "UNI EN ISO 9001:2015", "DIN 9001"],
)  # fmt: skip
def test_iso_9001_has_many_names(text: str) -> None:
    assert parse_schemes(text) == (Scheme("iso", "9001", ""),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ISO 9002", Scheme("iso", "9002", "")),
        ("ISO/TS 16949", Scheme("iatf", "16949", "")),
        ("IATF 16949:2016", Scheme("iatf", "16949", "")),
        ("16949", Scheme("iatf", "16949", "")),
        ("AS9100D", Scheme("en", "9100", "")),
        ("EN 9100", Scheme("en", "9100", "")),
        ("BS OHSAS 18001", Scheme("ohsas", "18001", "")),
        ("ISO/IEC 27001:2013", Scheme("iso", "27001", "")),
        ("EN 1090-2", Scheme("en", "1090", "2")),
        ("SA 8000", Scheme("sa", "8000", "")),
        ("7777", Scheme("", "7777", "")),
        ("system 7777", Scheme("", "7777", "")),
        ("GOTS", Scheme("gots", "", "")),
        ("Halal certificate", Scheme("halal", "", "")),
        ("certificate", Scheme("certificate", "", "")),
        ("VDA 6.3", Scheme("vda 6 3", "", "")),
    ],
)
def test_schemes(text: str, expected: Scheme) -> None:
    assert parse_schemes(text) == (expected,)


def test_lists_of_schemes() -> None:
    assert parse_schemes("ISO 9001, 14001 und EN 1090-1, 3834-2") == (
        Scheme("iso", "9001", ""),
        Scheme("iso", "14001", ""),
        Scheme("en", "1090", "1"),
        Scheme("en", "3834", "2"),
    )


@pytest.mark.parametrize("text", ["", " ", "--", "\x00"])
def test_nothing_names_nothing(text: str) -> None:
    assert parse_schemes(text) == ()


def test_a_part_answers_for_the_whole_not_for_another_part() -> None:
    whole, first, second = (parse_schemes(f"EN 1090{part}")[0] for part in ("", "-1", "-2"))
    assert whole.satisfied_by(first)
    assert not first.satisfied_by(second)
    assert not first.satisfied_by(whole)


@given(st.text(max_size=SCHEME_CHARS + 20))
def test_any_text_can_be_read(text: str) -> None:
    assert all(scheme.family or scheme.number for scheme in parse_schemes(text))


@pytest.mark.parametrize("text", ["a" * 100_000, "a " * 50_000, "9001 " * 20_000, "12345" * 20_000])
def test_long_texts_are_quick(text: str) -> None:
    start = time.thread_time()
    parse_schemes(text)
    assert time.thread_time() - start < 0.1

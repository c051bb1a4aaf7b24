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
     "Quality management system certified to BS EN ISO 9001 : 2015", "UNI EN ISO 9001:2015", "DIN 9001",
     "ИСО 9001", "ГОСТ Р ИСО 9001-2015", "СТ РК ИСО 9001", "сертификат 9001", "أيزو 9001",
     "شهادة الأيزو ٩٠٠١:٢٠١٥", "国际标准 ISO 9001", "通过ISO9001认证", "ISO9001质量管理体系认证",
     "GB/T 19001-2016", "GB/T 19001-2016 idt ISO 9001:2015", "NF EN ISO 9001", "UNE-EN ISO 9001:2015",
     "ABNT NBR ISO 9001", "NBR 9001", "SANS 9001", "JIS Q 9001:2015", "TS EN ISO 9001",
     "AS/NZS ISO 9001", "TCVN ISO 9001",
     "ISO 9001 (2015)", "ISO 9001/2015", "ISO 9001:2015/Amd 1:2024", "TÜV ISO 9001",
     "Bureau Veritas: ISO 9001", "certificado 9001", "JIS Z 9901"],
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
        ("VDA 6.3 report 1", Scheme("vda 6 3", "", "report")),
        ("ISO 18001", Scheme("ohsas", "18001", "")),
        ("GB/T 28001", Scheme("ohsas", "18001", "")),
        ("YY/T 0287", Scheme("iso", "13485", "")),
        ("GB 4706", Scheme("gb", "4706", "")),
        ("JIS Q 9100", Scheme("en", "9100", "")),
        ("FSSC 22000", Scheme("fssc", "22000", "")),
        ("ГОСТ 31814", Scheme("gost", "31814", "")),
        ("Alpha 7777", Scheme("alpha", "7777", "")),
        ("认证 7777", Scheme("", "7777", "")),
        ("CE", Scheme("ce", "", "")),
        ("CE marking", Scheme("ce", "", "")),
        ("marquage CE", Scheme("ce", "", "")),
        ("маркировка CE", Scheme("ce", "", "")),
        ("CE certificate no. 1234567", Scheme("ce", "", "")),
        ("OEKO-TEX", Scheme("oeko tex", "", "")),
        ("Öko-Tex", Scheme("oeko tex", "", "")),
        ("STANDARD 100 by OEKO-TEX®", Scheme("oeko tex", "", "")),
        ("OEKO-TEX Standard 100", Scheme("oeko tex", "", "")),
        ("OEKO-TEX STeP", Scheme("oeko tex", "", "step")),
        ("FSC", Scheme("fsc", "", "")),
        ("FSC-C123456", Scheme("fsc", "", "")),
        ("FSC CoC C012345", Scheme("fsc", "", "coc")),
        ("PEFC/12-34-567", Scheme("pefc", "", "")),
        ("ХАССП", Scheme("haccp", "", "")),
        ("GlobalG.A.P.", Scheme("globalgap", "", "")),
        ("UL 508", Scheme("ul", "508", "")),
        ("UL listed", Scheme("ul listed", "", "")),
        ("TÜV", Scheme("tuv", "", "")),
        ("2015", Scheme("", "2015", "")),
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


def test_named_schemes_stand_in_lists_too() -> None:
    assert parse_schemes("HACCP, FSC & ISO 22000") == (
        Scheme("haccp", "", ""),
        Scheme("fsc", "", ""),
        Scheme("iso", "22000", ""),
    )
    assert parse_schemes("TÜV, SGS") == (Scheme("tuv", "", ""), Scheme("sgs", "", ""))


def test_an_edition_is_read_and_tells_no_schemes_apart() -> None:
    (old,), (new,), (bare,) = (parse_schemes(f"ISO 9001{year}") for year in (":2008", ":2015", ""))
    assert old == new == bare
    assert (old.edition, new.edition, bare.edition) == (2008, 2015, 0)
    assert str(old) == str(new)
    assert new.outdates(old)
    assert not any((old.outdates(new), new.outdates(new), new.outdates(bare), bare.outdates(old)))


def test_a_national_print_may_follow_its_edition() -> None:
    asked, held = parse_schemes("GB/T 24001-2016")[0], parse_schemes("ISO 14001:2015")[0]
    assert asked.satisfied_by(held)
    assert not asked.outdates(held)


@pytest.mark.parametrize(
    ("asked", "held", "may"),
    [
        ("EN 1090-2", "EN 1090", True),
        ("EN 1090-2", "EN 1090-1", False),
        ("ISO 7777", "7777", True),
        ("7777", "ISO 7777", True),
        ("ISO 7777", "DIN 7777", False),
        ("ISO 9001", "ISO 14001", False),
        ("ISO 9001", "certified quality management system", True),
        ("certified", "ISO 9001", True),
        ("ISO 9001", "знак качества", True),
        ("绿色食品", "Green Food", True),
        ("ISO 9001", "CE", False),
        ("CE", "ISO 9001", False),
        ("FSC CoC", "FSC", True),
        ("FSC", "PEFC", False),
        ("USDA organic", "EU organic", False),
        ("something new", "entirely different", False),
        ("Naturland gold", "Naturland", True),
    ],
)
def test_what_might_answer_after_all(asked: str, held: str, may: bool) -> None:  # noqa: FBT001 - an example
    wanted, stated = parse_schemes(asked)[0], parse_schemes(held)[0]
    assert not wanted.satisfied_by(stated)
    assert wanted.may_be(stated) is may


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


@pytest.mark.parametrize(
    "text",
    ["a" * 100_000, "a " * 50_000, "9001 " * 20_000, "12345" * 20_000, "oeko tex " * 20_000, "ﷺ" * 50_000],
)
def test_long_texts_are_quick(text: str) -> None:
    start = time.thread_time()
    parse_schemes(text)
    assert time.thread_time() - start < 0.1

from __future__ import annotations

import time

import pytest

from marketplace.listings.services.contacts import Sort, find_contacts

GIVEN_AWAY = [
    ("Write to info@firm.example.com", "DE", Sort.EMAIL),
    ("mail: john.doe (at) firm (dot) com", "US", Sort.EMAIL),
    ("name (at) firm dot com", "US", Sort.EMAIL),
    ("name [at] firm [dot] com", "US", Sort.EMAIL),
    ("sales at weberei dot de", "DE", Sort.EMAIL),
    ("ventas arroba taller punto com", "ES", Sort.EMAIL),
    ("contact arrobase usine point fr", "FR", Sort.EMAIL),
    ("почта собака завод точка ру", "RU", Sort.EMAIL),
    ("john＠firm.com", "US", Sort.EMAIL),
    ("info @ firm . com", "US", Sort.EMAIL),
    ("in\u200bfo@firm\u200b.com", "US", Sort.EMAIL),
    ("Call +49 30 1234567", "DE", Sort.PHONE),
    ("Tel. 030 1234567", "DE", Sort.PHONE),
    ("Tél : 01 42 68 53 00", "FR", Sort.PHONE),
    ("Téléphone 0142685300", "FR", Sort.PHONE),
    ("WhatsApp +254 712 345678", "KE", Sort.PHONE),
    ("whatsapp 0712345678", "KE", Sort.PHONE),
    ("тел. 8 (495) 123-45-67", "RU", Sort.PHONE),
    ("هاتف ٠٢ ٢٧٩٤ ١٢٣٤", "EG", Sort.PHONE),
    ("电话：010-12345678", "CN", Sort.PHONE),
    ("0049 30 123456", "DE", Sort.PHONE),
    ("phone (212) 555-0123", "US", Sort.PHONE),
    ("+49(0)30/123456", "DE", Sort.PHONE),
    ("we answer under 01 533 44 85", "AT", Sort.PHONE),
    ("see www.firm.com", "US", Sort.LINK),
    ("https://firm.example/offer", "US", Sort.LINK),
    ("hxxp://firm.com", "US", Sort.LINK),
    ("our site firm.com has more", "US", Sort.LINK),
    ("visit firm dot com", "US", Sort.LINK),
    ("www dot firm dot com", "US", Sort.LINK),
    ("see steel-works.de", "DE", Sort.LINK),
    ("firma.com.tr", "TR", Sort.LINK),
    ("t.me/firm", "RU", Sort.LINK),
    ("wechat: firm_sales", "CN", Sort.HANDLE),
    ("Telegram @firm_sales", "RU", Sort.HANDLE),
    ("Skype: firm.sales", "DE", Sort.HANDLE),
]
INNOCENT = [
    "CNC turning of brass fittings, ±0.02 mm",
    "tolerance +0.000/-0.021",
    "EN 10025-2:2019 and ISO 9001:2015",
    "1 200 000 pieces per year",
    "1.200.000 Stück",
    "1200 x 800 x 400 mm",
    "EUR 2 500 000 total cost",
    "valid 2026-11-22 to 2027-12-31",
    "stainless steel 1.4301 / AISI 304L",
    "aluminium 6082-T6, 7075-T651",
    "HS 8483.40, CPV 44316400-2",
    "Ra 0.8 µm, IT7, Ø 12.5 H7",
    "delivery at the plant, dot matrix marking",
    "We meet at noon at the point of sale",
    "production in .NET and ASP.NET",
    "parts delivered.In time",
    "4,500 m³/day, COD 2,500 mg/l",
    "order 10 000 – 25 000 pcs",
    "machines: NLX 2500/700, VF-2",
    "TRL 7 at 200 kg/h",
    "DIN 933 M8x40 8.8",
    "drawing 4711-0815-001",
    "temperature up to 1,200 °C at 16 bar",
    "ролики 6205-2RS, 150 000 шт в год",
    "Pièces tournées, 25 000 pièces par an",
    "齿轮 20000 件 每年",
    "قطع غيار ٢٠٠٠٠ قطعة",
    "a 5-axis machine, 24/7, 3 shifts",
    "e.g. gears, shafts etc.",
    "capacity 160 h/month in 2026/2027",
    "patent EP 1234567 B1",
    "item no. 0012345678",
    "M.Sc. engineers, approx. 40 people",
]


@pytest.mark.parametrize(("text", "country", "sort"), GIVEN_AWAY)
def test_a_contact_is_found_however_it_is_written(text: str, country: str, sort: Sort) -> None:
    assert sort in {contact.sort for contact in find_contacts(text, country)}
    assert sort in {contact.sort for contact in find_contacts(f"We turn parts. {text}\nThank you.", country)}


@pytest.mark.parametrize("text", INNOCENT)
@pytest.mark.parametrize("country", ["AT", "CN", "DE", "EG", "FR", "IN", "KE", "RU", "US", ""])
def test_the_trades_own_figures_and_words_are_no_contacts(text: str, country: str) -> None:
    assert find_contacts(text, country) == ()


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5000,
        "a." * 2500,
        "1 " * 2500,
        "+1 " * 1600,
        "a at " * 1000,
        "tel " * 1200,
        "a@" * 2500,
        "(at)" * 1250,
        "_" * 5000,
    ],
)
def test_a_hostile_text_does_not_hold_anybody_up(text: str) -> None:
    started = time.thread_time()
    find_contacts(text, "DE")
    assert time.thread_time() - started < 1

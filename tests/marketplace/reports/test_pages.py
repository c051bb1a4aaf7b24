"""The report as an officer reads it, and as files."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

from marketplace import clock
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Listing
from marketplace.offices.models import Office
from marketplace.organisations.models import Organisation
from marketplace.reports.queries.figures import FIGURES, Measure
from marketplace.reports.queries.scope import Quarter
from marketplace.reports.services.close import close_next
from marketplace.reports.views.wording import GROUPS, NAMES
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.visitor import words

S = IntroductionState
PLACE = "/desk/reports"


@pytest.fixture
def site(app: Flask) -> Site:
    return Site(app)


def links(page: str) -> list[tuple[str, str]]:
    """Return address and number of every figure that opens a list."""
    found = re.findall(r'<a href="(/desk/reports/[^"]+)">([^<]+)</a>', page)
    return [(address.replace("&amp;", "&"), told) for address, told in found]


def test_every_figure_has_a_name_a_meaning_and_a_place() -> None:
    assert set(NAMES) == set(FIGURES)
    assert sorted(name for _heading, names in GROUPS for name in names) == sorted(FIGURES)


def test_each_number_opens_a_list_of_so_many(site: Site) -> None:
    site.world.reach(S.AGREED)
    with site.world.database.transaction() as session:
        session.execute(sa.update(Listing).values(sdgs=[3, 13]))
    page = site.browser("first").get(PLACE).text
    told = words(page)
    assert "SPX Accra" in told
    assert "the quarter is not over" in told
    found = links(page)
    assert len(found) > 15
    browser = site.browser("first")
    for address, number in found:
        behind = words(browser.get(address).text)
        whole = re.search(r"–(\d+) of (\d+)", behind)
        assert whole is not None, address
        counts = FIGURES[re.split(r"[/?]", address)[3]].measure is Measure.COUNT
        if counts and number.isdigit():
            assert whole[2] == number, address
    assert any("part=pair:GH-KE" in address or "part=pair%3AGH-KE" in address for address, _n in found)
    assert "Good health and well-being" in told
    assert "Climate action" in told


def test_a_share_says_of_how_many_it_is(site: Site) -> None:
    with site.world.database.transaction() as session:
        session.execute(sa.update(Organisation).values(women_led=False))
        session.get_one(Organisation, site.world.maker).women_led = True
        count = session.scalar(sa.select(sa.func.count()).select_from(Organisation))
        session.execute(sa.update(Organisation).values(office_id=site.world.first_office))
    assert count == 3
    browser = site.browser("first")
    page = browser.get(PLACE).text
    assert "33 % (3)" in words(page)
    assert "of 100" not in words(page)
    behind = words(browser.get(f"{PLACE}/organisations-women-led").text)
    assert "33 % of 3 that are counted" in behind


def test_the_kinds_stand_in_one_table(site: Site) -> None:
    page = site.browser("first").get(PLACE).text
    part = page[page.index('id="kinds"') : page.index('id="pairs"')]
    assert part.count("<table") == 1
    assert part.count('<svg class="chart-drawing') == 1
    assert "part=kind" in part


def test_an_agreement_of_today_is_counted_in_the_quarter_that_runs(site: Site) -> None:
    browser = site.browser("first")
    address = f"{PLACE}/agreements"
    assert "Nothing was counted" in words(browser.get(address).text)
    site.world.reach(S.AGREED)
    assert "Shafts wanted" in words(browser.get(address).text)
    before = Quarter.of(clock.now()).shifted(-1)
    assert "Nothing was counted" in words(browser.get(f"{address}?quarter={before}").text)


def test_what_is_not_of_ones_office_is_counted_without_its_title(site: Site) -> None:
    site.world.reach(S.SENT)
    address = f"{PLACE}/introductions-sent?of=network"
    unrelated = words(site.browser("unrelated").get(address).text)
    for text in ("Shafts wanted", "Nyota Works", "Baobab Pumps"):
        assert text not in unrelated
    assert "Another office’s" in unrelated
    assert "1–1 of 1" in unrelated
    for ending in ("csv", "xlsx"):
        answer = site.browser("unrelated").get(f"{PLACE}/introductions-sent.{ending}?of=network")
        assert answer.status_code == 200
        assert b"Shafts wanted" not in answer.data
    assert "Shafts wanted" in words(site.browser("first").get(address).text)


def test_an_officer_who_belongs_to_a_side_does_not_see_its_introductions(site: Site) -> None:
    site.world.reach(S.SENT)
    site.world.take_part(site.world.first, site.world.maker)
    told = words(site.browser("first").get(f"{PLACE}/introductions-sent?of=network").text)
    assert "Shafts wanted" not in told
    assert "1–1 of 1" in told


def test_no_name_or_contact_of_a_side_is_in_any_report(site: Site) -> None:
    with site.world.database.transaction() as session:
        session.execute(sa.update(Organisation).values(email="planted@example.org", phone="+233 555 0199"))
    site.world.reach(S.SENT, site.world.express(sought="Planted words."))
    browser = site.browser("second")
    for name in FIGURES:
        for ending in ("", ".csv"):
            text = browser.get(f"{PLACE}/{name}{ending}?of=network").text
            for planted in ("planted@example.org", "555 0199", "Planted words."):
                assert planted not in text, name


def test_office_country_and_network(site: Site) -> None:
    site.world.reach(S.SENT)
    with site.world.database.transaction() as session:
        for number, office in enumerate(session.scalars(sa.select(Office).order_by(Office.id))):
            office.name = f"Office {number}"
    browser = site.browser("unrelated")
    for of, counted in (
        ("network", True),
        ("office:SPX-1", True),
        ("office:SPX-2", True),
        ("office:SPX-3", False),
        ("country:KE", True),
        ("country:GH", True),
        ("country:FR", False),
    ):
        page = words(browser.get(f"{PLACE}/introductions-sent?of={of}").text)
        assert ("1–1 of 1" in page) is counted, of
        assert browser.get(f"{PLACE}?of={of}").status_code == 200
    assert "Nothing was counted from" in words(browser.get(f"{PLACE}?of=country:FR").text)
    assert "Office 2" in words(browser.get(PLACE).text)
    assert "The network" in words(site.browser("admin").get(PLACE).text)


@pytest.mark.parametrize(
    "wrong",
    [
        "?of=office:NOBODY",
        "?of=country:XX",
        "?of=everything",
        "?quarter=2026-Q9",
        "/nonsense",
        "/agreements?part=kind:nonsense",
        "/agreements?part=pair:GH",
        "/agreements?part=pair:GH-XX",
        "/agreements?part=sdg:18",
        "/agreements?part=nonsense",
        "/agreements.pdf",
        "/nonsense.csv",
    ],
)
def test_what_is_no_report_is_not_found(site: Site, wrong: str) -> None:
    assert site.browser("first").get(f"{PLACE}{wrong}").status_code == 404


def test_an_old_quarter_and_a_page_that_is_not_there(site: Site) -> None:
    browser = site.browser("first")
    assert browser.get(f"{PLACE}?quarter=2001-Q2").status_code == 200
    site.world.reach(S.SENT)
    assert "There is no such page" in words(browser.get(f"{PLACE}/introductions-sent?page=9").text)


def test_a_closed_quarter_says_so_and_what_is_gone_is_still_in_it(site: Site) -> None:
    past = Quarter.of(clock.now()).shifted(-2)
    at = past.start + timedelta(days=9)
    key = site.world.market.listing("offer", site.world.maker, submitted_at=at, published_at=at)
    with site.world.database.transaction() as session:
        while close_next(session, now=clock.now()) is not None:
            pass
        listing = session.get_one(Listing, key)
        title, listing.title = "Rings of bronze", "Rings of bronze"
    browser = site.browser("first")
    address = f"{PLACE}/enquiries-received?of=network&quarter={past}"
    said = "these figures stay as they were then"
    assert said in words(browser.get(f"{PLACE}?of=network&quarter={past}").text)
    assert said not in words(browser.get(f"{PLACE}?of=network").text)
    behind = words(browser.get(address).text)
    assert said in behind
    assert title in behind
    lines = read_csv(browser.get(f"/desk/report.csv?of=network&quarter={past}").data)
    day = clock.now().date().isoformat()
    assert ["Enquiries received", "", "", "number", str(past), "1", "1", day] in lines
    with site.world.database.transaction() as session:
        session.execute(sa.delete(Listing).where(Listing.id == key))
    behind = words(browser.get(address).text)
    assert title not in behind
    assert "Not there any more" in behind
    assert "1–1 of 1" in behind


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_files_hold_what_the_page_holds(site: Site) -> None:
    site.world.reach(S.AGREED)
    browser = site.browser("first")
    answer = browser.get("/desk/report.csv")
    quarter = str(Quarter.of(clock.now()))
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="report-office-spx-1-{quarter}.csv"'
    )
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = read_csv(answer.data)
    assert lines[0] == ["Figure", "By", "Part", "Unit", "Quarter", "Value", "Counted", "Closed on"]
    assert ["Agreements", "", "", "number", quarter, "1", "1", ""] in lines
    assert ["Agreements", "Kind", "Subcontracting", "number", quarter, "1", "1", ""] in lines
    assert ["Agreements", "Countries", "Ghana – Kenya", "number", quarter, "1", "1", ""] in lines
    book = load_workbook(io.BytesIO(browser.get("/desk/report.xlsx").data))
    sheet = [["" if cell is None else str(cell) for cell in row] for row in book.active.values]  # type: ignore[union-attr]
    assert sheet[0] == lines[0]
    assert len(sheet) == len(lines)
    assert browser.get("/desk/report.pdf").status_code == 404


def test_the_list_behind_a_figure_as_a_file(site: Site) -> None:
    site.world.reach(S.ACCEPTED)
    browser = site.browser("first")
    lines = read_csv(browser.get(f"{PLACE}/side-days.csv").data)
    assert lines[0][-1] == "days"
    assert lines[1][1] == "Shafts wanted"
    lines = read_csv(browser.get(f"{PLACE}/least-developed.csv?part=kind:subcontracting").data)
    assert (lines[0][-1], lines[1][-1]) == ("Counts (1) or not (0)", "0.0")
    lines = read_csv(browser.get(f"{PLACE}/organisations-profiled.csv?of=network").data)
    assert lines[1][4:6] == ["Ghana", ""]
    book = load_workbook(io.BytesIO(browser.get(f"{PLACE}/side-days.xlsx").data))
    assert [cell.value for cell in book.worksheets[0][2]][1] == "Shafts wanted"


def test_a_title_is_never_a_formula(site: Site) -> None:
    with site.world.database.transaction() as session:
        session.execute(sa.update(Listing).values(title='=HYPERLINK("http://example.org")'))
    site.world.reach(S.ACCEPTED)
    browser = site.browser("first")
    address = f"{PLACE}/introductions-accepted"
    assert read_csv(browser.get(f"{address}.csv").data)[1][1].startswith("'=")
    book = load_workbook(io.BytesIO(browser.get(f"{address}.xlsx").data))
    cell = book.worksheets[0]["B2"]
    assert (cell.data_type, str(cell.value)[:2]) == ("s", "'=")


def test_only_staff_knows_of_reports(site: Site) -> None:
    member = site.browser("maker_person")
    for address in (
        PLACE,
        f"{PLACE}/agreements",
        f"{PLACE}/agreements.csv",
        "/desk/report.csv",
        "/desk/calibration",
    ):
        assert member.get(address).status_code == 404


def test_the_number_of_queries_does_not_grow(site: Site) -> None:
    queries: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        queries.append(statement)

    browser = site.browser("first")
    sa.event.listen(site.world.database.engine, "before_cursor_execute", note)
    addresses = (PLACE, f"{PLACE}/introductions-begun", f"{PLACE}/enquiries-received?of=network")
    counts = []
    for turn in range(2):
        if turn:
            for _one in range(3):
                site.world.express(own=site.world.market.listing("offer", site.world.maker))
                site.world.do("withdraw", _newest(site))
        queries.clear()
        for address in addresses:
            browser.get(address)
        counts.append(len(queries))
    sa.event.remove(site.world.database.engine, "before_cursor_execute", note)
    assert counts[0] == counts[1]


def _newest(site: Site) -> int:
    with site.world.database.reading() as session:
        return session.scalars(sa.select(Introduction.id).order_by(Introduction.id.desc()).limit(1)).one()

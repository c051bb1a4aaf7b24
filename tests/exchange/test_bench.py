"""``exchange bench matching`` measures the engine beside what people would use instead."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from exchange.bench import exactness, rivals
from exchange.bench.engine import AllPairs, Asking, Filling, Finding
from exchange.bench.exactness import Exactness
from exchange.bench.measure import Times, percentile, time_each
from exchange.bench.report import Report, lines
from exchange.bench.start import Start
from matching.evaluation.synthetic import SyntheticListings
from matching.index import Index
from matching.reading import Reader
from matching.types import Found, Hit, Listing
from tests.exchange.shell import Shell

FEW = ("--listings", "300", "--requests", "3", "--pairs", "200", "--no-encoder", "--budget", "0.2")


def rising(times: dict[str, Any]) -> bool:
    return 0 < times["p50"] <= times["p90"] <= times["p99"]


def test_a_small_run_yields_every_figure(shell: Shell) -> None:
    answer = shell("bench", "matching", *FEW, "--json")
    assert answer.code == 0, answer.err
    assert "Putting in 300 offers" in answer.err
    found = json.loads(answer.out)
    assert (found["listings"], found["seed"], found["encoder"]) == (300, 1, False)
    assert found["machine"]["cores"] >= 1
    assert {"python", "numpy", "numba", "rapidfuzz"} < set(found["machine"])
    assert all(rising(found["asking"][how]) for how in ("cold", "first", "warm"))
    assert [found["asking"][how]["count"] for how in ("cold", "first", "warm")] == [3, 3, 6]
    assert rising(found["finding"]["times"])
    assert (found["finding"]["times"]["count"], found["finding"]["missed"]) == (50, 0)
    filling = found["filling"]
    assert filling["adds_per_second"] == pytest.approx(300 / filling["seconds"])
    assert min(filling["listing_bytes"], filling["phrase_bytes"], filling["peak_bytes"]) > 0
    assert filling["vector_bytes"] == 0
    start = found["start"]
    assert start["snapshot_bytes"] > 300 * 8
    assert start["hits"] == 20
    assert start["process_seconds"] > start["load_seconds"] + start["answer_seconds"] > 0
    pairs = found["all_pairs"]
    assert (pairs["listings"], pairs["hits"]) == (200, 200 * 20)
    assert pairs["seconds"] > 0
    assert found["exactness"]["exact"]
    assert found["exactness"]["pairs"] == 2 * 3 * found["exactness"]["offers"] > 500
    assert {rival["name"] for rival in found["rivals"]} == {"bm25s", "tantivy", "rapidfuzz"}
    for rival in found["rivals"]:
        assert rising(rival["times"])
        assert rival["hits"] == 20
        assert rival["ratio_p50"] == pytest.approx(rival["times"]["p50"] / found["asking"]["warm"]["p50"])
    assert [rival["name"] for rival in found["left_out"]] == ["pg_trgm"]
    assert "EXCHANGE_DATABASE_URL" in found["left_out"][0]["why"]


def test_people_get_a_table() -> None:
    times = Times(6, 2.0, 3.0, 5.0)
    report = Report(
        machine={"cores": 2},
        listings=1_000,
        phrases=100,
        seed=1,
        prose=0.1,
        encoder=False,
        filling=Filling(2.0, 500.0, 0.5, 0.125, 90.0, 30.5, 0.0, 200 << 20),
        asking=Asking(times, times, times),
        finding=Finding(times, 0),
        start=Start(0.5, 3 << 20, 0.25, 0.0625, 0.001, 1.5, 20),
        all_pairs=AllPairs(1_000, 1.0, 14.75, 20_000),
        exactness=Exactness(20, 300, 12_000, ("all: place 1 is wrong",)),
        rivals=(rivals.Ran("tantivy", "BM25", 0.5, Times(6, 5.0, 6.0, 7.0), 20),),
        left_out=(rivals.LeftOut("pg_trgm", "no PostgreSQL"),),
    )
    said = "\n".join(" ".join(line.split()) for line in lines(report))
    for line in (
        "1,000 offers of 100 phrases, seed 1; cores 2",
        "encoder off; 10% of the listings with prose of their own",
        "one request, phrases known (6) 2.00 3.00 5.00",
        "adds per second 500",
        "a listing's columns and postings 90.0 bytes",
        "process, at most 200 MiB",
        "snapshot 3.0 MiB, saved in 0.50 s",
        "new process: snapshot to index 0.250 s",
        "all pairs, 1,000 × 1,000 14.75 s",
        "NOT EXACT: 20 requests × 300 offers, explained one by one",
        "all: place 1 is wrong",
        "tantivy: BM25 2.00 5.00 6.00 7.00 2.50× 6 0.5 s",
        "pg_trgm was left out: no PostgreSQL",
    ):
        assert line in said.splitlines()


def test_postgresql_answers_and_stays_as_it_was(postgres_url: str) -> None:
    def things() -> list[tuple[str]]:
        address = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as connection:
            return connection.execute(
                "SELECT nspname::text FROM pg_namespace UNION ALL SELECT extname FROM pg_extension "
                "UNION ALL SELECT relname FROM pg_class WHERE relname LIKE 'offer%' ORDER BY 1"
            ).fetchall()

    made = SyntheticListings(300)
    offers = list(made.offers(300))
    before = things()
    rival = next(one for one in rivals.rivals(postgres_url) if one.name == "pg_trgm")
    with rival.build([rivals.text_of(offer) for offer in offers]) as search:
        assert search(rivals.text_of(offers[42]))[0] == 42
    assert things() == before


@pytest.mark.parametrize("name", ["bm25s", "tantivy", "rapidfuzz"])
def test_each_rival_finds_an_offer_by_its_own_words(name: str) -> None:
    offers = [rivals.text_of(offer) for offer in SyntheticListings(200).offers(200)]
    rival = next(one for one in rivals.rivals(None) if one.name == name)
    with rival.build(offers) as search:
        found = search(offers[42])
    assert len(found) == 20
    assert 42 in found[:2]


def test_a_database_that_does_not_answer_is_left_out_with_the_reason() -> None:
    made = SyntheticListings(100)
    rival = next(one for one in rivals.rivals("postgresql://127.0.0.1:1/none") if one.name == "pg_trgm")
    left = rivals.run(rival, made.offers(5), list(made.requests(1)), 1.0)
    assert isinstance(left, rivals.LeftOut)
    assert "does not answer" in left.why


def test_a_package_that_is_not_installed_is_named_with_what_to_do() -> None:
    with pytest.raises(rivals.NotInstalled, match=r"nosuchsearch is not installed.*--group bench"):
        rivals.package("nosuchsearch")


def test_the_check_notices_a_wrong_answer() -> None:
    class Careless(Index):
        """An index that loses its best hit and is generous with the rest."""

        def best(
            self, listing: Listing, k: int, today: date, minimum: float = 0.0, *, hard: bool = True
        ) -> Found:
            hits = super().best(listing, k, today, minimum, hard=hard).hits
            return Found(tuple(Hit(hit.id, hit.total + 1) for hit in hits[1:]))

    made = SyntheticListings(100, seed=2)
    offers, requests, reader = list(made.offers(40)), list(made.requests(1)), Reader()
    right, wrong = Index(reader), Careless(reader)
    right.put_many(offers)
    wrong.put_many(offers)
    assert exactness.check(right, reader, requests, offers).differences == ()
    told = exactness.check(wrong, reader, requests, offers).differences
    assert len(told) == 1
    assert told[0].startswith("all: place 1 is ")


@given(st.lists(st.floats(0, 1_000), min_size=1, max_size=200))
def test_percentiles_are_times_that_were_measured(seconds: list[float]) -> None:
    times = Times.of(seconds)
    assert times.count == len(seconds)
    assert times.p50 <= times.p90 <= times.p99 <= 1_000 * max(seconds)
    assert {times.p50, times.p90, times.p99} <= {1_000 * one for one in seconds}
    assert sum(1_000 * one <= times.p90 for one in seconds) >= 0.9 * len(seconds)


def test_percentiles_by_nearest_rank() -> None:
    ordered = [float(n) for n in range(1, 101)]
    assert [percentile(ordered, share) for share in (0.5, 0.9, 0.99, 1.0)] == [50, 90, 99, 100]
    assert percentile([7.0], 0.5) == 7


def test_when_the_time_is_used_up_no_more_is_measured_but_one_always_is() -> None:
    asked: list[int] = []
    assert len(time_each(asked.append, range(5), budget_seconds=0)) == 1
    assert len(time_each(asked.append, range(5))) == 5
    assert asked == [0, 0, 1, 2, 3, 4]

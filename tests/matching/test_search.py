from __future__ import annotations

from matching import search
from matching.search import TEXT_WEIGHT, Finder
from matching.types import Kind, Listing, Side


def listing(number: int, title: str, text: str = "") -> Listing:
    return Listing(number, Side.OFFER, Kind.SUBCONTRACTING, title, text=text)


def test_words_are_forgiven_and_the_last_one_may_be_a_beginning() -> None:
    finder = Finder()
    finder.put(listing(1, "Stainless steel welding"))
    finder.put(listing(2, "Weaving", "we also weld"))
    assert [found for found, _ in finder.find("stainles weldng", 5)] == [1]
    assert [found for found, _ in finder.find("wel", 5)] == [1, 2]
    assert finder.find("weaving", 5) == [(2, 1.0)]
    assert finder.find("weld", 5)[1] == (2, TEXT_WEIGHT)
    assert finder.find("", 5) == finder.find("hydroforming", 5) == []
    assert finder.find("xy", 5) == []


def test_a_changed_listing_replaces_the_old_one_and_a_removed_one_goes() -> None:
    finder = Finder()
    finder.put(listing(1, "Welding"))
    finder.put(listing(1, "Weaving"))
    assert finder.find("welding", 5) == []
    finder.remove(1)
    finder.remove(1)
    assert finder.find("weaving", 5) == []


def test_only_so_many_words_of_a_listing_count() -> None:
    finder = Finder()
    finder.put(listing(1, "Welding", " ".join(f"{n}mm" for n in range(search.WORDS + 50))))
    assert finder.find("5mm", 5)
    assert finder.find(f"{search.WORDS + 40}mm", 5) == []

"""How well the resolver finds the classes of phrases whose classes are known."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from matching.evaluation.files import lines_of, text_of
from matching.folding import fold
from matching.isic import is_sector, sectors
from matching.resolver import Phrase
from matching.resolver.resolver import TOP, SectorResolver
from matching.types import SectorSuggestion

RUN_DEPTH: Final = 10
"""Classes per phrase in a run."""


@dataclass(frozen=True, slots=True)
class LabelledPhrase:
    """A phrase and the classes that are right for it.

    Parameters
    ----------
    language
        ISO 639-1; ``""`` when not stated.
    classes
        ISIC classes of four digits.
    divisions
        Divisions that are right.
    """

    id: str
    text: str
    language: str
    classes: tuple[str, ...]
    divisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectorFigures:
    """Shares of phrases, 0 to 1, whose first class, one of the first five, first division is right.

    Parameters
    ----------
    phrases
        How many there are.
    titles
        How many titles and learnt phrases in the same languages are in the index.
    looked_up
        How many of the phrases are among these, word for word.
    """

    phrases: int
    class_at_1: float
    class_at_5: float
    division_at_1: float
    titles: int
    looked_up: int


@dataclass(frozen=True, slots=True)
class SectorReport:
    """Figures over all phrases and per language, and the classes found for each phrase."""

    total: SectorFigures
    by_language: dict[str, SectorFigures]
    run: dict[str, tuple[SectorSuggestion, ...]]


def read_labelled(path: Path) -> list[LabelledPhrase]:
    """Return the phrases of a file.

    Parameters
    ----------
    path
        ``.jsonl``: a record a line, with ``text`` and ``gold`` (a list of classes), and where there
        are any ``id``, ``lang``, ``division``.  Otherwise CSV with the columns ``text`` and ``code``.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When it is not UTF-8, or a line lacks a text or names no class of ISIC Rev.4; the message says
        which.
    """
    if path.suffix == ".jsonl":
        records = [_record(path, number, line) for number, line in lines_of(path)]
    else:
        records = _table(path)
    return [_labelled(path, number, record) for number, record in enumerate(records, 1)]


def _record(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{path.name}, line {number} is not JSON.") from error
    if not isinstance(record, dict):
        raise ValueError(f"{path.name}, line {number} is not a record.")  # noqa: TRY004 - a fault of the file
    return record


def _table(path: Path) -> list[dict[str, Any]]:
    rows = csv.DictReader(StringIO(text_of(path)))
    try:
        return [{**row, "gold": [(row.get("code") or "").strip()]} for row in rows]
    except csv.Error as error:
        raise ValueError(f"{path.name}, line {rows.reader.line_num} is not CSV: {error}.") from None


def _labelled(path: Path, number: int, record: dict[str, Any]) -> LabelledPhrase:
    text = str(record.get("text") or "").strip()
    gold = record.get("gold")
    classes = tuple(str(code) for code in gold) if isinstance(gold, list) else ()
    if not text:
        raise ValueError(f"{path.name}, record {number} has no text.")
    for code in classes or ("",):
        if not is_sector(code) or sectors()[code].level != "class":
            raise ValueError(f"{path.name}, record {number}: “{code}” is not a class of ISIC Rev.4.")
    divisions = tuple(record.get("division") or dict.fromkeys(code[:2] for code in classes))
    return LabelledPhrase(
        str(record.get("id", number)), text, str(record.get("lang", "")), classes, divisions
    )


def phrases_to_learn(labelled: Sequence[LabelledPhrase]) -> list[Phrase]:
    """Return the phrases as :meth:`matching.resolver.SectorResolver.build` takes them."""
    return [Phrase(one.text, code, one.language or "en") for one in labelled for code in one.classes]


def evaluate_sectors(resolver: SectorResolver, labelled: Sequence[LabelledPhrase]) -> SectorReport:
    """Return how well a resolver finds the classes of phrases."""
    known = {_plain(title.text) for title in resolver.titles}
    titles = Counter(title.language for title in resolver.titles)
    by_language: defaultdict[str, list[LabelledPhrase]] = defaultdict(list)
    for phrase in labelled:
        by_language[phrase.language].append(phrase)
    run: dict[str, tuple[SectorSuggestion, ...]] = {}
    for language, phrases in by_language.items():
        answers = resolver.suggest_all([p.text for p in phrases], RUN_DEPTH, language)
        run |= {phrase.id: answer for phrase, answer in zip(phrases, answers, strict=True)}
    return SectorReport(
        _figures(labelled, run, known, sum(titles[language] for language in by_language)),
        {
            language: _figures(by_language[language], run, known, titles[language])
            for language in sorted(by_language)
        },
        {phrase.id: run[phrase.id] for phrase in labelled},
    )


def _plain(text: str) -> str:
    """Return a text without case, accents and extra space."""
    return " ".join(fold(text).split())


def _figures(
    labelled: Sequence[LabelledPhrase],
    run: dict[str, tuple[SectorSuggestion, ...]],
    known: set[str],
    titles: int,
) -> SectorFigures:
    first = fifth = division = looked_up = 0
    for phrase in labelled:
        codes = [suggestion.code for suggestion in run[phrase.id][:TOP]]
        first += bool(codes) and codes[0] in phrase.classes
        fifth += any(code in phrase.classes for code in codes)
        division += bool(codes) and codes[0][:2] in phrase.divisions
        looked_up += _plain(phrase.text) in known
    count = max(1, len(labelled))
    return SectorFigures(len(labelled), first / count, fifth / count, division / count, titles, looked_up)


def run_lines(report: SectorReport, tag: str) -> list[str]:
    """Return the lines of a TREC run: qid Q0 code rank score tag."""
    return [
        f"{phrase} Q0 {found.code} {rank} {found.score:.4f} {tag}"
        for phrase, answer in report.run.items()
        for rank, found in enumerate(answer, 1)
    ]

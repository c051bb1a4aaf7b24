"""exchange sectors."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from charset_normalizer import from_bytes

from exchange.commands.shared import EXIT_CODES, WRONG, command, read_settings, say
from marketplace.search.resolver import KeptResolver, encoder_of
from matching import isic
from matching.normalise import tokens_of
from matching.resolver import Phrase

DELIMITERS: Final = ",;\t|"
SHOWN_PROBLEMS: Final = 20
CODE_DIGITS: Final = 4
HEADINGS: Final = frozenset({"code", "class", "isic", "isic4", "isic rev.4", "isic code"})
"""What the second column of a header may say."""


class UnreadablePhrases(ValueError):
    """What is wrong with a table of phrases, line by line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@click.group(
    epilog=f"""\b
Examples:
  exchange sectors learn our-phrases.csv
  exchange sectors show
  exchange sectors forget

{EXIT_CODES}"""
)
def sectors() -> None:
    """Teach the resolver, which proposes sectors for what people write, an office's own phrases."""


@sectors.command(
    epilog=f"""\b
Examples:
  exchange sectors learn our-phrases.csv
  exchange sectors learn phrases-fr.csv --language fr

{EXIT_CODES}"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", default="en", show_default=True, help="ISO 639-1 of the phrases.")
@command
def learn(file: Path, language: str) -> int | None:
    """Learn the phrases of a table: text, and the ISIC Rev.4 class it belongs to.

    FILE is CSV as a spreadsheet writes it, two columns, with or without a header: text, code. The
    phrases are added to those learnt before; a text that was known stands for its new class from now
    on. If any line is wrong, nothing is learnt. Servers and workers that run take up the new phrases
    by themselves.
    """
    settings = read_settings()
    try:
        phrases = read_phrases(file, language)
    except UnreadablePhrases as error:
        say(f"Nothing was learnt; {len(error.problems)} things are wrong in {file.name}:")
        for problem in error.problems[:SHOWN_PROBLEMS]:
            say(f"  {problem}")
        if len(error.problems) > SHOWN_PROBLEMS:
            say(f"  … and {len(error.problems) - SHOWN_PROBLEMS} more")
        return WRONG
    kept = KeptResolver(settings.var, encoder_of(settings))
    say(f"Learning {len(phrases)} phrases; this takes some minutes.")
    kept.learn(phrases)
    click.echo(
        f"{len(phrases)} phrases learnt; the resolver knows {len(kept.phrases)} phrases of this office."
    )
    return None


@sectors.command(
    epilog=f"""\b
Examples:
  exchange sectors show
  exchange sectors show --json     for programs

{EXIT_CODES}"""
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: text, code, language.")
@command
def show(*, as_json: bool) -> None:
    """Print the phrases that this office taught."""
    settings = read_settings()
    phrases = KeptResolver(settings.var, encoder_of(settings)).phrases
    if as_json:
        click.echo(json.dumps([asdict(one) for one in phrases], indent=2, ensure_ascii=False))
        return
    if not phrases:
        say("No phrases were taught yet: exchange sectors learn FILE")
    for one in phrases:
        click.echo(f"{one.code}  {one.language:<3}  {one.text}")


@sectors.command(
    epilog=f"""\b
Examples:
  exchange sectors forget

{EXIT_CODES}"""
)
@command
def forget() -> None:
    """Forget all phrases that this office taught."""
    settings = read_settings()
    kept = KeptResolver(settings.var, encoder_of(settings))
    count = len(kept.phrases)
    kept.forget()
    click.echo(f"{count} phrases forgotten.")


def read_phrases(file: Path, language: str) -> list[Phrase]:
    """Return the phrases of a table.

    Parameters
    ----------
    file
        CSV in any usual encoding, with commas, semicolons, tabs or bars between its columns: text, code.
        A first line whose second column is no code but a heading is left out.  A code that a
        spreadsheet has robbed of its leading nought is put right.
    language
        ISO 639-1 of the phrases.

    Raises
    ------
    UnreadablePhrases
        With a sentence for each line that is wrong.
    """
    rows = list(_rows(file))
    if rows and len(rows[0][1]) > 1 and rows[0][1][1].strip().casefold() in HEADINGS:
        rows = rows[1:]
    problems: list[str] = []
    found: list[Phrase] = []
    for line, cells in rows:
        problem, phrase = _phrase(cells, language)
        if problem:
            problems.append(f"line {line}: {problem}")
        elif phrase:
            found.append(phrase)
    if not rows:
        problems.append("there is no line with a phrase")
    if problems:
        raise UnreadablePhrases(problems)
    return found


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the lines that are not empty, with their numbers."""
    best = from_bytes(file.read_bytes()).best()
    if best is None:
        raise UnreadablePhrases(["this is not a text file; save the table as CSV"])
    text = str(best).removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    counted = Counter(c for c in first if c in DELIMITERS)
    delimiter = counted.most_common(1)[0][0] if counted else ","
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise UnreadablePhrases([f"line {reader.line_num}: {error}"]) from error


def _phrase(cells: Sequence[str], language: str) -> tuple[str, Phrase | None]:
    """Return what is wrong with a line, or the phrase it holds."""
    given = [cell.strip() for cell in cells]
    while given and not given[-1]:
        given.pop()
    if len(given) != 2:  # noqa: PLR2004 - text and code
        return f"two columns are needed, text and code, not {len(given)}", None
    text, code = " ".join(given[0].split()), given[1]
    if code.isdecimal() and len(code) == CODE_DIGITS - 1:
        code = f"0{code}"
    if not text or not tokens_of(text, language):
        return "the text says nothing", None
    if not isic.is_sector(code) or isic.sectors()[code].level != "class":
        return f"“{given[1]}” is not a class of ISIC Rev.4 (four digits)", None
    return "", Phrase(text, code, language)

"""What an import says at its end, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from exchange.importing.matching import Matched
from marketplace.imports.summary import Summary, in_words, where


def as_text(summary: Summary, matched: Matched | None, report: Path | None) -> str:
    """Return the end of an import as lines for a terminal."""
    return "\n".join(_lines(summary, matched, report))


def _lines(summary: Summary, matched: Matched | None, report: Path | None) -> Iterator[str]:
    problems = sum(summary.codes.values())
    if problems:
        yield "Problems, those first that kept rows out:"
        for problem in summary.shown:
            yield f"  {where(problem)}: {problem.message}"
        if problems > len(summary.shown):
            rest = "--report FILE writes all of them" if report is None else f"{report} holds all of them"
            yield f"  … and {problems - len(summary.shown)} more; {rest}."
        counts = ", ".join(f"{code} {count}" for code, count in summary.codes.most_common())
        yield f"By sort: {counts}."
    if summary.ignored:
        yield f"Columns not used: {', '.join(summary.ignored)}. --map COLUMN=FIELD says what one holds."
    yield in_words(summary)
    if summary.stopped:
        yield f"The rest of the file could not be read: {summary.stopped}"
    if matched is not None:
        yield f"Matched; {matched.matches} matches of all listings are stored now."
        if matched.failed:
            yield f"Matching failed for {matched.failed} listings; a worker tries again. The log says why."


def as_json(summary: Summary, matched: Matched | None) -> str:
    """Return the end of an import as JSON; its names are stable."""
    said: dict[str, Any] = {
        "dry_run": summary.dry_run,
        "rows": summary.rows,
        "created": summary.created,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "refused": summary.refused,
        "warnings": summary.warnings,
        "ignored_columns": list(summary.ignored),
        "codes": dict(summary.codes),
        "problems": [asdict(problem) for problem in summary.shown],
        "stopped": summary.stopped,
        "matching": None if matched is None else asdict(matched),
    }
    return json.dumps(said, indent=2, ensure_ascii=False)

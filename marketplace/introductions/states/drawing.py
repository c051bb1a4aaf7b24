"""The table as people read it: a diagram of states, and a row for each transition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from marketplace.introductions.states.table import TABLE, By, Limit, Transition

HEAD: Final = """\
# Introductions

Drawn from `marketplace/introductions/states/table.py`, which the code runs on; a test fails where the two
differ, and `scripts/draw_introductions.py` draws it anew.

An introduction begins with an expression of interest, which is the proposer's consent, or with an officer's
proposal of a pair, of which both sides are asked. Contacts are opened by the transition to `accepted` and by
nothing else: it needs the consent of both. Each transition is one `UPDATE` that names the states it expects,
one audit entry and one event, in one transaction.
"""
BY: Final = {
    By.PROPOSER: "proposer's side",
    By.OTHER: "other side",
    By.PROPOSER_OFFICE: "proposer's office",
    By.OTHER_OFFICE: "other side's office",
    By.EXCHANGE: "the clock",
}
LIMIT: Final = {
    Limit.NONE: "ends",
    Limit.OFFICER: "an officer's",
    Limit.SIDE: "a side's",
    Limit.GOES_ON: "goes on",
}


def drawing() -> str:
    """Return the reference page, in Markdown with a Mermaid diagram."""
    lines = [HEAD, "```mermaid", "stateDiagram-v2", *_arrows(), "```", ""]
    lines += [
        "| transition | from | to | by | permission | reason | time limit | event | audit |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(found) for found in TABLE),
        "",
        "## Reasons",
        "",
        *_reasons(),
        "",
        "## Time",
        "",
        "An officer's limit is 5 working days, a side's 10, unless an office sets others; each office has",
        "its own weekend, holidays and time zone. A limit of *n* days ends at the midnight after the *n*-th.",
        "Whoever is awaited is reminded on the morning of the day at half-time and of the last but one.",
        "Where two sides are asked at once, the longer of their limits counts.",
    ]
    return "\n".join(lines) + "\n"


def _arrows() -> Iterable[str]:
    for found in TABLE:
        for state in found.froms or ("[*]",):
            yield f"    {state} --> {found.to}: {found.name}"
    ends = {found.to for found in TABLE} - {state for found in TABLE for state in found.froms}
    for state in dict.fromkeys(found.to for found in TABLE):
        if state in ends:
            yield f"    {state} --> [*]"


def _row(found: Transition) -> str:
    cells = (
        f"`{found.name}`",
        ", ".join(state.value for state in found.froms) or "–",
        found.to.value,
        ", ".join(BY[by] for by in found.by),
        f"`{found.permission}`" if found.permission else "–",
        "yes" if found.reasons else "–",
        LIMIT[found.limit],
        f"`{found.event}`",
        f"`{found.act}`",
    )
    return f"| {' | '.join(cells)} |"


def _reasons() -> Iterable[str]:
    for title, name in (("Declining", "decline_sent"), ("Taking back", "withdraw"), ("Failing", "fail")):
        reasons = next(found.reasons for found in TABLE if found.name == name)
        yield f"- {title}: {', '.join(reason.value.replace('_', ' ') for reason in reasons)}."

"""How much an organisation says of itself, and what saying more would bring."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from marketplace.organisations.models import Organisation, OrganisationType

# Texts shorter than this say too little to be found by.
TELLING_TEXT = 80


@dataclass(frozen=True, slots=True)
class Chance:
    """Something that is not said yet.

    Parameters
    ----------
    section
        Where in the profile it can be said: ``basics``, ``work``, ``size``, ``contacts``,
        ``certificates``, ``machines`` or ``identifiers``.
    text
        What saying it would bring.
    """

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete a profile is.

    Parameters
    ----------
    percent
        0 to 100.
    chances
        What is missing, what weighs most first.
    """

    percent: int
    chances: tuple[Chance, ...]


def completeness(organisation: Organisation) -> Completeness:
    """Return how complete a profile is.

    The weights say how often the engine and the people who decide look at a thing (chosen
    2026-11-22, to be learnt from outcomes later).
    """
    rows = _rows(organisation)
    whole = sum(weight for weight, _done, _chance in rows)
    said = sum(weight for weight, done, _chance in rows if done)
    missing = sorted((row for row in rows if not row[1]), key=lambda row: -row[0])
    return Completeness(round(100 * said / whole), tuple(chance for _weight, _done, chance in missing))


def _rows(of: Organisation) -> list[tuple[int, bool, Chance]]:
    rows = [
        (
            20,
            len(of.description) >= TELLING_TEXT,
            Chance(
                "work", _("Describe what you do in a few sentences: it is the first thing a partner reads.")
            ),
        ),
        (15, bool(of.sectors), Chance("work", _("Choose your sectors: partners filter by them."))),
        (
            10,
            of.employees is not None,
            Chance("size", _("Say how many people work for you: some requests ask for a minimum.")),
        ),
        (
            10,
            bool(of.identifiers),
            Chance(
                "identifiers",
                _("Add your tax or register number: your office can verify you faster."),
            ),
        ),
        (
            10,
            bool(of.languages),
            Chance(
                "work", _("Say which languages you work in: it counts when partners abroad are compared.")
            ),
        ),
        (5, of.founded_year is not None, Chance("basics", _("Say since when you exist: it builds trust."))),
        (
            5,
            bool(of.phone or of.website),
            Chance(
                "contacts", _("Add a phone number or website: partners see it once both of you have agreed.")
            ),
        ),
        (5, bool(of.references_text), Chance("work", _("Name customers or projects: buyers look for them."))),
    ]
    if of.type is OrganisationType.ENTERPRISE:
        rows += [
            (
                15,
                bool(of.certificates),
                Chance(
                    "certificates",
                    _("Add your certificates: many requests ask for one."),
                ),
            ),
            (
                15,
                bool(of.machines),
                Chance("machines", _("Add your machines: size and tolerance decide in subcontracting.")),
            ),
            (
                5,
                bool(of.machines) and any(machine.tolerance_mm is not None for machine in of.machines),
                Chance("machines", _("Add the tolerance your machines can hold: many requests state one.")),
            ),
        ]
    return rows

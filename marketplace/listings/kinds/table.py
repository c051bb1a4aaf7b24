"""The one table of the fields that belong to a kind; form, checks, page, import and engine read it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from marketplace.listings.kinds import words
from marketplace.listings.kinds.field import KindField, Type
from marketplace.listings.kinds.words import Label
from matching.criteria import Criterion
from matching.requirements import CRITERIA
from matching.types import Kind, Operator, Side

_OFFERS: Final = frozenset({Side.OFFER})
_REQUESTS: Final = frozenset({Side.REQUEST})


def _measured(name: str, label: Label, group: Label, criterion: str, **more: Any) -> KindField:
    """Describe a number whose unit and range are the engine's own."""
    of: Criterion = CRITERIA[criterion]
    return KindField(
        name, label, Type.NUMBER, group, unit=of.unit, low=of.low, high=of.high, criterion=criterion, **more
    )


_WORK: Final = _l("The work")
_PART: Final = _l("Size, material and precision")
_SUPPLY: Final = _l("Quantity, tooling and delivery")
_STAGE: Final = _l("Stage and rights")
_MORE: Final = _l("What it does")
_MONEY: Final = _l("Money")
_PROJECT: Final = _l("The project")
_NEED: Final = _l("What has to change")

_SUBCONTRACTING: Final = (
    KindField(
        "need",
        _l("Why the work goes out"),
        Type.CHOICE,
        _WORK,
        choices=words.NEEDS,
        hint=_l("Capacity: your own machines are full. Specialisation: you do not have this process."),
    ),
    KindField(
        "processes",
        _l("Processes"),
        Type.TERMS,
        _WORK,
        criterion="process",
        asks=Operator.ALL_OF,
        searched=True,
        example=_l("CNC turning; anodising; TIG welding"),
    ),
    KindField(
        "materials",
        _l("Materials, with grade and temper"),
        Type.TERMS,
        _PART,
        criterion="material",
        asks=Operator.ONE_OF,
        searched=True,
        example=_l("stainless steel 1.4301; aluminium 6082-T6"),
        hint=_l("Several materials are read as “one of these”."),
    ),
    _measured(
        "part_length_mm",
        _l("Largest part: length"),
        _PART,
        "part_length_mm",
        asks=Operator.AT_LEAST,
        example="400",
        shown_for={Side.OFFER: _l("Largest part possible: length")},
    ),
    _measured(
        "part_width_mm",
        _l("Largest part: width"),
        _PART,
        "part_width_mm",
        asks=Operator.AT_LEAST,
        example="250",
        shown_for={Side.OFFER: _l("Largest part possible: width")},
    ),
    _measured(
        "part_height_mm",
        _l("Largest part: height"),
        _PART,
        "part_height_mm",
        asks=Operator.AT_LEAST,
        example="120",
        shown_for={Side.OFFER: _l("Largest part possible: height")},
    ),
    _measured(
        "part_diameter_mm",
        _l("Largest part: diameter"),
        _PART,
        "part_diameter_mm",
        asks=Operator.AT_LEAST,
        shown_for={Side.OFFER: _l("Largest part possible: diameter")},
    ),
    _measured(
        "part_weight_kg",
        _l("Heaviest part"),
        _PART,
        "part_weight_kg",
        asks=Operator.AT_LEAST,
        example="2.5",
        shown_for={Side.OFFER: _l("Heaviest part possible")},
    ),
    _measured(
        "tolerance_mm",
        _l("Tolerance (±)"),
        _PART,
        "tolerance_mm",
        asks=Operator.AT_MOST,
        example="0.05",
        hint=_l("The tightest on the drawing."),
        shown_for={Side.OFFER: _l("Tolerance held (±)")},
    ),
    KindField(
        "it_grade",
        _l("Tolerance grade (ISO 286)"),
        Type.CHOICE,
        _PART,
        choices=words.IT_GRADES,
        criterion="it_grade",
        asks=Operator.AT_MOST,
        hint=_l("Where the drawing gives a grade instead of a figure."),
    ),
    _measured(
        "roughness_um",
        _l("Surface roughness Ra"),
        _PART,
        "roughness_um",
        asks=Operator.AT_MOST,
        example="1.6",
        shown_for={Side.OFFER: _l("Finest surface reached, Ra")},
    ),
    KindField(
        "series_size",
        _l("Series"),
        Type.CHOICES,
        _SUPPLY,
        choices=words.SERIES_SIZES,
        criterion="series_size",
        asks=Operator.ONE_OF,
    ),
    _measured(
        "series_pieces",
        _l("Pieces in one order"),
        _SUPPLY,
        "series_pieces",
        asks=Operator.AT_LEAST,
        whole=True,
        example="500",
    ),
    KindField(
        "drawing_formats",
        _l("Drawings"),
        Type.TERMS,
        _SUPPLY,
        criterion="drawing_format",
        asks=Operator.ONE_OF,
        example="STEP; DXF; PDF",
        hint=_l("The formats in which drawings are available."),
        shown_for={Side.OFFER: _l("Drawings read")},
    ),
    KindField(
        "tooling",
        _l("Who owns the tooling"),
        Type.CHOICE,
        _SUPPLY,
        choices=words.TOOLING,
        criterion="tooling",
    ),
    KindField(
        "inspection",
        _l("Inspection and papers"),
        Type.CHOICES,
        _SUPPLY,
        choices=words.INSPECTIONS,
        criterion="inspection",
        asks=Operator.ALL_OF,
    ),
    KindField(
        "incoterms",
        _l("Delivery terms (Incoterms 2020)"),
        Type.CHOICES,
        _SUPPLY,
        choices=words.INCOTERMS,
        criterion="incoterm",
        asks=Operator.ONE_OF,
    ),
    KindField(
        "free_hours_per_month",
        _l("Free machine hours a month"),
        Type.NUMBER,
        _SUPPLY,
        unit="h",
        low=0,
        high=100_000,
        sides=_OFFERS,
        example="160",
    ),
    KindField("free_from", _l("Free from"), Type.DATE, _SUPPLY, sides=_OFFERS),
)

_MATURITY: Final = (
    KindField(
        "stage",
        _l("Stage of development"),
        Type.CHOICE,
        _STAGE,
        choices=words.STAGES,
        criterion="development_stage",
        asks=Operator.AT_LEAST,
        shown_for={Side.REQUEST: _l("Stage that it must have reached")},
    ),
    _measured(
        "trl",
        _l("Technology readiness level (TRL)"),
        _STAGE,
        "trl",
        asks=Operator.AT_LEAST,
        whole=True,
        example="7",
        hint=_l("1: principle observed. 9: proven in use."),
    ),
)

_TECHNOLOGY: Final = (
    *_MATURITY,
    KindField(
        "ipr_status",
        _l("Rights"),
        Type.CHOICES,
        _STAGE,
        choices=words.IPR_STATUSES,
        criterion="ipr_status",
        asks=Operator.ONE_OF,
        shown_for={Side.REQUEST: _l("Rights accepted")},
    ),
    KindField(
        "advantages",
        _l("Advantages and innovations"),
        Type.LONG_TEXT,
        _MORE,
        high=2000,
        searched=True,
        example=_l("Dries cassava chips with a third of the fuel of an open kiln"),
        shown_for={Side.REQUEST: _l("What it should do better")},
    ),
    KindField(
        "specification",
        _l("Technical specification"),
        Type.LONG_TEXT,
        _MORE,
        high=2000,
        searched=True,
        example=_l("200 kg/h wet chips, 60 °C, single-phase 230 V"),
    ),
)

_INVESTMENT: Final = (
    KindField(
        "project_stage", _l("Stage of the project"), Type.CHOICE, _PROJECT, choices=words.PROJECT_STAGES
    ),
    KindField(
        "study_status",
        _l("Status of the study"),
        Type.CHOICE,
        _PROJECT,
        choices=words.STUDY_STATUSES,
        criterion="study_status",
        sides=_REQUESTS,
    ),
    KindField(
        "contribution_kind",
        _l("Contribution sought"),
        Type.CHOICES,
        _PROJECT,
        choices=words.CONTRIBUTION_KINDS,
        criterion="contribution_kind",
        asks=Operator.ONE_OF,
        shown_for={Side.OFFER: _l("Contribution offered")},
    ),
    KindField("currency", _l("Currency"), Type.CURRENCY, _MONEY, example="EUR", hint=_l("For both amounts.")),
    _measured("total_cost", _l("Total cost"), _MONEY, "total_cost", example="2500000", sides=_REQUESTS),
    _measured(
        "contribution_sought",
        _l("Contribution sought, amount"),
        _MONEY,
        "contribution_sought",
        example="800000",
        shown_for={Side.OFFER: _l("Amount offered")},
    ),
    _measured(
        "irr_percent", _l("Internal rate of return"), _MONEY, "irr_percent", example="18", sides=_REQUESTS
    ),
    _measured("payback_years", _l("Payback period"), _MONEY, "payback_years", example="4.5", sides=_REQUESTS),
)

_ENVIRONMENT: Final = (
    KindField("media", _l("What it concerns"), Type.CHOICES, _NEED, choices=words.MEDIA, searched=True),
    KindField(
        "pollutants",
        _l("Substances or parameters"),
        Type.TERMS,
        _NEED,
        searched=True,
        example=_l("COD; chromium VI; NOx; noise at night"),
    ),
    KindField(
        "flow",
        _l("Flow or amount to be treated"),
        Type.NUMBER,
        _NEED,
        low=0,
        high=1e12,
        example="120",
        shown_for={Side.OFFER: _l("Largest flow or amount treated")},
    ),
    KindField("flow_unit", _l("Unit of the flow"), Type.CHOICE, _NEED, choices=words.FLOW_UNITS),
    KindField(
        "present_load",
        _l("Load today"),
        Type.NUMBER,
        _NEED,
        low=0,
        high=1e12,
        example="2400",
        sides=_REQUESTS,
    ),
    KindField(
        "target_load",
        _l("Load to be reached"),
        Type.NUMBER,
        _NEED,
        low=0,
        high=1e12,
        example="125",
        shown_for={Side.OFFER: _l("Load reached")},
    ),
    KindField("load_unit", _l("Unit of the load"), Type.CHOICE, _NEED, choices=words.LOAD_UNITS),
    KindField(
        "standard",
        _l("Standard to be met"),
        Type.TEXT,
        _NEED,
        high=255,
        searched=True,
        example=_l("National discharge limit for tanneries"),
        shown_for={Side.OFFER: _l("Standard met")},
    ),
    KindField(
        "saving_percent",
        _l("Saving of energy, water or material"),
        Type.NUMBER,
        _NEED,
        unit="%",
        low=0,
        high=100,
        example="30",
    ),
    *_MATURITY,
    KindField(
        "advantages",
        _l("How it works"),
        Type.LONG_TEXT,
        _MORE,
        high=2000,
        searched=True,
        shown_for={Side.REQUEST: _l("What has been tried")},
    ),
)

FIELDS: Final[Mapping[Kind, tuple[KindField, ...]]] = MappingProxyType(
    {
        Kind.SUBCONTRACTING: _SUBCONTRACTING,
        Kind.TECHNOLOGY: _TECHNOLOGY,
        Kind.INVESTMENT: _INVESTMENT,
        Kind.ENVIRONMENT: _ENVIRONMENT,
    }
)
# Pairs that mean nothing alone: a figure and what it is counted in.
NEEDS: Final[Mapping[Kind, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        Kind.SUBCONTRACTING: (),
        Kind.TECHNOLOGY: (),
        Kind.INVESTMENT: (("total_cost", "currency"), ("contribution_sought", "currency")),
        Kind.ENVIRONMENT: (
            ("flow", "flow_unit"),
            ("present_load", "load_unit"),
            ("target_load", "load_unit"),
        ),
    }
)

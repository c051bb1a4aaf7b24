"""The human words for the closed lists of a listing that only listings know: terms, goals, types."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from matching.types import Kind, Side

# flask_babel's lazy string; it becomes text where it is shown.
Label = Any
Labels = Mapping[str, Label]

# What a kind means, by side: the two sentences a newcomer chooses between.
MEANINGS: Final[Mapping[tuple[str, str], Label]] = MappingProxyType({
    (Side.REQUEST, Kind.SUBCONTRACTING): _l("Parts, operations or capacity that you need made"),
    (Side.OFFER, Kind.SUBCONTRACTING): _l("Processes and machines that you have free"),
    (Side.REQUEST, Kind.TECHNOLOGY): _l("A technical need that somebody has solved before"),
    (Side.OFFER, Kind.TECHNOLOGY): _l("Know-how, a licence, equipment or a process to pass on"),
    (Side.REQUEST, Kind.INVESTMENT): _l("A project that looks for capital or a partner"),
    (Side.OFFER, Kind.INVESTMENT): _l("Capital or a partner that looks for a project"),
    (Side.REQUEST, Kind.ENVIRONMENT): _l("A need in water, air, waste, energy or soil"),
    (Side.OFFER, Kind.ENVIRONMENT): _l("A cleaner technology or a service for the environment"),
})  # fmt: skip
PARTNERSHIP_TYPES: Final[Labels] = MappingProxyType({
    "subcontracting": _l("Subcontracting"),
    "supplier": _l("Supplier"),
    "distribution": _l("Distribution"),
    "franchise": _l("Franchise"),
    "joint_venture": _l("Joint venture"),
    "merger": _l("Merger or share exchange"),
    "acquisition": _l("Sale or acquisition"),
    "reciprocal_production": _l("Reciprocal production"),
    "licence": _l("Licence"),
    "commercial_agreement": _l("Commercial agreement with technical assistance"),
    "technical_cooperation": _l("Technical cooperation"),
    "rd_cooperation": _l("Research and development cooperation"),
    "investment": _l("Investment"),
})  # fmt: skip
# The Sustainable Development Goals, United Nations General Assembly, resolution 70/1 (2015).
SDGS: Final[Mapping[int, Label]] = MappingProxyType({
    1: _l("No poverty"),
    2: _l("Zero hunger"),
    3: _l("Good health and well-being"),
    4: _l("Quality education"),
    5: _l("Gender equality"),
    6: _l("Clean water and sanitation"),
    7: _l("Affordable and clean energy"),
    8: _l("Decent work and economic growth"),
    9: _l("Industry, innovation and infrastructure"),
    10: _l("Reduced inequalities"),
    11: _l("Sustainable cities and communities"),
    12: _l("Responsible consumption and production"),
    13: _l("Climate action"),
    14: _l("Life below water"),
    15: _l("Life on land"),
    16: _l("Peace, justice and strong institutions"),
    17: _l("Partnerships for the goals"),
})  # fmt: skip

# Closed lists of terms: the engine's spelling → the human word.
SERIES_SIZES: Final[Labels] = MappingProxyType({
    "prototype": _l("Prototype"),
    "small": _l("Small series"),
    "medium": _l("Medium series"),
    "large": _l("Large series"),
})  # fmt: skip
TOOLING: Final[Labels] = MappingProxyType({"buyer": _l("The buyer"), "supplier": _l("The supplier")})
NEEDS: Final[Labels] = MappingProxyType({
    "capacity": _l("Capacity: more of what the buyer can do as well"),
    "specialisation": _l("Specialisation: what the buyer cannot do"),
})  # fmt: skip
# Names of documents and Incoterms 2020 (ICC publication 723) are the same in every language.
INSPECTIONS: Final[Labels] = MappingProxyType({
    "CMM": _l("CMM report"),
    "FAI": _l("First article inspection (FAI)"),
    **{f"PPAP level {level}": f"PPAP level {level}" for level in range(1, 6)},
})  # fmt: skip
INCOTERMS: Final[Labels] = MappingProxyType({
    "EXW": _l("EXW – ex works"),
    "FCA": _l("FCA – free carrier"),
    "CPT": _l("CPT – carriage paid to"),
    "CIP": _l("CIP – carriage and insurance paid to"),
    "DAP": _l("DAP – delivered at place"),
    "DPU": _l("DPU – delivered at place unloaded"),
    "DDP": _l("DDP – delivered duty paid"),
    "FAS": _l("FAS – free alongside ship"),
    "FOB": _l("FOB – free on board"),
    "CFR": _l("CFR – cost and freight"),
    "CIF": _l("CIF – cost, insurance and freight"),
})  # fmt: skip
STAGES: Final[Labels] = MappingProxyType({
    "concept": _l("Concept"),
    "under development": _l("Under development"),
    "lab tested": _l("Tested in the laboratory"),
    "available for demonstration": _l("Available for demonstration"),
    "on the market": _l("On the market"),
})  # fmt: skip
IPR_STATUSES: Final[Labels] = MappingProxyType({
    "none": _l("None"),
    "secret know-how": _l("Secret know-how"),
    "patent applied": _l("Patent applied for"),
    "patent granted": _l("Patent granted"),
    "copyright": _l("Copyright"),
    "trademark": _l("Trademark"),
})  # fmt: skip
PROJECT_STAGES: Final[Labels] = MappingProxyType({
    "new": _l("New project"),
    "expansion": _l("Expansion"),
    "modernisation": _l("Modernisation"),
    "restructuring": _l("Restructuring"),
    "privatisation": _l("Privatisation"),
})  # fmt: skip
CONTRIBUTION_KINDS: Final[Labels] = MappingProxyType({
    "equity": _l("Equity"),
    "loan": _l("Loan"),
    "joint venture": _l("Joint venture"),
    "technology": _l("Technology"),
    "management": _l("Management"),
    "market access": _l("Market access"),
    "buy-back": _l("Buy-back"),
    "equipment": _l("Equipment"),
})  # fmt: skip
STUDY_STATUSES: Final[Labels] = MappingProxyType({
    "idea": _l("Idea"),
    "pre-feasibility": _l("Pre-feasibility study"),
    "feasibility": _l("Feasibility study"),
    "bankable": _l("Bankable study"),
})  # fmt: skip
MEDIA: Final[Labels] = MappingProxyType({
    "water": _l("Water and waste water"),
    "air": _l("Air and emissions"),
    "waste": _l("Waste and recycling"),
    "energy": _l("Energy"),
    "soil": _l("Soil"),
    "chemicals": _l("Chemicals and safer substances"),
    "noise": _l("Noise and vibration"),
    "materials": _l("Raw materials and circular use"),
})  # fmt: skip
IT_GRADES: Final[Labels] = MappingProxyType({f"IT{grade}": f"IT{grade}" for grade in range(1, 19)})
FLOW_UNITS: Final[Labels] = MappingProxyType(
    {unit: unit for unit in ("m³/h", "m³/day", "Nm³/h", "L/s", "kg/h", "t/day", "t/year", "kW", "MWh/year")}
)
LOAD_UNITS: Final[Labels] = MappingProxyType(
    {
        unit: unit
        for unit in ("mg/L", "µg/L", "mg/Nm³", "ppm", "g/kg", "kg/day", "%", "dB(A)", "kWh/t", "m³/t")
    }
)

CRITERIA_TITLES: Final[Labels] = MappingProxyType({
    "tolerance_mm": _l("Tolerance (±)"),
    "it_grade": _l("Tolerance grade (ISO 286)"),
    "roughness_um": _l("Surface roughness Ra"),
    "part_length_mm": _l("Part length"),
    "part_width_mm": _l("Part width"),
    "part_height_mm": _l("Part height"),
    "part_diameter_mm": _l("Part diameter"),
    "part_weight_kg": _l("Part weight"),
    "quantity_per_year": _l("Quantity per year"),
    "tonnes_per_year": _l("Tonnes per year"),
    "lead_time_days": _l("Lead time"),
    "series_pieces": _l("Pieces in one order"),
    "series_size": _l("Series size"),
    "material": _l("Material"),
    "process": _l("Process"),
    "certificate": _l("Certificate"),
    "inspection": _l("Inspection"),
    "drawing_format": _l("Drawing format"),
    "tooling": _l("Tooling owned by"),
    "incoterm": _l("Incoterm"),
    "trl": _l("Technology readiness level"),
    "development_stage": _l("Stage of development"),
    "ipr_status": _l("Intellectual property"),
    "total_cost": _l("Total cost"),
    "contribution_sought": _l("Contribution sought"),
    "contribution_kind": _l("Kind of contribution"),
    "study_status": _l("Status of the study"),
    "irr_percent": _l("Internal rate of return"),
    "payback_years": _l("Payback period"),
    "employees": _l("Employees"),
    "year_founded": _l("Year founded"),
    "country": _l("Country"),
    "language": _l("Language"),
    "women_led": _l("Women-led"),
})  # fmt: skip
TERMS: Final[Mapping[str, Labels]] = MappingProxyType({
    "it_grade": IT_GRADES,
    "series_size": SERIES_SIZES,
    "inspection": INSPECTIONS,
    "tooling": TOOLING,
    "incoterm": INCOTERMS,
    "development_stage": STAGES,
    "ipr_status": IPR_STATUSES,
    "contribution_kind": CONTRIBUTION_KINDS,
    "study_status": STUDY_STATUSES,
    "women_led": MappingProxyType({"yes": _l("yes"), "no": _l("no")}),
})  # fmt: skip

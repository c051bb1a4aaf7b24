"""How much a condition counts, and how far the words that say so reach."""

from __future__ import annotations

import pytest

from matching.stated import Force, conditions_in

FORCES = [
    ("ISO 9001 is mandatory", Force.HARD),
    ("The supplier must hold ISO 9001", Force.HARD),
    ("at least 20 employees", Force.HARD),
    ("ISO 9001 est obligatoire", Force.HARD),
    ("debe tener ISO 9001", Force.HARD),
    ("обязательно ISO 9001", Force.HARD),
    ("يجب أن يكون حاصلا على ISO 9001", Force.HARD),
    ("必须通过ISO 9001认证", Force.HARD),
    ("ISO 9001 zwingend erforderlich", Force.HARD),
    ("ISO 9001 obrigatória", Force.HARD),
    ("richiesta ISO 9001", Force.HARD),
    ("ideally ISO 9001", Force.SOFT),
    ("ISO 9001 serait un plus", Force.SOFT),
    ("preferiblemente ISO 9001", Force.SOFT),
    ("желательно ISO 9001", Force.SOFT),
    ("ويفضل ISO 9001", Force.SOFT),
    ("最好有ISO 9001", Force.SOFT),
    ("ISO 9001 wünschenswert", Force.SOFT),
    ("ISO 9001 desejável", Force.SOFT),
    ("preferibile ISO 9001", Force.SOFT),
    ("ISO 9001", Force.OPEN),
    ("It must be good. ISO 9001", Force.OPEN),
    ("Paint is not required for the frames and for their many small covers, ISO 9001", Force.OPEN),
]


@pytest.mark.parametrize(("text", "force"), FORCES)
def test_what_must_be_and_what_is_wished_are_told_apart(text: str, force: Force) -> None:
    (proposal,) = conditions_in(text)
    assert proposal.force is force
    assert proposal.condition.hard == (force is Force.HARD)


# For each condition in the order of the text: "!" must be, "?" is wished, "-" neither.
ACROSS_COMMAS = [
    # A word speaks for its own part of the sentence.
    ("lead time 6 weeks, ISO 9001 mandatory, alloy EN AW-6061", "-!-"),
    ("délai 6 semaines, ISO 9001 obligatoire, alliage EN AW-6061", "-!-"),
    ("plazo de entrega 6 semanas, ISO 9001 obligatoria, aleación EN AW-6061", "-!-"),
    ("Lieferzeit 6 Wochen, ISO 9001 zwingend, Legierung EN AW-6061", "-!-"),
    ("交货期6周，必须通过ISO 9001认证，材料EN AW-6061", "-!-"),
    ("срок поставки 6 недель, ISO 9001 обязательно, сплав EN AW-6061", "-!-"),
    ("مدة التسليم ستة أسابيع، شهادة ISO 9001 إلزامية، سبيكة EN AW-6061", "-!-"),
    ("lead time 6 weeks, ideally ISO 14001, alloy EN AW-6061", "-?-"),
    ("The supplier must hold ISO 9001, the lead time is 6 weeks", "!-"),
    ("The supplier must hold ISO 9001, and the lead time is 6 weeks", "!-"),
    ("délai 6 semaines, ébavurage obligatoire, alliage EN AW-6061", "--"),
    ("交货期6周，表面必须抛光，材料EN AW-6061", "--"),
    ("Mandatory lead time: 6 weeks, ISO 9001", "!-"),
    ("ISO 9001: mandatory, lead time 6 weeks", "!-"),
    ("ideally ISO 9001, lead time 6 weeks and EN AW-6061", "?--"),
    ("ISO 9001 mandatory, ISO 14001, lead time 6 weeks", "!--"),
    ("ISO 9001, mandatory ISO 14001", "-!"),
    ("lead time 6 weeks, ISO 9001 and EN AW-6061 required", "-!!"),
    ("ISO 9001, lead time 6 weeks, ISO 14001 required", "--!"),
    ("Required ISO 9001, alloy EN AW-6061 and 6082-T6", "!--"),
    # It heads a list.
    ("Required: ISO 9001, lead time 6 weeks, EN AW-6061", "!!!"),
    ("The supplier must have: ISO 9001, lead time 6 weeks, EN AW-6061. AISI 304", "!!!-"),
    ("must have ISO 9001, lead time 6 weeks and EN AW-6061", "!!!"),
    ("must hold ISO 9001, deliver in 6 weeks, and use EN AW-6061", "!!!"),
    ("Required: ISO 9001, lead time 6 weeks, ISO 14001 preferred", "!!?"),
    # It is about a list of one kind.
    ("ISO 9001, ISO 14001 required, lead time 6 weeks", "!!-"),
    ("required ISO 9001, ISO 14001, lead time 6 weeks", "!!-"),
    ("ISO 9001, ISO 14001 and AISI 304 are mandatory", "!!!"),
    # It stands alone.
    ("ISO 9001, obligatoire, délai 6 semaines", "!-"),
    ("tolerance ±0.02 mm, which is mandatory", "!"),
    ("lead time 6 weeks, nice to have, ISO 9001", "?-"),
    ("ISO 9001 and, ideally, ISO 14001", "-?"),
    ("Ideally, ISO 9001, lead time 6 weeks", "?-"),
]


@pytest.mark.parametrize(("text", "forces"), ACROSS_COMMAS)
def test_what_must_be_does_not_spill_over_a_comma(text: str, forces: str) -> None:
    signs = {Force.HARD: "!", Force.SOFT: "?", Force.OPEN: "-"}
    assert "".join(signs[proposal.force] for proposal in conditions_in(text)) == forces

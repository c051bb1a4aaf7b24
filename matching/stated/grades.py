"""Grades of materials, as standards and workshops of several countries write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from matching.stated.names import Named
from matching.stated.tokens import Read

_ELEMENT: Final = r"(?:cr|ni|mo|mn|si|pb|al|ti|co|nb|cu|zn|sn|mg|be|fe|v|s|w|b|n)"
_TELLING: Final = r"(?:cr|ni|mo|mn|si|al|ti|nb|cu)"
_STAINLESS: Final = (
    r"(?:stainless(?: steels?)?|inox|acier inoxydable|acero inoxidable|aco inoxidavel"
    r"|acciaio inox(?:idabile)?|edelstahl|не[рж]ж[а-я]{0,12}(?: стал[а-я]{0,3})?|不锈钢|ss)"
)
_AISI: Final = r"(?:30[1-9]|31[0-7]|321|347|4[1-4]\d)(?:l|ti|h|ln|s)?"

# One alternative a way of naming; each is short, anchored at a word's beginning, and ends at a word's end.
_ALUMINIUM: Final = (
    r"(?:en[ -]?aw[ -]?|aw-)\d{4}[a-z]?(?:[ -]?[toh]\d{1,4})?",  # EN 573
    r"en[ -]?ac[ -]?\d{5}",  # EN 1706
    r"(?:al(?:uminium|uminum|u)?[ -]?|aa[ -]?)?[1-8]\d{3}[ -]?[th]\d{1,4}",  # 6061-T6
)
_SUBGRADE: Final = r"(?:jr|j0|jo|j2|k2|nl?|ml?|mc|ql?|nh|nlh|j[02]h|j0w|j2w|jrh)?(?:\+[nma]r?)?"
_STEEL: Final = (
    r"(?:aisi|sae|astm|uns|sus|jis)[ -]{0,2}[a-z]?\d{1,5}[a-z]{0,3}(?: gr(?:ade|\.)? ?[a-z0-9]{1,3})?",
    r"1\.[0-9]\d{3}|[23]\.\d{4}",  # EN 10027-2
    r"s(?:185|235|275|315|355|420|450|460|500|550|600|650|690|700|890|960)" + _SUBGRADE,  # EN 10025
    rf"x\d{{1,3}}{_ELEMENT}{{1,6}}\d{{0,2}}(?:-\d{{1,2}}){{0,4}}",  # X5CrNi18-10
    # 42CrMo4, 16MnCr5, 11SMnPb30
    rf"(?=\d{{1,3}}[a-z]{{0,8}}?{_TELLING})\d{{1,3}}{_ELEMENT}{{1,5}}\d{{1,2}}(?:-\d{{1,2}}){{0,3}}",
    r"(?<!\d )[rqu]{0,2}st[ -]?(?:33|34|35|37|38|42|44|45|46|50|52|60|70)(?:-[23])?(?: ?n)?",  # DIN 17100
    r"q(?:195|215|235|275|345|355|390|420|460)[a-e]?",  # GB/T 700, 1591
    r"ck?(?:10|15|22|25|30|35|40|45|50|55|60)[er]?",  # C45
    r"(?:hardox|weldox|strenx) ?\d{3}",
    r"3(?:04|16|21)l|316ti|310s",
    rf"(?P<before>{_STAINLESS} ?){_AISI}|{_AISI}(?P<after> ?{_STAINLESS})",
)
_OTHER_METALS: Final = (
    r"(?:en[ -]?)?gj[lsmvn]w?[ -]?[a-z]{0,4}\d{3}(?:-\d{1,2})?(?:-[a-z]{1,3})?|gg{1,2}g?[ -]?\d{2}",
    r"ti[ -]?6[ -]?al[ -]?4[ -]?v(?:[ -]?eli)?",
    r"ti(?:tan|tanium|tanio|tane)? (?:grade|gr\.?|grado) ?\d{1,2}",
    r"(?:en )?cw\d{3}[a-z]",  # EN 12163
    rf"(?:cu|al|zn|mg|ni|sn|pb)(?:{_ELEMENT}\d{{0,2}}(?:[.,]\d)?){{1,4}}",
    r"zamak ?\d|inconel ?\d{3}|incoloy ?\d{3}|monel ?[kr]?-?\d{3}|hastelloy ?[a-z]-?\d{1,4}|invar ?\d{2}",
    r"nimonic ?\d{2}a?|duplex ?\d{4}|17-4 ?ph",
)
_NYLON: Final = r"pa ?(?:6\.6|6/6|66|6|11|12|46|610|612)"
_PLASTICS: Final = (  # ISO 1043
    rf"(?:{_NYLON}|pbt|pp|pom|pet|peek|pps|pc|abs|pei|ppa)[ -]?(?:gf|cf|gk|t)[ -]?\d{{2}}",
    rf"{_NYLON}|pom(?:-[ch])?|peek|ptfe|pmma|hdpe|ldpe|pvdf|epdm|nbr|fkm|pc/abs",
)
_RUSSIAN: Final = (  # ГОСТ 1050, 4543, 4784, 15527
    r"\d{2}(?:[хгнмтсвфюд]\d{0,2}){2,6}|ст\.? ?[1-6](?:сп|пс|кп)?|сталь (?:10|20|35|40|45|40х|65г)",
    r"амг ?\d|д16т?|ад31т?|ак\d{1,2}[а-я]{0,3}|л[сао]?\d{2}(?:-\d)?|сч ?\d{2}|вч ?\d{2}|вт\d{1,2}",
)
_WAYS: Final = (*_ALUMINIUM, *_STEEL, *_OTHER_METALS, *_PLASTICS, *_RUSSIAN)
_GRADE: Final = re.compile(
    r"(?<![^\W\u2e80-\u9fff])(?<!\d[.,])(?:" + "|".join(_WAYS) + r")(?![^\W\u2e80-\u9fff]|[.,]\d)"
)
# In small letters these are words or numbers of other things.
_CAPITALS: Final = re.compile(
    r"ck?\d\d[er]?|[rqu]{0,2}st.*|q\d.*"
    r"|gg{1,2}g?[ -]?\d{2}|pom.*|peek|ptfe|nbr|fkm|ст\.? ?\d.*|сч.*|вч.*|л.*|д16.*"
)
_BARE: Final = re.compile(_AISI)
_ONLY_SIDES: Final = re.compile(r"[\dх]+")


def grades_in(read: Read) -> Iterator[Named]:
    """Yield the grades of materials in a text, from left to right."""
    for hit in _GRADE.finditer(read.folded):
        written = " ".join(read.original(hit.start(), hit.end()).split())
        if _ONLY_SIDES.fullmatch(hit[0]) or not any(c.isdigit() or c.isupper() for c in written):
            continue
        if _CAPITALS.fullmatch(hit[0]) and not written[0].isupper():
            continue
        if hit["before"] or hit["after"]:
            bare = _BARE.search(hit[0])
            written = f"AISI {bare[0].upper()}" if bare else written
        elif not any(c.isdigit() for c in written) and not written.isupper():
            continue
        yield Named("material", written, hit.start(), hit.end())

"""Free terms against one another, by their words, their numbers and a thesaurus: met, missed or not known.

A gap excludes, so it is told only where something speaks of it: numbers of one system that differ, or
concepts that exclude one another.  Words that are merely different may be the same in another language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from matching.folding import fold
from matching.forms import Form, prepare
from matching.lexical import similarity
from matching.normalise import PHRASE_CHARS, PHRASE_TOKENS, Phrase, Token, clean, phrase, words_of
from matching.thesaurus import Span, Thesaurus, own_thesaurus
from matching.types import Outcome
from matching.words import read_sections

TERM_MATCH: Final = 0.85
"""Similarity from which two terms say the same (chosen 2026-11-22)."""
TERM_GAP_CREDIT: Final = 0.4
"""The most a term that is not the one asked for can earn: less than an unknown one."""
UNKNOWN_CREDIT: Final = 0.5
"""Credit of a condition nobody answered: between a gap and a match (chosen 2026-11-22)."""
PARTS: Final = 8
"""Parts of a term that are read, where it is a list ("steel, brass or bronze")."""
KEPT: Final = 100_000
"""Pairs of terms of which the verdict is kept."""
TERM_CHARS: Final = PHRASE_CHARS + 1
"""Characters of a term that are kept: those that are read, and one that tells that there are more."""
GRADE_DIGITS: Final = 4
"""Digits of the longest number that tells grades apart; longer ones are standards and orders."""

Verdict = tuple[Outcome, float]
MATCH: Final[Verdict] = (Outcome.MATCH, 1.0)
UNKNOWN: Final[Verdict] = (Outcome.UNKNOWN, UNKNOWN_CREDIT)
_ORDER: Final = {Outcome.GAP: 0, Outcome.UNKNOWN: 1, Outcome.MATCH: 2}

_WORDS: Final = read_sections("term_words.txt")
# Single letters join in small print only: "U profile" and "O-ring" list nothing.
_OR: Final = r"(?<!\S)(?:(?i:or|ou|oder|или|أو)|o|u)(?!\S)|或"
_OR_WORD: Final = re.compile(_OR)
# A slash within a name ("PC/ABS", "PA 6/6") lists nothing either.
_JOINT: Final = re.compile(
    r"[;|&、،؛，；和及]|,(?!\d)|\s/\s|(?<=[^\W\d]{4})/(?=[^\W\d]{4})"
    r"|(?<!\S)(?:(?i:and|und|et|и|و)|y|e)(?!\S)|" + _OR
)
_DESIGNATION: Final = re.compile(r"([^\W\d_]*)(\d+(?:\.\d+)*)(.*)")


def worth(verdict: Verdict) -> tuple[int, float]:
    """Rank verdicts: a match before what is not known before a gap."""
    return _ORDER[verdict[0]], verdict[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Meaning:
    """A term as it is compared.

    Parameters
    ----------
    rest
        The tokens that say something and belong to no concept.
    whole
        Whether all of it was read.
    open
        Whether it names more than it says ("steel, brass, etc.").
    denied
        Whether it denies something ("PVC-free").
    certainty
        How surely its concepts are meant: from 1 on they rule out others of their kind, at 2 all
        that nothing ties to them.
    """

    form: Form
    rest: tuple[Token, ...]
    whole: bool
    open: bool
    denied: bool
    certainty: int

    @property
    def phrase(self) -> Phrase:
        return self.form.phrase

    @property
    def named(self) -> bool:
        """Whether its concepts say all that it says."""
        return self.whole and not self.open and not self.rest and bool(self.form.spans)


class Terms:
    """Compares terms by a thesaurus, each pair once.  Safe to use from several threads.

    Parameters
    ----------
    thesaurus
        The one that comes with the engine unless another is given.
    """

    def __init__(self, thesaurus: Thesaurus | None = None) -> None:
        self._thesaurus = own_thesaurus() if thesaurus is None else thesaurus

    def met(self, asked: str, held: Sequence[str], *, graded: bool) -> Verdict:
        """Return what becomes of one term that is asked for.

        Parameters
        ----------
        asked
            As written, in any language; a list that says "or" is met by one of its parts, another
            one by all of them.
        held
            What is stated, lists in their parts as :func:`listed` gives them; not empty.
        graded
            Whether numbers in the terms are grades, as in materials, so that others contradict them.

        Returns
        -------
        tuple of Outcome, float
            MATCH where one of them says the same or something narrower, GAP where each of them
            excludes it, else UNKNOWN; and the credit from 0 to 1.
        """
        asked = asked[:TERM_CHARS]
        found = self._best(asked, held, graded=graded)
        parts = parts_of(asked)
        if found[0] is Outcome.MATCH or not parts:
            return found
        each = [self._best(part, held, graded=graded) for part in parts]
        best, least = max(each, key=worth), min(each, key=worth)
        if best[0] is Outcome.MATCH and not _OR_WORD.search(asked):
            best = least if least[0] is Outcome.MATCH else UNKNOWN
        return max(found, best, key=worth)

    def _best(self, asked: str, held: Sequence[str], *, graded: bool) -> Verdict:
        return max((self.compare(asked, other, graded=graded) for other in held), key=worth)

    @lru_cache(maxsize=KEPT)  # noqa: B019 - it lives as long as its process
    def compare(self, asked: str, held: str, *, graded: bool) -> Verdict:
        """Return what becomes of one term that is asked for, by one that is held; see :meth:`met`."""
        a, h = self._meaning(asked), self._meaning(held)
        if not a.phrase.tokens or not h.phrase.tokens:
            return UNKNOWN
        if a.denied == h.denied and (a.phrase.key == h.phrase.key or a.phrase.joined == h.phrase.joined):
            return MATCH if a.whole and h.whole else UNKNOWN
        if a.denied or h.denied:
            return MATCH if a.denied and _alike(a, h) else UNKNOWN
        near = similarity(a.phrase, h.phrase)
        gap = (Outcome.GAP, TERM_GAP_CREDIT * near)
        if graded and _contradicted(a, h):
            return gap if a.whole and h.whole and not (a.open or h.open) else UNKNOWN
        relation = self._relation(a, h)
        lacking = _numbers(a.phrase) - _numbers(h.phrase)
        if relation is Outcome.MATCH or (near >= TERM_MATCH and not lacking) or _covers(a, h):
            return MATCH if a.whole else UNKNOWN
        kept = near >= TERM_MATCH or (graded and _variants(a.phrase, h.phrase))
        return gap if relation is Outcome.GAP and not kept else UNKNOWN

    @lru_cache(maxsize=KEPT)  # noqa: B019 - likewise
    def _meaning(self, text: str) -> _Meaning:
        form = prepare(text, "", self._thesaurus)
        inside = {place for span in form.spans for place in range(span.first, span.last)}
        tokens = enumerate(form.phrase.tokens)
        return _Meaning(
            form=form,
            rest=tuple(token for place, token in tokens if place not in inside and not _says_little(token)),
            whole=len(text) <= PHRASE_CHARS and len(form.phrase.tokens) < PHRASE_TOKENS,
            open=_says(form.phrase.text, "open"),
            denied=_says(form.phrase.text, "denied"),
            certainty=min((self._certainty(form.phrase, span) for span in form.spans), default=0),
        )

    def _certainty(self, of: Phrase, span: Span) -> int:
        """Return how surely a concept is meant.

        0 where a label is shared by its stem alone ("acetal" and "aceto"); 1 where a label is; 2 where
        it is a preferred one.  A label stands for the first concept that bears it: "WIG" is a welding
        process, and a wig.
        """
        joined = "".join(token.key for token in of.tokens[span.first : span.last])
        if self._thesaurus.labels.get(joined, (-1,))[0] != span.concept:
            return 0
        names = self._thesaurus.names[span.concept].values()
        return 2 if any(phrase(name).joined == joined for name in names) else 1

    def _relation(self, a: _Meaning, h: _Meaning) -> Outcome:
        """Compare by concepts; a gap needs two terms that say nothing but concepts."""
        if not a.form.spans or not h.form.spans:
            return Outcome.UNKNOWN
        each = [[self._kinship(x, y) for y in h.form.concepts] for x in a.form.concepts]
        if all(Outcome.MATCH in kinds for kinds in each):
            held = {token.key for token in h.phrase.tokens}
            return Outcome.MATCH if all(token.key in held for token in a.rest) else Outcome.UNKNOWN
        shared = {t.stem for t in a.phrase.tokens} & {t.stem for t in h.phrase.tokens}
        # "Coating" within "powder coating" is no other process, wherever the two labels stand.
        certainty = min(a.certainty, h.certainty)
        if not (a.named and h.named and certainty) or shared.issuperset(t.stem for t in a.phrase.tokens):
            return Outcome.UNKNOWN
        excluded = any(Outcome.GAP in kinds and set(kinds) <= {Outcome.GAP, None} for kinds in each)
        # What stands near another concept is meant so, whatever else may bear its name.
        apart = not shared and certainty > 1 and all(kind is None for kinds in each for kind in kinds)
        return Outcome.GAP if excluded or apart else Outcome.UNKNOWN

    @lru_cache(maxsize=KEPT)  # noqa: B019 - likewise
    def _kinship(self, asked: int, held: int) -> Outcome | None:
        """Compare two concepts; ``None`` where nothing ties them.

        A broader one, or one that is related, may be meant as the one asked for; two kinds of one
        concept are not.
        """
        up_asked, up_held = self._above(asked), self._above(held)
        if asked in up_held:
            return Outcome.MATCH
        beside = self._thesaurus.above
        tied = (y in beside[x][1] or x in beside[y][1] for x, y in product(up_asked, up_held))
        if held in up_asked or any(tied):
            return Outcome.UNKNOWN
        return Outcome.GAP if up_asked & up_held else None

    @lru_cache(maxsize=KEPT)  # noqa: B019 - likewise
    def _above(self, concept: int) -> frozenset[int]:
        """Return a concept and all that are broader, in whatever circles an office has drawn them."""
        found: set[int] = set()
        waiting = [concept]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(self._thesaurus.above[one][0])
        return frozenset(found)


@lru_cache(maxsize=1)
def own_terms() -> Terms:
    """Return the comparison by the thesaurus that comes with the engine."""
    return Terms()


@lru_cache(maxsize=KEPT)
def parts_of(term: str) -> tuple[str, ...]:
    """Return the parts of a term that is a list, at most :data:`PARTS`; none of any other term.

    What is denied belongs to the whole of a term ("all metals except steel, brass"): it has no parts.
    """
    text = clean(term, PHRASE_CHARS)
    parts = [part for piece in _JOINT.split(text) if (part := piece.strip())]
    return tuple(parts[:PARTS]) if len(parts) > 1 and not denies(text) else ()


def denies(text: str) -> bool:
    """Whether a text denies something of what it names ("all metals except steel")."""
    return _says(clean(text, PHRASE_CHARS), "denied")


def listed(terms: Iterable[str]) -> tuple[str, ...]:
    """Return terms, and then the parts of those that are lists; long ones are cut."""
    wholes = [term[:TERM_CHARS] for term in terms]
    return tuple(dict.fromkeys((*wholes, *(part for term in wholes for part in parts_of(term)))))


def _says_little(token: Token) -> bool:
    return token.generic or token.key in _WORDS["publishers"]


def _says(text: str, kind: str) -> bool:
    """Whether a text holds a word of a kind; Chinese ones stand anywhere."""
    return not _folded(text).isdisjoint(_WORDS[kind]) or any(mark in text for mark in _MARKS[kind])


def _folded(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words_of(clean(text, PHRASE_CHARS)))


_CHINESE: Final = "\u2e80"
_MARKS: Final = {kind: [word for word in words if word >= _CHINESE] for kind, words in _WORDS.items()}


def _numbers(of: Phrase) -> frozenset[str]:
    return frozenset(token.key for token in of.tokens if token.exact)


def _alike(a: _Meaning, h: _Meaning) -> bool:
    """Whether two terms that both deny something say the same: "non-ferrous metals" in two languages."""
    return h.denied and a.named and h.named and set(a.form.concepts) == set(h.form.concepts)


def _covers(a: _Meaning, h: _Meaning) -> bool:
    """Whether a designation is held with more behind it: "6061-T6" is "EN AW-6061"."""
    held = {token.key for token in h.phrase.tokens}
    wanted = [token.key for token in a.phrase.tokens if not _says_little(token)]
    return bool(_numbers(a.phrase)) and all(key in held for key in wanted)


def _contradicted(a: _Meaning, h: _Meaning) -> bool:
    """Whether each side names a number that the other lacks, in one system."""
    wanted, stated = _numbers(a.phrase), _numbers(h.phrase)
    pairs = [*product(wanted - stated, stated - wanted)]
    if not pairs or _measures(a.phrase) or _measures(h.phrase):
        return False
    words = [_without_numbers(a.phrase), _without_numbers(h.phrase)]
    same = similarity(*words) >= TERM_MATCH if words[0].tokens and words[1].tokens else False
    bare = not any(not _says_little(token) for of in words for token in of.tokens)
    return (same or bare) and any(_differ(x, y, named=same) for x, y in pairs)


def _differ(x: str, y: str, *, named: bool) -> bool:
    """Whether two designations of one length and system bear different numbers."""
    a, b = _DESIGNATION.fullmatch(x), _DESIGNATION.fullmatch(y)
    if a is None or b is None or a[2] == b[2] or _shape(a[2]) != _shape(b[2]):
        return False
    if sum(c.isdigit() for c in a[2].split(".")[-1]) > GRADE_DIGITS:
        return False
    # The numbers of ASTM are those of standards, which one grade meets several of.
    return a[1] == b[1] != "a" and (named or bool(a[1]) or _shape(a[3]) == _shape(b[3]))


def _variants(a: Phrase, h: Phrase) -> bool:
    """Whether two terms name one number with other letters: who states 304L may well hold 304."""
    pairs = product(_numbers(a) - _numbers(h), _numbers(h) - _numbers(a))
    hits = ((_DESIGNATION.fullmatch(x), _DESIGNATION.fullmatch(y)) for x, y in pairs)
    return any(x is not None and y is not None and x[2] == y[2] for x, y in hits)


def _shape(text: str) -> str:
    return re.sub(r"\d", "0", text)


def _measures(of: Phrase) -> bool:
    """Whether a number in a phrase is a size, a weight or the like: "3 mm", "3mm"."""
    keys = [token.key for token in of.tokens]
    apart = any(t.exact and k in _WORDS["units"] for t, k in zip(of.tokens, keys[1:], strict=False))
    hits = (_DESIGNATION.fullmatch(token.key) for token in of.tokens if token.exact)
    return apart or "%" in of.text or any(hit is not None and hit[3] in _WORDS["units"] for hit in hits)


def _without_numbers(of: Phrase) -> Phrase:
    return Phrase(of.text, tuple(token for token in of.tokens if not token.exact))

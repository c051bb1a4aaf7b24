"""Text → tokens, phrases and clauses: one form for what people write in many ways.

Everything here is linear in its input, and the input is capped.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Final

import snowballstemmer

from matching.folding import fold
from matching.words import CONTRASTS, DECISIVE, GENERIC, KNOWN, QUALIFIERS, TRADE, VARIANTS, says_nothing

PHRASE_CHARS: Final = 200
"""Characters of a phrase that count."""
TEXT_CHARS: Final = 20_000
"""Characters of a text that count."""
PHRASE_TOKENS: Final = 16
"""Distinct tokens of a phrase that count."""
TOKEN_CHARS: Final = 40
"""Characters of a token that count; longer ones are noise."""
RAW_CHARS: Final = TOKEN_CHARS + 8
"""Characters of a token with its article ("dell'")."""
JOINED_LETTERS: Final = 4
"""Letters of the shortest word that is recognised within a joined one."""
SINGULAR_LETTERS: Final = 3
"""Words up to this length have no plural here ("gas")."""
CLAUSE_CHARS: Final = 3
"""Shorter clauses are noise."""
CLAUSE_LONGEST: Final = 240
"""Characters of a clause that count."""
WORDS_KEPT: Final = 100
"""Texts of which the words are kept: a phrase is read for its form, its letters and its topics in turn."""
GENERIC_WEIGHT: Final = 0.25
"""Weight of words such as "services" beside 1 for the others (a power of two: sums are exact)."""

USED: Final = "used"
DECISIVE_FRONTS: Final = {"edelstahl": ("stainless", "stahl"), "inox": ("stainless", "")}
"""Beginnings of compounds → the word that decides, and what the rest begins with: Edelstahlrohre are
Stahlrohre of stainless steel."""

STEMMERS: Final = {
    "en": "english", "fr": "french", "es": "spanish", "ru": "russian", "ar": "arabic",
    "de": "german", "pt": "portuguese", "it": "italian",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a phrase.

    Parameters
    ----------
    key
        The word without case, accents, spelling variants and plural.
    stem
        Its stem in the language of the phrase.
    weight
        1, or :data:`GENERIC_WEIGHT`.
    exact
        Holds a digit: a grade, size or number, never compared fuzzily.
    known
        A trade word whose spelling is certain.
    qualifier
        Changes what the phrase means ("hot").
    decisive
        Does so in whatever language the others are written ("stainless", "without").
    contrast
        Says the opposite of another of its kind before the same word ("low", "high").
    """

    key: str
    stem: str
    weight: float
    exact: bool
    known: bool
    qualifier: bool
    decisive: bool = False
    contrast: bool = False

    @property
    def generic(self) -> bool:
        """Whether the word says little."""
        return self.weight < 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as written, and its distinct tokens in order."""

    text: str
    tokens: tuple[Token, ...]

    @property
    def key(self) -> str:
        """The tokens' keys in order of the alphabet: equal for phrases of the same words."""
        return " ".join(sorted(token.key for token in self.tokens))

    @property
    def joined(self) -> str:
        """The tokens' keys run together in order: equal for joined and separate writing."""
        return "".join(token.key for token in self.tokens)

    @property
    def weight(self) -> float:
        """The sum of the tokens' weights."""
        return sum(token.weight for token in self.tokens)


_DOTTED: Final = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*[^\W_]*|[^\W_]+(?:['’ʼ][^\W_]+)?")
_CAPITALS: Final = re.compile(r"\b[^\W\d_]{2,4}\b")
# O-rings, e-coating, I-beams: the letter alone would say nothing.
_LETTER_WORD: Final = re.compile(r"\b([a-z])-(?=[^\W\d_]{3})")
_THOUSANDS: Final = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?:,\d{3})+)(?!,?\d)")
_TIMES: Final = re.compile(r"(?<=\d)\s?[x×]\s?(?=\d)")
_DIAMETER: Final = re.compile(r"[ø⌀]\s?(?=\d)")
# "M 8" is M8; letters that are words of some language ("à 5") do not join.
_LETTER_NUMBER: Final = re.compile(r"\b([bcdfghjklmnpqrstvx]) (\d)")
_LETTERS_DIGITS: Final = re.compile(r"([^\W\d_]{3,})(\d.*)")
_CJK: Final = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+)")
_ELISION: Final = re.compile(r"^(?:[ldnmtscj]|qu|dell|nell|sull|all|dall|un)['’ʼ]")
_APOSTROPHE: Final = re.compile("['’ʼ]")
# Sentences and items of lists; not commas: what a clause means lies in all of its words.
_CLAUSE_END: Final = re.compile(r"(?<=[^\W\d]{3})[.!?](?=\s|$)|[。！？；؛؟\n\r;•·|]|\s[-–—*]\s|:\s")
_ADDRESS: Final = re.compile(r"\b(?:https?://|www\.)\S{0,400}|\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{1,64}")

# The likeliest language of a script, for words of a text whose language is not known.
_SCRIPTS: Final = {"ru": re.compile(r"[\u0400-\u04ff]"), "ar": re.compile(r"[\u0600-\u06ff]")}

_local = threading.local()


def clean(text: str, cap: int = TEXT_CHARS) -> str:
    """Return text of at most ``cap`` characters in NFKC, control characters made spaces."""
    plain = unicodedata.normalize("NFKC", text[:cap])[:cap]
    if plain.isprintable():
        return plain
    return "".join(c if c.isprintable() or c == "\n" else " " for c in plain)


@lru_cache(maxsize=WORDS_KEPT)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a cleaned text, casefolded: abbreviations undotted, CJK as bigrams."""
    if not text.isascii():
        # Marks that do not compose (Arabic vowels, Indic signs) would cut their words in two.
        text = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() else c
            for c in text
            if not unicodedata.category(c).startswith("M")
        )
    plain = _DOTTED.sub(lambda hit: hit[0].replace(".", ""), text).casefold()
    for found, kept in _WRITTEN:
        plain = found.sub(kept, plain)
    plain = _THOUSANDS.sub(lambda hit: hit[0].replace(",", ""), plain)
    return tuple(word for raw in _WORD.findall(plain) for word in _pieces(raw[:RAW_CHARS]))


_WRITTEN: Final = (
    (_LETTER_NUMBER, r"\1\2"),
    (_LETTER_WORD, r"\1"),
    (_TIMES, "x"),
    (_DIAMETER, "ø"),
)
"""Writings that are brought into one."""


@lru_cache(maxsize=100_000)
def _pieces(raw: str) -> tuple[str, ...]:
    """Return the words of a run of letters and digits: without its article, letters apart from a number."""
    word = _ELISION.sub("", raw)[:TOKEN_CHARS]
    word = _APOSTROPHE.split(word)[0] or word
    if _CJK.search(word):
        return tuple(piece for part in _CJK.split(word) for piece in _bigrams(part))
    parted = _LETTERS_DIGITS.fullmatch(word)
    return parted.groups() if parted else (word.replace(",", "."),)


def _bigrams(part: str) -> list[str]:
    if not _CJK.fullmatch(part):
        return [part] if part else []
    return [part[i : i + 2] for i in range(max(1, len(part) - 1))]


def tokens_of(text: str, language: str = "") -> list[Token]:
    """Return the tokens of a cleaned text in order, stop words left out."""
    code = language[:2].casefold()
    # What alone is written in capitals, or stands with a number, is a name: CE marking, SUS 304; not "AND".
    shouted = text.isupper() and not any(c.isdigit() for c in text)
    capitals = () if shouted else {x.casefold() for x in _CAPITALS.findall(text) if x.isupper()}
    names = {word for word in capitals if not says_nothing(word, "en")}
    words = words_of(text)
    found: list[Token] = []
    for word, after in zip_longest(words, words[1:], fillvalue=""):
        # Tools used for cutting; but used tools.
        idle = word == USED and (not after or says_nothing(after, code))
        if word in names or not (idle or says_nothing(word, code)):
            found.extend(_tokens(word, code))
    return found


@lru_cache(maxsize=100_000)
def _tokens(word: str, language: str) -> tuple[Token, ...]:
    """Return the token of a word, or the two of a joined word."""
    folded = fold(word)
    if not folded:
        return ()
    if any(c.isdigit() for c in folded):
        return (Token(folded, folded, 1.0, exact=True, known=True, qualifier=False),)
    for front, (decisive, noun) in DECISIVE_FRONTS.items():
        if folded.startswith(front) and folded not in VARIANTS:
            rest = folded.removeprefix(front)
            return (_word_token(decisive, decisive, language), *_tokens(noun + rest, language))
    key = _key(folded)
    if key not in KNOWN and len(key) >= 2 * JOINED_LETTERS:
        for cut in range(JOINED_LETTERS, len(key) - JOINED_LETTERS + 1):
            if key[:cut] in KNOWN and key[cut:] in KNOWN:
                return tuple(_word_token(part, part, language) for part in (key[:cut], key[cut:]))
    return (_word_token(key, word, language),)


def _word_token(key: str, word: str, language: str) -> Token:
    return Token(
        key=key,
        stem=_stem(word, key, language),
        weight=GENERIC_WEIGHT if key in GENERIC else 1.0,
        exact=False,
        known=key in TRADE,
        qualifier=key in QUALIFIERS,
        decisive=key in DECISIVE,
        contrast=key in CONTRASTS,
    )


def _key(folded: str) -> str:
    """Return the folded word in one spelling and number; known words keep their final s."""
    if folded in VARIANTS:
        return VARIANTS[folded]
    key = _spell(folded)
    singular = _singular(key)
    if key in KNOWN and singular not in KNOWN:
        return key
    return VARIANTS.get(singular, singular)


def _spell(word: str) -> str:
    """Return -ise for -ize, -our for -or as VARIANTS cannot list every verb."""
    for american, british in _ENDINGS:
        if word.endswith(american) and len(word) > len(american) + 3:
            return word.removesuffix(american) + british
    return word


_ENDINGS: Final = (
    ("ization", "isation"), ("izations", "isation"), ("izing", "ising"), ("ized", "ised"),
    ("izer", "iser"), ("izers", "iser"), ("ize", "ise"), ("izes", "ise"),
    ("yzing", "ysing"), ("yzed", "ysed"), ("yze", "yse"),
)  # fmt: skip


def _singular(word: str) -> str:
    """Return the word without a light plural; the rules of Harman's S-stemmer (1991)."""
    if len(word) <= SINGULAR_LETTERS or not word.endswith("s") or not word.isascii():
        return word
    if re.search("[^ae]ies$", word[1:]):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if word.endswith(("us", "ss", "is")):
        return word
    return word[:-1]


def _stem(word: str, key: str, language: str) -> str:
    """Return the folded stem, by the language's stemmer, or the English one where unknown."""
    if not language and not key.isascii():
        language = next((code for code, script in _SCRIPTS.items() if script.match(key)), "")
    if language in {"", "en"}:
        return str(_stemmer("en").stemWord(key)) if key.isascii() else key
    if language not in STEMMERS:
        return key
    return fold(str(_stemmer(language).stemWord(word))) or key


def _stemmer(code: str) -> snowballstemmer.stemmer:
    """Return this thread's stemmer: a snowball stemmer holds the word it works on."""
    stemmers = _local.__dict__
    if code not in stemmers:
        stemmers[code] = snowballstemmer.stemmer(STEMMERS[code])
    return stemmers[code]


@lru_cache(maxsize=50_000)
def phrase(text: str, language: str = "") -> Phrase:
    """Return a phrase in normal form.

    Parameters
    ----------
    text
        Of any length and content; the first :data:`PHRASE_CHARS` characters count.
    language
        ISO 639-1; ``""`` when unknown.

    Returns
    -------
    Phrase
        At most :data:`PHRASE_TOKENS` distinct tokens; none for empty text. A phrase made of
        stop words alone has none either.
    """
    cleaned = " ".join(clean(text, PHRASE_CHARS).split())
    distinct = {token.key: token for token in reversed(tokens_of(cleaned, language))}
    return Phrase(cleaned, tuple(reversed(distinct.values()))[:PHRASE_TOKENS])


def clauses(text: str, most: int) -> list[str]:
    """Return the first clauses of a text, in order, without doubles and addresses.

    Parameters
    ----------
    text
        The first :data:`TEXT_CHARS` characters count.
    most
        Clauses wanted.

    Returns
    -------
    list of str
        Each of :data:`CLAUSE_CHARS` to :data:`CLAUSE_LONGEST` characters.
    """
    found: dict[str, None] = {}
    for piece in _CLAUSE_END.split(_ADDRESS.sub("\n", clean(text))):
        clause = " ".join(piece.split())
        if len(clause) >= CLAUSE_CHARS:
            found[clause[:CLAUSE_LONGEST]] = None
        if len(found) >= most:
            break
    return list(found)

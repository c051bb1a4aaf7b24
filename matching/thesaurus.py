"""The thesaurus of capabilities: concepts with their names in many languages, and how near two are.

It is data in SKOS (W3C 2009), which an office can extend or replace.  It carries the short technical
terms on which sentence encoders fail, and works without one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from rdflib import Graph
from rdflib.namespace import RDF, SKOS

from matching.abbreviations import expand
from matching.normalise import Phrase, Token, clean, phrase, words_of
from matching.words import DATA, KNOWN

SUFFIXES: Final = {".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".jsonld": "json-ld", ".nt": "nt"}
"""Files that are read, and their forms."""
LABELS: Final = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
STEM_LETTERS: Final = 5
"""Letters of the shortest stem by which a label of one word is found."""
LONGEST: Final = 8
"""Tokens of the longest label."""
BROADER: Final = 0.6
"""Nearness of a concept and the one above it, and of two that are called related."""
SIBLING: Final = 0.25
"""Nearness of two concepts below one."""
FORMAT: Final = 3
"""Version of the form in which a thesaurus is kept."""


@dataclass(frozen=True, slots=True)
class Span:
    """A concept named in a phrase.

    Parameters
    ----------
    concept
        Its number.
    first, last
        The tokens that name it: from ``first`` to before ``last``.
    """

    concept: int
    first: int
    last: int


@dataclass(frozen=True)
class Thesaurus:
    """Concepts, by number.

    Parameters
    ----------
    names
        Of each concept: language (ISO 639-1) → preferred label.
    above
        Of each concept: the numbers of the broader ones, then of the related ones.
    labels
        Tokens of a label, by their stems or by their keys, run together ("waste water" is
        "wastewater") → concept, and the languages in which it is one.
    digest
        SHA-256 of the sources.
    """

    names: Sequence[Mapping[str, str]]
    above: Sequence[tuple[Sequence[int], Sequence[int]]]
    labels: Mapping[str, tuple[int, Sequence[str]]]
    digest: str

    def __len__(self) -> int:
        return len(self.names)

    def name(self, concept: int, language: str) -> str:
        """Return a concept's preferred label in a language, the English one where there is none."""
        names = self.names[concept]
        return names.get(language) or names.get("en") or next(iter(names.values()), "")

    def concepts_in(self, of: Phrase, language: str) -> tuple[Span, ...]:
        """Return the concepts that a phrase names: the longest labels, none of which overlap.

        Parameters
        ----------
        language
            Of the phrase, ISO 639-1; ``""`` when unknown. A label of one word counts in the languages
            in which it is one, in English, and where the language is not known.
        """
        keys = [token.key for token in of.tokens]
        stems = [token.stem for token in of.tokens]
        found: list[Span] = []
        taken: set[int] = set()
        for length in range(min(LONGEST, len(keys)), 0, -1):
            for first in range(len(keys) - length + 1):
                places = range(first, first + length)
                if not taken.isdisjoint(places):
                    continue
                concept = self._named(keys[first : first + length], stems[first : first + length], language)
                if concept >= 0:
                    found.append(Span(concept, first, first + length))
                    taken.update(places)
        return tuple(sorted(found, key=lambda span: span.first))

    def _named(self, keys: Sequence[str], stems: Sequence[str], language: str) -> int:
        for words in (keys, stems):
            found = self.labels.get("".join(words))
            if found is not None and (len(words) > 1 or _told(found[1], language)):
                return found[0]
        return -1

    def near(self, a: int, b: int) -> float:
        """Return how near two concepts are, 0 to 1; symmetrical."""
        return self.kin(a).get(b, 0.0)

    def kin(self, concept: int) -> Mapping[int, float]:
        """Return the concepts that have to do with one, itself included, and how near they are, 0 to 1."""
        found = self._kin.get(concept)
        if found is None:
            siblings = (other for above in self.above[concept][0] for other in self._below[above])
            found = dict.fromkeys(siblings, SIBLING)
            found.update(dict.fromkeys(self.related(concept), BROADER))
            found[concept] = 1.0
            self._kin[concept] = found
        return found

    @cached_property
    def _kin(self) -> dict[int, Mapping[int, float]]:
        return {}

    @cached_property
    def _below(self) -> Sequence[list[int]]:
        found: list[list[int]] = [[] for _ in self.names]
        for concept, (broader, _) in enumerate(self.above):
            for other in broader:
                found[other].append(concept)
        return found

    def related(self, concept: int) -> frozenset[int]:
        """Return the concepts directly above, below and beside one."""
        return self._related[concept]

    @cached_property
    def _related(self) -> Sequence[frozenset[int]]:
        found: list[set[int]] = [set() for _ in self.names]
        for concept, (broader, beside) in enumerate(self.above):
            for other in (*broader, *beside):
                found[concept].add(other)
                found[other].add(concept)
        return [frozenset(others) for others in found]

    def to_bytes(self) -> bytes:
        """Return the thesaurus as bytes, which are read faster than its sources."""
        return json.dumps([FORMAT, self.digest, self.names, self.above, self.labels]).encode()

    @classmethod
    def from_bytes(cls, kept: bytes) -> Thesaurus:
        """Return the thesaurus of :meth:`to_bytes`.

        Raises
        ------
        ValueError
            When the bytes are of another form.
        """
        parts = json.loads(kept)
        if not isinstance(parts, list) or parts[:1] != [FORMAT]:
            raise ValueError("This is no thesaurus of this version.")
        _, digest, names, above, labels = parts
        return cls(names, above, labels, digest)


def read_thesaurus(path: Path, cache: Path | None = None) -> Thesaurus:
    """Return the thesaurus in a file, or in all files of a folder.

    Parameters
    ----------
    path
        Turtle, RDF/XML, JSON-LD or N-Triples, by the name's ending.
    cache
        Folder in which what was read is kept, by its digest; ``None`` to keep nothing.

    Raises
    ------
    ValueError
        When there is no such file, or what is in it is not SKOS; the message says where.
    """
    files = sorted(p for p in (path.iterdir() if path.is_dir() else [path]) if p.suffix in SUFFIXES)
    if not files or not all(file.is_file() for file in files):
        raise ValueError(f"{path}: no thesaurus is there.")
    digest = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    kept = cache / f"thesaurus-{FORMAT}-{digest[:16]}.json" if cache else None
    if kept and kept.exists():
        return Thesaurus.from_bytes(kept.read_bytes())
    made = _thesaurus(_graph(files), digest)
    if kept:
        _keep(made, kept)
    return made


def _keep(made: Thesaurus, path: Path) -> None:
    """Keep what was read, whole or not at all; where that may not be, it is read again next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as beside:
            beside.write(made.to_bytes())
        Path(beside.name).replace(path)
    except OSError:
        return


@lru_cache(maxsize=1)
def own_thesaurus() -> Thesaurus:
    """Return the thesaurus that comes with the engine; what was read is kept beside the bytecode."""
    return read_thesaurus(DATA / "thesaurus", DATA.parent / "__pycache__")


def _graph(files: Iterable[Path]) -> Graph:
    graph = Graph()
    for file in files:
        try:
            graph.parse(file, format=SUFFIXES[file.suffix])
        except Exception as error:
            # rdflib's parsers raise what they like.
            raise ValueError(f"{file.name}: {error}") from error
    return graph


def _thesaurus(graph: Graph, digest: str) -> Thesaurus:
    concepts = sorted(graph.subjects(RDF.type, SKOS.Concept), key=str)
    if not concepts:
        raise ValueError("There is no skos:Concept in it.")
    numbers = {concept: number for number, concept in enumerate(concepts)}
    names: list[dict[str, str]] = []
    labels: dict[str, tuple[int, list[str]]] = {}
    entries = []
    for concept, number in numbers.items():
        names.append({_language(label): str(label) for label in graph.objects(concept, SKOS.prefLabel)})
        entries += [(_language(x), number, str(x)) for kind in LABELS for x in graph.objects(concept, kind)]
    # English first: "boots" are footwear before they are a German "Boot".
    ordered = sorted(entries, key=lambda entry: (entry[0] != "en", *entry))
    # All labels as they are written before any stem of one.
    for by_stem in (False, True):
        for language, number, label in ordered:
            _enter(labels, number, label, language, by_stem=by_stem)
    above = [
        (
            [
                numbers[other]
                for other in _others(graph, concept, (SKOS.broader,), (SKOS.narrower,))
                if other in numbers
            ],
            [numbers[other] for other in _others(graph, concept, (SKOS.related,), ()) if other in numbers],
        )
        for concept in concepts
    ]
    return Thesaurus(names, above, labels, digest)


def _others(graph: Graph, concept: Any, out: Iterable[Any], into: Iterable[Any]) -> list[Any]:
    found = {other for kind in out for other in graph.objects(concept, kind)}
    return sorted(found | {other for kind in into for other in graph.subjects(kind, concept)}, key=str)


def _told(languages: Sequence[str], language: str) -> bool:
    """Whether a label of one word may be meant by a phrase in a language."""
    return not language or language in languages or "en" in languages


def _language(label: Any) -> str:
    return str(getattr(label, "language", "") or "en")[:2]


def _enter(
    labels: dict[str, tuple[int, list[str]]], number: int, label: str, language: str, *, by_stem: bool
) -> None:
    """Note a label by its keys or by its stems; of two concepts with one label the first keeps it."""
    # Small words fall away only where the language is known: "fundición en arena".
    for known in (language, ""):
        text = expand(label) if known in {"en", ""} else label
        tokens = phrase(text, known).tokens[:LONGEST]
        # What is left of several words is not the label: "té verde" is not whatever is green.
        if len(tokens) == 1 and (len(words_of(clean(text))) > 1 or (by_stem and not _same_word(tokens[0]))):
            continue
        name = "".join(token.stem if by_stem else token.key for token in tokens)
        owner, languages = labels.setdefault(name, (number, []))
        if name and owner == number and language not in languages:
            languages.append(language)


def _same_word(token: Token) -> bool:
    """Whether the stem of a label of one word means what the label does: to web is not webbing."""
    return len(token.stem) >= STEM_LETTERS and (token.stem == token.key or token.stem not in KNOWN)

"""A sector resolver in a file that all processes share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.archive import read_arrays, write_arrays
from matching.features import Vocabulary
from matching.linear import Linear
from matching.meaning import Projection
from matching.neighbours import Neighbours
from matching.resolver import SectorResolver
from matching.semantic import Encoder
from matching.titles import Title

FORMAT: Final = 3
"""Version of the saved form."""
_MODEL: Final = ("starts", "classes", "weights", "dense", "offsets")


def save_resolver(resolver: SectorResolver, path: Path) -> None:
    """Write a resolver to one file: numpy's npz, neither pickled nor compressed, fit for mmap."""
    near = resolver.neighbours
    texts = {
        "format": FORMAT,
        "titles": [[title.text, title.language, title.shares] for title in resolver.titles],
        "codes": resolver.codes,
        "learnt": resolver.learnt,
        "texts": near.vocabulary.texts,
        "dimensions": resolver.encoder.dimensions,
    }
    arrays: dict[str, NDArray[Any]] = {
        "texts": np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), dtype=np.uint8),
        "keys": near.vocabulary.keys,
        "kinds": near.vocabulary.kinds,
        "counts": near.vocabulary.counts,
        "starts": near.starts,
        "holders": near.texts,
        "word_factors": near.word_factors,
        "run_factors": near.run_factors,
        "vectors": near.vectors,
        "raw": resolver.raw,
        "mean": resolver.projection.mean,
        "axes": resolver.projection.axes,
        "rates": resolver.rates,
    }
    for name, model in (("class", resolver.by_class), ("division", resolver.by_division)):
        arrays |= {f"{name}_{part}": getattr(model, part) for part in _MODEL}
    write_arrays(path, arrays)


def load_resolver(path: Path, encoder: Encoder) -> SectorResolver:
    """Return the resolver that :func:`save_resolver` wrote.

    Parameters
    ----------
    path
        The file.
    encoder
        The encoder with which it was built.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When it holds something else, another version, or was built with another encoder.
    """
    saved = read_arrays(path)
    try:
        texts = json.loads(saved["texts"].tobytes())
        version, dimensions = texts["format"], texts["dimensions"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name} does not hold a sector index.") from error
    if version != FORMAT:
        raise ValueError(f"{path.name} holds a sector index of version {version}.")
    if dimensions != encoder.dimensions:
        raise ValueError(f"{path.name} was built with another encoder.")
    try:
        return _resolver(saved, texts, encoder)
    except KeyError as error:
        raise ValueError(f"{path.name} lacks a part of a sector index.") from error


def _resolver(saved: dict[str, NDArray[Any]], texts: dict[str, Any], encoder: Encoder) -> SectorResolver:
    """Return the resolver from its arrays and texts."""
    vocabulary = Vocabulary(saved["keys"], saved["kinds"], saved["counts"], texts["texts"])
    return SectorResolver(
        titles=[Title(text, language, shares) for text, language, shares in texts["titles"]],
        codes=tuple(texts["codes"]),
        learnt=texts["learnt"],
        raw=saved["raw"],
        neighbours=Neighbours(
            vocabulary, saved["starts"], saved["holders"],
            saved["word_factors"], saved["run_factors"], saved["vectors"],
        ),
        projection=Projection(saved["mean"], saved["axes"]),
        rates=saved["rates"],
        by_class=Linear(*(saved[f"class_{part}"] for part in _MODEL)),
        by_division=Linear(*(saved[f"division_{part}"] for part in _MODEL)),
        encoder=encoder,
    )  # fmt: skip

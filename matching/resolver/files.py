"""A sector resolver in a file that all processes share."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.resolver.archive import read_arrays, write_arrays
from matching.resolver.features import Vocabulary
from matching.resolver.meaning import Projection
from matching.resolver.neighbours import Neighbours
from matching.resolver.network import Network, Sparse
from matching.resolver.resolver import SectorResolver
from matching.resolver.titles import Title
from matching.semantic import Encoder

FORMAT: Final = 4
"""Version of the saved form, and of what is made of the titles."""
_SPARSE: Final = ("direct", "inward")
_DENSE: Final = tuple(field.name for field in fields(Network) if field.name not in _SPARSE)
_LISTS: Final = ("starts", "texts", "word_factors", "run_factors", "vectors", "scales")


def save_resolver(resolver: SectorResolver, path: Path) -> None:
    """Write a resolver to one file: numpy's npz, neither pickled nor compressed, fit for mmap."""
    near, network = resolver.neighbours, resolver.network
    about = {
        "format": FORMAT,
        "titles": [[title.text, title.language, title.shares] for title in resolver.titles],
        "codes": resolver.codes,
        "learnt": resolver.learnt,
        "texts": near.vocabulary.texts,
        "dimensions": resolver.encoder.dimensions,
        "widths": [getattr(network, name).width for name in _SPARSE],
    }
    arrays: dict[str, NDArray[Any]] = {
        "about": np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
        "keys": near.vocabulary.keys,
        "kinds": near.vocabulary.kinds,
        "counts": near.vocabulary.counts,
        "mean": resolver.projection.mean,
        "axes": resolver.projection.axes,
        "rates": resolver.rates,
    }
    arrays |= {f"near_{name}": getattr(near, name) for name in _LISTS}
    arrays |= {f"network_{name}": getattr(network, name) for name in _DENSE}
    for name in _SPARSE:
        matrix = getattr(network, name)
        arrays |= {f"{name}_{part}": getattr(matrix, part) for part in ("starts", "columns", "values")}
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
        about = json.loads(saved["about"].tobytes())
        version, dimensions = about["format"], about["dimensions"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name} does not hold a sector index.") from error
    if version != FORMAT:
        raise ValueError(f"{path.name} holds a sector index of version {version}.")
    if dimensions != encoder.dimensions:
        raise ValueError(f"{path.name} was built with another encoder.")
    try:
        return _resolver(saved, about, encoder)
    except KeyError as error:
        raise ValueError(f"{path.name} lacks a part of a sector index.") from error


def _resolver(saved: dict[str, NDArray[Any]], about: dict[str, Any], encoder: Encoder) -> SectorResolver:
    """Return the resolver from its arrays and texts."""
    vocabulary = Vocabulary(saved["keys"], saved["kinds"], saved["counts"], about["texts"])
    direct, inward = (
        Sparse(saved[f"{name}_starts"], saved[f"{name}_columns"], saved[f"{name}_values"], width)
        for name, width in zip(_SPARSE, about["widths"], strict=True)
    )
    return SectorResolver(
        titles=[
            Title(text, language, tuple((code, share) for code, share in shares))
            for text, language, shares in about["titles"]
        ],
        codes=tuple(about["codes"]),
        learnt=about["learnt"],
        neighbours=Neighbours(vocabulary, *(saved[f"near_{name}"] for name in _LISTS)),
        projection=Projection(saved["mean"], saved["axes"]),
        rates=saved["rates"],
        network=Network(direct, inward, *(saved[f"network_{name}"] for name in _DENSE)),
        encoder=encoder,
    )

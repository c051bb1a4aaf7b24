from __future__ import annotations

import numpy as np

from matching.resolver.features import Vocabulary, hashed


def test_features_forget_case_and_accents() -> None:
    assert hashed("FÄBRICS", "en") == hashed("fabrics", "en")
    assert hashed("") == ([], [], [])


def test_a_vocabulary_knows_what_its_texts_hold() -> None:
    vocabulary = Vocabulary.of([hashed("steel pipes"), hashed("steel wire"), hashed("copper wire")])
    ids, values = vocabulary.row(hashed("steel wire"))
    assert len(ids) == len(values) > 0
    assert vocabulary.row(hashed("zzz"))[0].size == 0
    assert list(vocabulary.keys) == sorted(vocabulary.keys)
    rare, common = vocabulary.rarity(
        np.concatenate([vocabulary.find(hashed(w)[0], 0) for w in ("pipes", "wire")])
    )
    assert rare > common
    assert rare == np.float32(vocabulary.rarity_of_one)


def test_nothing_is_found_in_an_empty_vocabulary() -> None:
    nothing = Vocabulary.of([])
    assert len(nothing) == 0
    assert nothing.row(hashed("steel"))[0].size == 0
    assert len(nothing.rows([])) == 0

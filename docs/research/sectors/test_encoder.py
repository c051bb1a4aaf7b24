"""The sentence encoder, itself."""

from __future__ import annotations

import numpy as np

from matching.encoder import DIMENSIONS, UsemEncoder


def test_the_same_thing_in_two_languages_is_near_and_nothing_has_no_meaning() -> None:
    encoder = UsemEncoder()
    shoes, chaussures, bridges, nothing = encoder.encode(
        ["manufacture of shoes", "fabrication de chaussures", "construction of bridges", " - "]
    )
    assert encoder.encode([]).shape == (0, DIMENSIONS)
    assert shoes @ chaussures > shoes @ bridges + 0.2
    assert np.linalg.norm(shoes) > 0.99
    assert not nothing.any()

import numpy as np
import pytest

from matching import semantic
from matching.semantic import DIMENSIONS, NullEncoder, SentenceEncoder, common_part


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    made = SentenceEncoder()
    made.warm()
    return made


def test_twins_in_two_languages_are_nearer_than_strangers(encoder: SentenceEncoder) -> None:
    pairs = [
        ("stainless steel welding", "soudage de l'acier inoxydable"),
        ("injection moulding of plastics", "литьё пластмасс под давлением"),
        ("wastewater treatment", "污水处理"),
    ]
    left, right = encoder.encode([a for a, _ in pairs]), encoder.encode([b for _, b in pairs])
    cosines = left @ right.T
    assert cosines.argmax(axis=1).tolist() == [0, 1, 2]
    assert cosines.diagonal().min() > 0.5 > cosines[~np.eye(3, dtype=bool)].max()


def test_vectors_are_unit_and_those_of_nothing_are_zero(encoder: SentenceEncoder) -> None:
    found = encoder.encode(["gear cutting", "", "  \n "])
    assert found.shape == (3, DIMENSIONS)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1.0, 0.0, 0.0], abs=1e-5)


def test_a_text_has_one_vector_whoever_it_is_encoded_with(encoder: SentenceEncoder) -> None:
    alone = SentenceEncoder().encode(["sand casting"])
    among = encoder.encode(["forging of shafts", "sand casting", "sand casting"])
    assert among[1] == pytest.approx(alone[0], abs=1e-5)
    assert (among[1] == among[2]).all()


def test_only_so_many_vectors_are_kept(encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(semantic, "KEPT", 2)
    first = encoder.encode(["a mill", "a lathe", "a press", "a saw"])
    assert encoder.encode(["a mill"])[0] == pytest.approx(first[0], abs=1e-5)


def test_weights_other_than_the_measured_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(semantic, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(RuntimeError, match="weights"):
        SentenceEncoder()


def test_without_an_encoder_vectors_have_no_dimension() -> None:
    assert NullEncoder().encode(["anything"]).shape == (1, 0)


def test_the_common_part_is_the_mean_and_the_widest_directions() -> None:
    rows = np.array([[1.0, 5.0, 0.0], [1.0, -5.0, 0.1], [1.0, 4.0, -0.1], [1.0, -4.0, 0.0]], dtype=np.float32)
    mean, direction = common_part(rows, directions=1)
    assert mean == pytest.approx([1.0, 0.0, 0.0])
    assert abs(direction) == pytest.approx([0.0, 1.0, 0.0], abs=0.02)

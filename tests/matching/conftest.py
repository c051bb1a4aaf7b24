"""What the tests of the engine share."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest


@pytest.fixture
def plainly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the compiled loops run as the Python they are written in; hashes run over, as they should."""
    for name, module in list(sys.modules.items()):
        if name.startswith("matching."):
            for loop_name, loop in list(vars(module).items()):
                if hasattr(loop, "py_func"):
                    monkeypatch.setattr(module, loop_name, loop.py_func)
    with np.errstate(over="ignore"):
        yield

"""How the loops of the engine are compiled, and where what was compiled is kept.

numba keeps a compiled loop until the file of that loop changes, but not until a number or a loop
that it took from another file does.  So the folder is named for all the sources.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from numba import config, njit

# Its settings are made at run time.
_config: Final[Any] = config
_HERE: Final = Path(__file__).parent
_SOURCES: Final = sorted([*_HERE.glob("*.py"), *_HERE.glob("kernels/*.py")])
_DIGEST: Final = sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()[:16]
FOLDER: Final = Path(_config.CACHE_DIR or _HERE / "__pycache__") / f"compiled-{_DIGEST}"
"""Below ``NUMBA_CACHE_DIR`` where that is set."""


def compiled(loop: Callable[..., Any]) -> Any:
    """Compile a loop at its first use: whole numbers divide without a check, threads work side by side."""
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(FOLDER)
    try:
        return njit(cache=True, nogil=True, error_model="numpy")(loop)
    finally:
        _config.CACHE_DIR = before

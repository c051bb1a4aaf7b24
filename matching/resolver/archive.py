"""Arrays in one file that processes share: an uncompressed npz whose members lie where mmap can use them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

_ALIGNMENT: Final = 64
"""numpy pads its headers to this, and BLAS likes it."""
_LOCAL_HEADER: Final = struct.Struct("<4s5H3I2H")
"""A member's own header in a zip file (PKWARE APPNOTE 4.3.7); name and extra field follow."""
_PADDING: Final = 0xD935
"""Identifier of an extra field that only pads, as zipalign writes it."""


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays to a file that :func:`read_arrays` and :func:`numpy.load` read.

    Parameters
    ----------
    path
        Replaced if it exists.
    arrays
        By name; no arrays of objects.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")
            fixed = archive.fp.tell() + _LOCAL_HEADER.size + len(member.filename) + 4  # type: ignore[union-attr]
            gap = -fixed % _ALIGNMENT
            member.extra = struct.pack("<HH", _PADDING, gap) + bytes(gap)
            member.file_size = array.nbytes + 4096
            with archive.open(member, "w") as file:
                npy.write_array(file, np.ascontiguousarray(array), allow_pickle=False)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file, mapped into memory and read only.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When it holds something else.
    """
    found: dict[str, NDArray[Any]] = {}
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                file.seek(member.header_offset)
                *_, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
                file.seek(name_length + extra_length, 1)
                found[member.filename.removesuffix(".npy")] = _mapped(path, file)
    except (zipfile.BadZipFile, struct.error, ValueError, EOFError) as error:
        raise ValueError(f"{path.name} does not hold arrays.") from error
    return found


def _mapped(path: Path, file: Any) -> NDArray[Any]:
    """Return the array whose header begins where the file stands."""
    version = npy.read_magic(file)
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, kind = read_header(file)
    if not all(shape):
        return np.empty(shape, dtype=kind)
    order: Any = "F" if fortran else "C"
    # As a plain array, which is quicker to take parts of.
    return np.asarray(np.memmap(path, dtype=kind, mode="r", offset=file.tell(), shape=shape, order=order))

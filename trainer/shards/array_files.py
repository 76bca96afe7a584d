"""Windows of `.npy` files of any size, read where they lie: on a disk or in object storage.

Tar files are read as bytes.

Windows are read (`pread`, or a range request), not mapped: mapped pages count as the process's
memory, by whole huge pages where the kernel likes those, while what is read stays in the kernel's
file cache, which makes room for whoever needs it. Random windows of a set far larger than memory
then take no more of it than the windows themselves.
"""

import io
import os
from collections import OrderedDict
from typing import Any, NamedTuple

import fsspec
import numpy as np

from realtime.troubles.errors import UserError

MOST_OPEN = 400
"""Files that are open at once; systems allow 1024 descriptors or fewer."""
HEADER_BYTES = 1024
"""Enough for the header of every one-dimensional array."""
TAR = ".tar"


class ArrayFile(NamedTuple):
    """One `.npy` file, one-dimensional, or a tar file as bytes."""

    descriptor: int
    """Descriptor of an open file; -1 in object storage."""
    storage: Any
    """fsspec's file system; None for a file of this machine."""
    dtype: np.dtype
    length: int
    offset: int
    """Bytes before the first item."""


class ArrayFiles:
    """Files by path or URL, opened as they are asked for; the latest used stay open."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, ArrayFile] = OrderedDict()
        self._process = os.getpid()

    def __del__(self) -> None:
        while self._open:
            self._close(next(iter(self._open)))

    def __getstate__(self) -> dict[str, Any]:
        """Other processes open the files themselves."""
        return {"_open": OrderedDict(), "_process": 0}

    def window(self, path: str, first: int, last: int) -> np.ndarray:
        """Items `first` to `last` (not included), `(n,)`, fewer at the end of the file, read-only.

        Raises:
            OSError: if the file cannot be read.
            ValueError: if it is not a `.npy` file, or shorter than it says.
        """
        file = self._file(path)
        if first < 0:
            raise ValueError(f"'{path}' has nothing before its first item")
        count = max(0, min(last, file.length) - first)
        start, wanted = file.offset + first * file.dtype.itemsize, count * file.dtype.itemsize
        if not wanted:
            content = b""  # HTTP has no empty range: a server may send everything.
        elif file.storage is None:
            content = os.pread(file.descriptor, wanted, start)
        else:
            content = file.storage.cat_file(path, start=start, end=start + wanted)
        if len(content) != wanted:
            raise ValueError(f"'{path}' was cut short")
        return np.frombuffer(content, file.dtype)

    def length(self, path: str) -> int:
        """How many items there are.

        Raises:
            OSError, ValueError: as `window`.
        """
        return self._file(path).length

    def whole(self, path: str) -> np.ndarray:
        """Read all items of a file, `(items, ...)`, as an array that cannot be written."""
        return self.window(path, 0, self._file(path).length)

    def _file(self, path: str) -> ArrayFile:
        if self._process != os.getpid():
            # Connections of the parent must not be used after a fork.
            self._open, self._process = OrderedDict(), os.getpid()
        if path not in self._open:
            if len(self._open) >= MOST_OPEN:
                self._close(next(iter(self._open)))
            self._open[path] = open_remote(path) if is_remote(path) else open_array(path)
        self._open.move_to_end(path)
        return self._open[path]

    def _close(self, path: str) -> None:
        file = self._open.pop(path)
        if file.descriptor >= 0:
            os.close(file.descriptor)


def is_remote(path: str) -> bool:
    """Is it a URL, such as s3://bucket/shards?"""
    return "://" in path


def storage_of(url: str) -> Any:
    """The file system that fsspec has for a URL.

    Raises:
        UserError: if the package for its scheme is not installed, or there is none.
    """
    try:
        return fsspec.core.url_to_fs(url)[0]
    except (ImportError, ValueError) as error:
        raise UserError(f"Cannot read '{url}': {error}.") from error


def open_array(path: str) -> ArrayFile:
    """Open a file of this machine and read its header.

    Raises:
        OSError: if there is no such file.
        ValueError: if it is not a one-dimensional `.npy` file, or shorter than its header says.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        header = bytes_header(size)
        if not path.endswith(TAR):
            header = read_header(path, file.read(HEADER_BYTES), size)
        return ArrayFile(os.dup(file.fileno()), None, *header)


def open_remote(url: str) -> ArrayFile:
    """Open an array in object storage."""
    storage = storage_of(url)
    size = storage.size(url)
    if url.endswith(TAR):
        return ArrayFile(-1, storage, *bytes_header(size))
    start = storage.cat_file(url, start=0, end=HEADER_BYTES)
    return ArrayFile(-1, storage, *read_header(url, start, size))


def bytes_header(size: int) -> tuple[np.dtype, int, int]:
    """What `read_header` says of a file of bytes."""
    return np.dtype(np.uint8), size, 0


def read_header(path: str, start: bytes, size: int) -> tuple[np.dtype, int, int]:
    """First bytes and size of a `.npy` file -> item type, number of items, offset of the first.

    Raises:
        ValueError: if it is none, has more than one dimension, or is shorter than it says.
    """
    file = io.BytesIO(start)
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
    except Exception as error:  # numpy evaluates the header as a Python literal
        raise ValueError(f"'{path}' is no .npy file ({error})") from error
    if len(shape) != 1 or shape[0] < 0 or dtype.hasobject or not dtype.itemsize:
        raise ValueError(f"'{path}' holds no plain list of numbers")
    if size < file.tell() + shape[0] * dtype.itemsize:
        raise ValueError(f"'{path}' is shorter than its header says")
    return dtype, shape[0], file.tell()

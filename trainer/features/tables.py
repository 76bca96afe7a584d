"""Features on disk: one table of all recordings, as .npz or as Parquet."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from realtime.troubles.errors import UsageError, UserError
from trainer.features.extraction import FrameFeatures

Add = Callable[[str, FrameFeatures], None]
"""Appends all frames of a recording, by its name."""


@contextmanager
def npz_table(path: Path, facts: dict[str, Any]) -> Iterator[Add]:
    """Arrays `values`, `times_s`, `recording` (a number for each frame), `recordings` (names).

    Everything is held in memory until it is written.
    """
    names: list[str] = []
    parts: list[FrameFeatures] = []

    def add(name: str, features: FrameFeatures) -> None:
        names.append(name)
        parts.append(features)

    yield add
    counts = [len(part.times_s) for part in parts]
    with path.open("wb") as file:
        np.savez(
            file,
            values=np.concatenate([part.values for part in parts]),
            times_s=np.concatenate([part.times_s for part in parts]),
            recording=np.repeat(np.arange(len(counts), dtype=np.int32), counts),
            recordings=np.array(names),
            facts=np.array(json.dumps(facts)),
        )


@contextmanager
def parquet_table(path: Path, facts: dict[str, Any]) -> Iterator[Add]:
    """Columns `recording` (its name), `time_s` and `values` (so many float32) for each frame.

    Kept pitches lie behind each other in `values`; `shape` among the facts, which are the file's
    metadata `jtm`, tells them apart. Each recording is written as it comes.
    """
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ModuleNotFoundError as error:
        raise UserError(
            "Parquet needs the package 'pyarrow': install it with `pip install "
            "'jaka-to-melodia[parquet]'`, or give --out FILE.npz."
        ) from error
    writer: ParquetWriter | None = None

    def add(name: str, features: FrameFeatures) -> None:
        nonlocal writer
        shape = features.values.shape[1:]
        columns = {
            "recording": pa.array([name] * len(features.times_s)).dictionary_encode(),
            "time_s": pa.array(features.times_s),
            "values": pa.FixedSizeListArray.from_arrays(
                pa.array(features.values.reshape(-1)), int(np.prod(shape))
            ),
        }
        told = {"jtm": json.dumps({**facts, "shape": list(shape)})}
        table = pa.table(columns).replace_schema_metadata(told)
        writer = writer or ParquetWriter(path, table.schema)
        writer.write_table(table)

    try:
        yield add
    finally:
        if writer is not None:
            writer.close()


TABLES: dict[str, Callable[[Path, dict[str, Any]], AbstractContextManager[Add]]] = {
    ".npz": npz_table,
    ".parquet": parquet_table,
}


def kind_of_table(path: Path) -> Callable[[Path, dict[str, Any]], AbstractContextManager[Add]]:
    """How a table of this name is written.

    It is a function of the file to write and of what the features are (kept as JSON text), and
    gives one that appends a recording; the file is whole when the block ends well.

    Raises:
        UsageError: if the name ends in neither .npz nor .parquet.
    """
    kind = TABLES.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"--out '{path}' is neither .npz nor .parquet; choose one of them.")
    return kind

"""Data sets as `.parquet` files, through pyarrow: one row per sample, signals as lists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mnist1d.extras import library
from mnist1d.layout import DTYPES, SPLITS, Array, table_header, table_text

KEY = b"mnist1d"  # of the header, among the metadata of the file
COLUMNS = ["split", "label", "x"]


def pyarrow() -> tuple[Any, Any]:
    """The modules `pyarrow` and `pyarrow.parquet`; ImportError that names the extra otherwise."""
    return library("pyarrow", "a .parquet file"), library("pyarrow.parquet", "a .parquet file")


def write_parquet(path: Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    pa, pq = pyarrow()
    x, y = (np.concatenate([arrays[pair[i]] for pair in SPLITS.values()]) for i in (0, 1))
    sizes = [len(arrays[y]) for _, y in SPLITS.values()]
    signals = pa.FixedSizeListArray.from_arrays(pa.array(x.ravel()), x.shape[1])
    split = pa.array(np.repeat(list(SPLITS), sizes).tolist(), pa.string())
    table = pa.Table.from_arrays([split, pa.array(y), signals], names=COLUMNS)
    table = table.replace_schema_metadata({KEY: table_text(header, arrays)})
    pq.write_table(table, path)


def read_parquet(content: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    pa, pq = pyarrow()
    table = pq.ParquetFile(pa.BufferReader(content)).read()
    if KEY not in (metadata := table.schema.metadata or {}):
        raise ValueError(f"its metadata must hold {KEY.decode()}, got {sorted(metadata)}")
    if table.column_names != COLUMNS:
        raise ValueError(f"its columns must be {', '.join(COLUMNS)}, got {table.column_names}")
    header, arrays = table_header(metadata[KEY].decode())
    points, dtype = len(arrays["t"]), DTYPES[header["stream"]]
    signals = pa.list_(pa.from_numpy_dtype(dtype), points)
    if table.schema.types != [pa.string(), pa.int64(), signals]:
        raise ValueError(f"its columns must be string, int64 and {signals}: {table.schema.types}")
    values = table["x"].combine_chunks().flatten()
    if values.null_count or any(column.null_count for column in table.columns):
        raise ValueError("a value is missing")
    split = np.array(table["split"].to_pylist(), dtype="U5")
    label = table["label"].to_numpy()
    samples = values.to_numpy().reshape(-1, points)
    if not np.isin(split, list(SPLITS)).all():
        raise ValueError(f"its splits must be {', '.join(SPLITS)}, got {np.unique(split)}")
    for name, (x, y) in SPLITS.items():
        arrays[x], arrays[y] = samples[split == name], label[split == name]
    return header, arrays

"""Says what numpy reads in NPZ files: readNpz.py RESULT FILE..., without pickle. Large arrays by their sums and corners."""

import json
import sys

import numpy as np


def describe(array: np.ndarray) -> dict:
    """Shape, type and, of small arrays, all values; of large ones what tells a shifted or swapped one from the right one."""
    facts: dict = {"shape": list(array.shape), "dtype": array.dtype.str}
    if array.size <= 20_000:
        values = array.tolist()
        facts["values"] = values
    else:
        rows = array.reshape(-1, array.shape[-1])
        facts["largestRowError"] = float(np.abs(rows.sum(-1, dtype=np.float64) - 1).max())
        facts["first"] = float(rows[0, 0])
        facts["last"] = float(rows[-1, -1])
    return facts


def main() -> None:
    result, *files = sys.argv[1:]
    read = []
    for file in files:
        with np.load(file, allow_pickle=False) as archive:
            read.append({name: describe(archive[name]) for name in archive.files})
    with open(result, "w", encoding="utf-8") as out:
        json.dump(read, out)


main()

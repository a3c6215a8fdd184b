"""Reads data files into rows (dicts) and hands a task the columns it asks for."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loupe_trainer.errors import JobError

Row = dict[str, Any]
FORMATS = {".jsonl": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "tsv"}


def read_rows(
    file: Path, columns: dict[str, str], wanted: dict[str, type], format_name: str | None = None
) -> list[Row]:
    """Reads a data file and returns rows that hold exactly the wanted columns under the task's own names.

    Args:
        file: jsonl, json (a list of objects), csv or tsv with a header; may be gzipped.
        columns: the task's column name -> the name in the file, where the two differ.
        wanted: the task's columns and their types.
        format_name: overrides the file's ending.

    Raises:
        JobError: with the number of the first bad row, counted from 1.
    """
    rows: list[Row] = []
    for number, raw in enumerate(_raw_rows(file, format_name), start=1):
        rows.append(_checked(raw, columns, wanted, f"{file}: row {number}"))
    if not rows:
        raise JobError(f"{file}: there are no rows in it")
    return rows


def _checked(raw: Any, columns: dict[str, str], wanted: dict[str, type], where: str) -> Row:
    if not isinstance(raw, dict):
        raise JobError(f"{where}: expected an object with the columns {', '.join(wanted)}")
    row = {}
    for name, kind in wanted.items():
        source = columns.get(name, name)
        if source not in raw:
            raise JobError(f'{where}: there is no column "{source}"; name the data\'s own with dataset.columns.{name}')
        value = str(raw[source]) if kind is str and isinstance(raw[source], int) else raw[source]
        if not isinstance(value, kind):
            raise JobError(f'{where}: column "{source}" must be a {kind.__name__}, it is a {type(value).__name__}')
        row[name] = value
    return row


def _raw_rows(file: Path, format_name: str | None) -> Iterator[Any]:
    suffixes = [suffix for suffix in file.suffixes if suffix != ".gz"]
    kind = format_name or FORMATS.get(suffixes[-1] if suffixes else "")
    if kind is None:
        raise JobError(f"{file}: cannot tell the format by the ending; say it with dataset.format")
    try:
        packed = file.read_bytes()
        text = (gzip.decompress(packed) if file.suffix == ".gz" else packed).decode("utf-8-sig")
    except (OSError, EOFError) as error:
        raise JobError(f"{file}: cannot be read ({error})") from None
    except UnicodeDecodeError:
        raise JobError(f"{file}: is not UTF-8 text; convert it first") from None
    if kind in ("csv", "tsv"):
        yield from csv.DictReader(io.StringIO(text, newline=""), delimiter="," if kind == "csv" else "\t")
        return
    if kind == "json":
        yield from _load(text, f"{file}")
        return
    # Not splitlines(): it also splits at U+2028 and others, which JSON strings may hold as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _load(line, f"{file}: line {number}")


def _load(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise JobError(f"{where}: is not JSON ({error})") from None

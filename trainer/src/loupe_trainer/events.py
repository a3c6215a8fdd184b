"""events.jsonl: what happened in a run, one JSON object a line, for anything that watches it."""

from __future__ import annotations

import json
import math
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


class EventLog:
    """Appends events to a file and flushes each, so that a reader sees whole lines as they happen."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, event: str, **fields: Any) -> None:
        """Appends one event with the time in UTC; numbers that JSON cannot hold become text ("NaN")."""
        time = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        line = json.dumps({"time": time, "event": event, **_finite(fields)}, ensure_ascii=False, allow_nan=False)
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if hasattr(value, "item"):  # a numpy or torch scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {True: "NaN"}.get(math.isnan(value), "Infinity" if value > 0 else "-Infinity")
    return value

"""events.jsonl stays readable JSON whatever is written to it."""

from __future__ import annotations

import json
import math

import numpy as np

from loupe_trainer.events import EventLog


def test_numbers_that_json_lacks_become_text(tmp_path):
    log = EventLog(tmp_path / "events.jsonl")
    log.write("log", loss=math.nan, worst=[math.inf, -math.inf], metrics={"accuracy": np.float32(0.5)})
    log.write("end", note="não\u2028")
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").split("\n")
    first, second = (json.loads(line) for line in lines[:2])
    assert (first["loss"], first["worst"], first["metrics"]) == ("NaN", ["Infinity", "-Infinity"], {"accuracy": 0.5})
    assert second["note"] == "não\u2028"
    assert first["time"].endswith("+00:00")

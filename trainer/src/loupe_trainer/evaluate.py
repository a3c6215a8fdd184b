"""Runs an exported model over a split with onnxruntime, one row at a time and unpadded."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnxruntime

from loupe_trainer.tasks.base import Outputs, Split


def open_session(file: Path) -> onnxruntime.InferenceSession:
    """Opens an ONNX file on the CPU with as many threads as OMP_NUM_THREADS allows, none of them spinning."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "0"))
    # Spinning threads take the cores that the editor needs (and everybody's time on a busy machine).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def predict(file: Path, split: Split, names: tuple[str, ...]) -> list[Outputs]:
    """Returns for every feature the named outputs without the batch axis.

    One at a time: dynamic int8 takes its scales from the whole batch, so with padding or neighbours the same text
    would get another answer.
    """
    session = open_session(file)
    inputs = [entry.name for entry in session.get_inputs()]
    outputs = []
    for feature in split.features:
        feed = {name: np.asarray([feature[name]], dtype=np.int64) for name in inputs}
        outputs.append(tuple(array[0] for array in session.run(list(names), feed)))
    return outputs

"""Dynamic int8 quantisation of an exported encoder. See docs/decisions/011-int8-reduced-range.md."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process


def quantize_int8(source: Path, target: Path, reduce_range: bool = True) -> None:
    """Writes ``source`` with int8 weights, one scale per output channel; activations are quantised at run time.

    Args:
        source: a plain fp32 ONNX file below 2 GB, not fused.
        target: the file to write.
        reduce_range: 7-bit weights. On x86 without VNNI two products of a U8 and an S8 number are added in 16 bits
            and saturate; 7-bit weights cannot, so the file gives the same answers on every CPU.
    """
    with _root_logger_at(logging.ERROR), tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared), str(target), per_channel=True, reduce_range=reduce_range, weight_type=QuantType.QInt8
        )
    onnx.checker.check_model(str(target))


@contextmanager
def _root_logger_at(level: int) -> Iterator[None]:
    """Quietens the quantizer: it logs a line per tensor to the root logger."""
    root, before = logging.getLogger(), logging.getLogger().level
    root.setLevel(level)
    try:
        yield
    finally:
        root.setLevel(before)

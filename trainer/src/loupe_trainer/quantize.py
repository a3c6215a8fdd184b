"""Dynamic int8 quantisation of an exported encoder. See docs/decisions/011-int8-reduced-range.md."""

from __future__ import annotations

import logging
import tempfile
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
    logging.getLogger().addFilter(_drop_preprocess_hint)
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared), str(target), per_channel=True, reduce_range=reduce_range, weight_type=QuantType.QInt8
        )
    onnx.checker.check_model(str(target))


def _drop_preprocess_hint(record: logging.LogRecord) -> bool:
    return "pre-processing before quantization" not in record.getMessage()

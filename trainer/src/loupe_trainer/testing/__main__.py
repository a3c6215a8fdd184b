"""The command line: ``python -m loupe_trainer.testing tiny --help``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import loupe_trainer.testing as testing

EPILOG = """\
examples:
  tiny --output DIR                                                  BERT for text-classification, fp32 and int8
  tiny --architecture gpt2 --cache --output DIR                      past_key_values.N.key/value -> present.N.*
  tiny --architecture llama --output DIR                             grouped-query attention: 4 heads, 2 of keys
  tiny --architecture t5 --output DIR                                one graph: source and decoder_input_ids -> logits
  tiny --architecture t5 --split --output DIR                        encoder_model.onnx and decoder_model.onnx
  tiny --architecture bert --attention sdpa --output DIR             the nodes of torch's scaled_dot_product_attention
  tiny --architecture bert --operator com.microsoft.Attention --output DIR
  tiny --architecture bert --operator com.microsoft.MultiHeadAttention --output DIR
  tiny --architecture bert --operator Attention --output DIR         ONNX's own operator (opset 23)
  tiny --architecture llama --cache --operator com.microsoft.GroupQueryAttention --output DIR
  tiny --architecture llama --cache --operator Attention --output DIR
  tiny --external-data --fp16 --output DIR                           weights in model.onnx_data; model_fp16.onnx too
"""


def main(argv: list[str] | None = None) -> int:
    """Writes one tiny model folder and prints it."""
    parser = argparse.ArgumentParser(prog="loupe_trainer.testing", description=testing.__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    tiny = verbs.add_parser(
        "tiny",
        help="write a tiny model folder",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    tiny.add_argument("--architecture", choices=sorted(testing.ARCHITECTURES), default="bert")
    tiny.add_argument("--task", choices=sorted(testing.TASKS), help="default: the architecture's first")
    tiny.add_argument("--output", type=Path, required=True)
    tiny.add_argument("--seed", type=int, default=0)
    tiny.add_argument("--attention", choices=["eager", "sdpa"], default="eager", help="which nodes compute attention")
    tiny.add_argument("--operator", help="one attention operator instead of its parts, with its domain")
    tiny.add_argument("--cache", action="store_true", help="decoders: keys and values of earlier tokens as inputs")
    tiny.add_argument("--split", action="store_true", help="encoder-decoders: a file for each half")
    tiny.add_argument("--no-int8", action="store_true", help="no model_quantized.onnx (fused graphs never have one)")
    tiny.add_argument("--fp16", action="store_true", help="also model_fp16.onnx")
    tiny.add_argument("--external-data", action="store_true", help="weights of fp32 files in .onnx_data files")
    given = parser.parse_args(argv)
    if given.output.exists() and any(given.output.iterdir()):
        print(f"error: {given.output} is not empty", file=sys.stderr)
        return 2
    task = given.task or testing.TASKS_OF_FAMILY[testing.ARCHITECTURES[given.architecture].family][0]
    variant = testing.Variant(
        attention=given.attention,
        operator=given.operator,
        cache=given.cache,
        split=given.split,
        int8=not given.no_int8,
        fp16=given.fp16,
        external_data=given.external_data,
    )
    if misfit := variant.misfit(given.architecture, task):
        print(f"error: {misfit}", file=sys.stderr)
        return 2
    testing.write_tiny(given.architecture, task, given.output, given.seed, variant)
    print(given.output)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

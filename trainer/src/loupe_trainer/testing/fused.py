"""The tiny BERT and Llama again, as graphs whose attention is one operator, as optimizers and builders leave it.

Written node by node from the model's weights: onnxruntime's own optimizer loses the mask of graphs that transformers 5
exports (its MultiHeadAttention then attends to padding).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from loupe_trainer.testing.generators import causal_inputs, causal_outputs, check_outputs, past_names

MICROSOFT = "com.microsoft"
# Operator by the name that the command line takes; the first three for BERT, the last two for Llama.
ENCODER_OPERATORS = ("com.microsoft.Attention", "com.microsoft.MultiHeadAttention", "Attention")
DECODER_OPERATORS = ("com.microsoft.GroupQueryAttention", "Attention")
OPSET = 23  # the first with Attention


class _Graph:
    """Nodes, weights, inputs and outputs of a graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []

    def weight(self, name: str, array: Any) -> str:
        """Adds an initializer; a float one as float32."""
        array = np.asarray(array.numpy() if isinstance(array, torch.Tensor) else array)
        array = array.astype(np.float32) if array.dtype.kind == "f" else array
        self.weights.append(numpy_helper.from_array(array.copy(order="C"), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, *more: str, **attributes: Any) -> str:
        """Adds a node whose first output names it; ``more`` are its further outputs."""
        domain, _, name = operator.rpartition(".")
        made = helper.make_node(name, inputs, [output, *more], name=f"{output}/{name}", domain=domain, **attributes)
        self.nodes.append(made)
        return output

    def linear(self, value: str, weights: dict[str, Any], name: str) -> str:
        """x W^T, and + b where there is one."""
        product = self.node(
            "MatMul", [value, self.weight(f"{name}.weight", weights[f"{name}.weight"].T)], f"{name}.out"
        )
        if f"{name}.bias" not in weights:
            return product
        return self.node("Add", [product, self.weight(f"{name}.bias", weights[f"{name}.bias"])], f"{name}.sum")

    def input(self, name: str, kind: int, shape: list[str | int]) -> str:
        """Declares an input."""
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, shape: list[str | int]) -> None:
        """Declares a float output."""
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def save(self, file: Path) -> None:
        """Writes the model."""
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        graph = helper.make_graph(self.nodes, "tiny", self.inputs, self.outputs, self.weights)
        file.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=10), str(file))


def write_fused_bert(model: Any, operator: str, file: Path) -> None:
    """Writes a BERT for text classification whose attention is one of ``ENCODER_OPERATORS``.

    Raises:
        ParityError: the logits differ from torch's by more than the exporter's tolerance.
    """
    config, weights, graph = model.config, model.state_dict(), _Graph()
    heads, epsilon = config.num_attention_heads, config.layer_norm_eps
    sequence: list[str | int] = ["batch", "sequence"]
    for name in ("input_ids", "attention_mask", "token_type_ids"):
        graph.input(name, TensorProto.INT64, sequence)

    def norm(value: str, name: str) -> str:
        parts = [graph.weight(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        return graph.node("LayerNormalization", [value, *parts], f"{name}.out", axis=-1, epsilon=epsilon)

    emb = "bert.embeddings"
    looked_up = [
        graph.node(
            "Gather", [graph.weight(f"{emb}.{table}", weights[f"{emb}.{table}.weight"]), ids], f"{emb}.{table}.out"
        )
        for table, ids in (("word_embeddings", "input_ids"), ("token_type_embeddings", "token_type_ids"))
    ]
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    zero, positions = graph.weight("zero", np.array([0])), weights[f"{emb}.position_embeddings.weight"]
    rows = graph.node("Slice", [graph.weight(f"{emb}.positions", positions), zero, length], f"{emb}.rows")
    hidden = norm(
        graph.node("Add", [graph.node("Add", looked_up, f"{emb}.sum"), rows], f"{emb}.all"), f"{emb}.LayerNorm"
    )
    mask = graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    if operator == "Attention":
        flags = graph.node("Cast", ["attention_mask"], "flags", to=TensorProto.BOOL)
        unsqueezed = graph.node("Unsqueeze", [flags, graph.weight("axes", np.array([1, 2]))], "mask4")
        # onnxruntime wants a row of the mask for every query, though the standard would broadcast.
        ones = graph.weight("ones", np.array([1, 1]))
        shape = graph.node("Concat", [ones, length, graph.weight("single", np.array([1]))], "mask_shape", axis=0)
        mask = graph.node("Expand", [unsqueezed, shape], "mask_rows")

    for layer in range(config.num_hidden_layers):
        at = f"bert.encoder.layer.{layer}"
        attended = _bert_attention(graph, operator, weights, f"{at}.attention", (hidden, mask), heads)
        dense = graph.linear(attended, weights, f"{at}.attention.output.dense")
        middle = norm(graph.node("Add", [dense, hidden], f"{at}.residual"), f"{at}.attention.output.LayerNorm")
        inner = graph.node("Gelu", [graph.linear(middle, weights, f"{at}.intermediate.dense")], f"{at}.gelu")
        outer = graph.linear(inner, weights, f"{at}.output.dense")
        hidden = norm(graph.node("Add", [outer, middle], f"{at}.residual2"), f"{at}.output.LayerNorm")

    first = graph.node("Gather", [hidden, graph.weight("first", np.array(0))], "cls", axis=1)
    pooled = graph.node("Tanh", [graph.linear(first, weights, "bert.pooler.dense")], "pooled")
    graph.node("Identity", [graph.linear(pooled, weights, "classifier")], "logits")
    graph.output("logits", ["batch", config.num_labels])
    graph.save(file)

    generator = torch.Generator().manual_seed(1)
    examples = []
    for batch, tokens in ((2, 9), (1, 1), (3, 40)):
        attended_to = torch.ones(batch, tokens, dtype=torch.int64)
        attended_to[1:, max(tokens // 2, 1) :] = 0
        ids = torch.randint(5, config.vocab_size, (batch, tokens), generator=generator)
        examples.append({"input_ids": ids, "attention_mask": attended_to, "token_type_ids": torch.zeros_like(ids)})
    with torch.no_grad():
        expected = [[model(**example).logits.numpy()] for example in examples]
    check_outputs(file, ["logits"], examples, expected)


def _bert_attention(
    graph: _Graph, operator: str, weights: dict[str, Any], at: str, values: tuple[str, str], heads: int
) -> str:
    hidden, mask = values
    names = [f"{at}.self.{part}" for part in ("query", "key", "value")]
    bias = np.concatenate([weights[f"{name}.bias"].numpy() for name in names])
    if operator == "com.microsoft.Attention":
        joined = np.concatenate([weights[f"{name}.weight"].numpy().T for name in names], axis=1)
        parts = [graph.weight(f"{at}.qkv", joined), graph.weight(f"{at}.qkv_bias", bias)]
        return graph.node(operator, [hidden, *parts, mask], f"{at}.attended", num_heads=heads)
    if operator == "com.microsoft.MultiHeadAttention":
        products = [
            graph.node("MatMul", [hidden, graph.weight(f"{name}.weight", weights[f"{name}.weight"].T)], f"{name}.out")
            for name in names
        ]
        inputs = [*products, graph.weight(f"{at}.qkv_bias", bias), mask]
        return graph.node(operator, inputs, f"{at}.attended", num_heads=heads)
    projected = [graph.linear(hidden, weights, name) for name in names]
    return graph.node(operator, [*projected, mask], f"{at}.attended", q_num_heads=heads, kv_num_heads=heads)


def write_fused_llama(model: Any, operator: str, file: Path) -> None:
    """Writes a Llama with key and value cache whose attention is one of ``DECODER_OPERATORS``.

    Inputs and outputs are those of ``export_causal(..., cache=True)``; GroupQueryAttention rotates by itself and takes
    no padding but at the end of a row's tokens, so it is checked without.

    Raises:
        ParityError: logits or caches differ from torch's by more than the exporter's tolerance.
    """
    config, weights, graph = model.config, model.state_dict(), _Graph()
    heads, shared = config.num_attention_heads, config.num_key_value_heads
    width = config.head_dim
    for name, tokens in (("input_ids", "sequence_length"), ("attention_mask", "total_sequence_length")):
        graph.input(name, TensorProto.INT64, ["batch_size", tokens])
    graph.input("position_ids", TensorProto.INT64, ["batch_size", "sequence_length"])
    for name in past_names(config):
        graph.input(name, TensorProto.FLOAT, ["batch_size", shared, "past_sequence_length", width])
    angles = np.outer(np.arange(config.max_position_embeddings), 10000.0 ** (-np.arange(0, width, 2) / width))
    waves = [graph.weight("cos", np.cos(angles)), graph.weight("sin", np.sin(angles))]

    def norm(value: str, name: str) -> str:
        scale = graph.weight(f"{name}.weight", weights[f"{name}.weight"])
        return graph.node("RMSNormalization", [value, scale], f"{name}.out", epsilon=config.rms_norm_eps, axis=-1)

    attend = (
        _group_query(graph, heads, shared) if operator.startswith(MICROSOFT) else _onnx_attention(graph, heads, shared)
    )
    hidden = graph.node(
        "Gather", [graph.weight("embed", weights["model.embed_tokens.weight"]), "input_ids"], "embedded"
    )
    for layer in range(config.num_hidden_layers):
        at = f"model.layers.{layer}"
        normed = norm(hidden, f"{at}.input_layernorm")
        projected = [graph.linear(normed, weights, f"{at}.self_attn.{part}_proj") for part in "qkv"]
        attended = attend(layer, projected, waves)
        hidden = graph.node(
            "Add", [hidden, graph.linear(attended, weights, f"{at}.self_attn.o_proj")], f"{at}.attention_residual"
        )
        normed = norm(hidden, f"{at}.post_attention_layernorm")
        gate, up = (graph.linear(normed, weights, f"{at}.mlp.{part}_proj") for part in ("gate", "up"))
        swish = graph.node("Mul", [gate, graph.node("Sigmoid", [gate], f"{at}.sigmoid")], f"{at}.swish")
        inner = graph.node("Mul", [swish, up], f"{at}.inner")
        hidden = graph.node("Add", [hidden, graph.linear(inner, weights, f"{at}.mlp.down_proj")], f"{at}.residual")
        for part in ("key", "value"):
            graph.output(f"present.{layer}.{part}", ["batch_size", shared, "total_sequence_length", width])
    graph.node("Identity", [graph.linear(norm(hidden, "model.norm"), weights, "lm_head")], "logits")
    graph.output("logits", ["batch_size", "sequence_length", config.vocab_size])
    graph.save(file)

    examples = [causal_inputs(config, 1, past, tokens) for past, tokens in ((0, 7), (6, 1))]
    with torch.no_grad():
        expected = [[tensor.numpy() for tensor in causal_outputs(model, example)] for example in examples]
    check_outputs(file, ["logits", *past_names(config, "present")], examples, expected)


Attend = Callable[[int, list[str], list[str]], str]


def _group_query(graph: _Graph, heads: int, shared: int) -> Attend:
    one = graph.weight("one", np.array([1]))
    total = graph.node("ReduceSum", ["attention_mask", one], "real_tokens", keepdims=0)
    last = graph.node("Cast", [graph.node("Sub", [total, one], "last")], "seqlens_k", to=TensorProto.INT32)
    length = graph.node("Shape", ["attention_mask"], "mask_length", start=1, end=2)
    scalar = graph.node("Squeeze", [length], "mask_length_scalar")
    total_length = graph.node("Cast", [scalar], "total_length", to=TensorProto.INT32)

    def attend(layer: int, projected: list[str], waves: list[str]) -> str:
        past = [f"past_key_values.{layer}.{part}" for part in ("key", "value")]
        present = [f"present.{layer}.{part}" for part in ("key", "value")]
        inputs = [*projected, *past, last, total_length, *waves]
        output = f"model.layers.{layer}.self_attn.attended"
        kinds = {"num_heads": heads, "kv_num_heads": shared, "do_rotary": 1}
        return graph.node("com.microsoft.GroupQueryAttention", inputs, output, *present, **kinds)

    return attend


def _onnx_attention(graph: _Graph, heads: int, shared: int) -> Attend:
    # Query i of n sees the keys up to total - n + i; `is_causal` would count from the first key.
    zero, one = graph.weight("start", np.array(0)), graph.weight("step", np.array(1))
    total = graph.node("Squeeze", [graph.node("Shape", ["attention_mask"], "mask_shape", start=1, end=2)], "total")
    new = graph.node("Squeeze", [graph.node("Shape", ["input_ids"], "ids_shape", start=1, end=2)], "new")
    keys = graph.node("Range", [zero, total, one], "keys")
    queries = graph.node("Range", [graph.node("Sub", [total, new], "past_length"), total, one], "queries")
    column = graph.node("Unsqueeze", [queries, graph.weight("last_axis", np.array([1]))], "queries_column")
    causal = graph.node("LessOrEqual", [keys, column], "causal")
    flags = graph.node("Cast", ["attention_mask"], "flags", to=TensorProto.BOOL)
    padding = graph.node("Unsqueeze", [flags, graph.weight("axes", np.array([1, 2]))], "padding")
    mask = graph.node("And", [causal, padding], "mask")

    def attend(layer: int, projected: list[str], waves: list[str]) -> str:
        at = f"model.layers.{layer}.self_attn"
        turned = [
            graph.node("RotaryEmbedding", [value, *waves, "position_ids"], f"{at}.{part}_turned", num_heads=count)
            for part, value, count in zip("qk", projected, (heads, shared), strict=False)
        ]
        past = [f"past_key_values.{layer}.{part}" for part in ("key", "value")]
        present = [f"present.{layer}.{part}" for part in ("key", "value")]
        kinds = {"q_num_heads": heads, "kv_num_heads": shared}
        return graph.node("Attention", [*turned, projected[2], mask, *past], f"{at}.attended", *present, **kinds)

    return attend

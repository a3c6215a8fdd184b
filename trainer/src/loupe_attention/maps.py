"""Attention as Loupe's files hold it: a byte a weight and a scale a row. See src/shared/attentionFile.ts."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Sequence
from typing import Any

import numpy as np

EAGER = 'load the model with attn_implementation="eager" and call it with output_attentions=True'


def to_array(value: Any) -> np.ndarray:
    """Returns a torch tensor (of any device and precision) or anything that numpy takes as a float32 array."""
    if hasattr(value, "detach"):
        value = value.detach().float().cpu().numpy()
    return np.asarray(value, dtype=np.float32)


def read_layers(attentions: Any, name: str, batch: int) -> list[np.ndarray]:
    """Returns one array [heads, queries, keys] per layer.

    Args:
        attentions: a model's tuple of [batch, heads, queries, keys], one per layer, or of one text without the batch.
        name: what to call it in messages.
        batch: which text of the batch.

    Raises:
        ValueError: it is something else; one sentence says what.
    """
    if attentions is None:
        raise ValueError(f"{name} is None: the model kept no attention; {EAGER}")
    if isinstance(attentions, Sequence) and any(isinstance(layer, Sequence) for layer in attentions):
        raise ValueError(
            f"{name} holds a tuple per step, as generate() returns it; pass one step's, or {EAGER} once more"
        )
    if isinstance(attentions, Sequence) and any(layer is None for layer in attentions):
        raise ValueError(f"{name} holds None: the model kept no attention; {EAGER}")
    layers = [to_array(layer) for layer in attentions]
    if not layers:
        raise ValueError(f"{name} is empty: it has no layer")
    return [_of_batch(layer, f"{name}[{index}]", batch) for index, layer in enumerate(layers)]


def _of_batch(layer: np.ndarray, name: str, batch: int) -> np.ndarray:
    if layer.ndim == 4:
        if not 0 <= batch < layer.shape[0]:
            raise ValueError(f"{name} has {layer.shape[0]} texts, counted from 0: there is no batch={batch}")
        layer = layer[batch]
    if layer.ndim != 3 or 0 in layer.shape:
        raise ValueError(f"{name} has the shape {layer.shape}; wanted is [batch, heads, queries, keys], none of them 0")
    if (layer < 0).any():
        raise ValueError(f"{name} has negative weights: these are scores from before the softmax, not attention")
    return layer


def check_tokens(layers: list[np.ndarray], name: str, queries: Sequence[str], keys: Sequence[str]) -> None:
    """Compares the maps' sides with the tokens.

    Raises:
        ValueError: they differ; one sentence says which and how.
    """
    for index, (_, rows, columns) in enumerate(layer.shape for layer in layers):
        if (rows, columns) != (len(queries), len(keys)):
            raise ValueError(
                f"{name}[{index}] has {rows} queries and {columns} keys, but there are {len(queries)} and {len(keys)} "
                "tokens for them: pass the tokens of exactly the ids that the model got, special tokens and padding too"
            )


def quantise(layer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns cells (uint8, [heads, queries, keys]) and scales (float32, [heads, queries], each row's largest weight).

    A weight is ``cells / 255 * scales``, off by at most half of 1/255 of its row's largest. A row that is not finite
    has the scale NaN and cells of 0.
    """
    finite = np.isfinite(layer).all(axis=-1)
    weights = np.where(finite[..., None], layer, 0)
    scales = weights.max(axis=-1)
    safe = np.where(scales > 0, scales, 1)[..., None]
    cells = np.rint(weights / safe * 255).astype(np.uint8)
    return cells, np.where(finite, scales, np.nan).astype(np.float32)


def write_layer(layer: np.ndarray) -> dict[str, Any]:
    """Returns an ``AttentionFileLayer``."""
    cells, scales = quantise(layer)
    heads, queries, keys = cells.shape
    return {
        "heads": heads,
        "queries": queries,
        "keys": keys,
        # Without the time of day: the same maps give the same notebook.
        "cells": base64.b64encode(gzip.compress(cells.tobytes(), mtime=0)).decode("ascii"),
        "scales": base64.b64encode(scales.astype("<f4").tobytes()).decode("ascii"),
    }


def is_causal(layers: list[np.ndarray]) -> bool:
    """Whether no token attends to a later one (and there is more than one)."""
    return all(layer.shape[1] > 1 and not np.triu(np.nan_to_num(layer), 1).any() for layer in layers)

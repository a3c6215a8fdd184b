"""Writes what BertViz shows of Loupe's maps. Called by attentionPages.ts, which puts BertViz on PYTHONPATH.

usage: bertvizPages.py MAPS.npz head|model OUT.html
"""

import sys

import numpy as np
import torch
from bertviz import head_view, model_view

VIEWS = {"head": head_view, "model": model_view}


def main() -> int:
    maps, view, file = sys.argv[1:4]
    with np.load(maps) as arrays:
        attention = [torch.from_numpy(layer)[None] for layer in arrays["attention"]]
        tokens = [str(token) for token in arrays["tokens"]]
    page = VIEWS[view](attention, tokens, html_action="return")
    with open(file, "w", encoding="utf-8") as stream:
        stream.write('<!doctype html><meta charset="utf-8">\n')
        stream.write(page.data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

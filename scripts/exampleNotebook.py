"""Writes examples/attention.ipynb with its output, from the maps of the starter model sentiment-en.

    npm run build && npm run python -- scripts/exampleNotebook.py
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import loupe_attention

ROOT = Path(__file__).resolve().parent.parent
MODEL = "starter:sentiment-en"
TEXT = "The plot is thin, but the two leads are so charming."
EXPLANATION = """# Attention in a notebook

The view below is drawn by the extension Loupe from maps that are kept in this notebook: no Python is needed to look at
it. Click a head to open its matrix; all of Loupe's keys work.

Show a model's own maps the same way (`loupe_attention` comes with Loupe's trainer package):

```python
inputs = tokenizer("The film is good", return_tensors="pt")
outputs = model(**inputs, output_attentions=True)   # from_pretrained(..., attn_implementation="eager")
loupe_attention.show(outputs.attentions, tokenizer.convert_ids_to_tokens(inputs["input_ids"][0]))
```

Or, as here, maps that Loupe saved: _Export_ in the attention panel, or in a terminal"""
COMMAND = f'echo -n "{TEXT}" | npx loupe attention - --model {MODEL} --out attention.npz'
CODE = """import numpy as np
import loupe_attention

maps = np.load("attention.npz")
loupe_attention.view(
    maps["attention"][:, None],
    maps["tokens"],
    text=str(maps["text"]),
    offsets=maps["offsets"],
    model=str(maps["model"]),
    title="A head that looks back, a head that looks ahead",
)"""


def saved_maps(folder: Path) -> Any:
    """The maps as the command line saves them."""
    file = folder / "attention.npz"
    command = ["node", str(ROOT / "dist/cli.mjs"), "attention", "-", "--model", MODEL, "--out", str(file)]
    subprocess.run(command, input=TEXT.encode(), check=True)
    return np.load(file)


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        maps = saved_maps(Path(folder))
        shown = loupe_attention.view(
            maps["attention"][:, None],
            maps["tokens"],
            text=str(maps["text"]),
            offsets=maps["offsets"],
            model=str(maps["model"]),
            title="A head that looks back, a head that looks ahead",
        )
    bundle = shown._repr_mimebundle_()
    output = {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {
            loupe_attention.MIME_TYPE: bundle[loupe_attention.MIME_TYPE],
            "text/plain": lines(bundle["text/plain"]),
        },
    }
    markdown = f"{EXPLANATION}\n\n```sh\n{COMMAND}\n```"
    notebook = {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": lines(markdown)},
            {
                "cell_type": "code",
                "execution_count": 1,
                "metadata": {},
                "outputs": [output],
                "source": lines(CODE),
            },
        ],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    for cell in notebook["cells"]:
        assert isinstance(cell, dict)
        cell["id"] = f"loupe-{cell['cell_type']}"
    file = ROOT / "examples/attention.ipynb"
    file.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

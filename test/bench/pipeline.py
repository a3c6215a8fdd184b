"""Times Hugging Face's Python pipeline, the thing a user would pick instead of Loupe. Called by throughput.ts.

usage: pipeline.py MODEL_FOLDER TEXTS.json THREADS

Reads the texts, then answers each line on stdin (`single`, `batch1` or `batch32`) with one JSON line on stdout:
`{"seconds": float, "rows": int, "median_ms": float}`. Staying alive between rounds lets the caller interleave the
competitors, so that a change in the machine's load meets all of them.
"""

import json
import statistics
import sys
import time

import torch
from transformers import pipeline

SINGLE_REPEATS = 60


def main() -> int:
    folder, texts_file, threads = sys.argv[1:4]
    torch.set_num_threads(int(threads))
    with open(texts_file, encoding="utf-8") as handle:
        texts: list[str] = json.load(handle)
    classify = pipeline("text-classification", model=folder, device="cpu", truncation=True)
    classify(texts[:32])
    sys.stdout.write(json.dumps({"ready": True}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        mode = line.strip()
        started = time.perf_counter()
        if mode == "single":
            each = []
            for _ in range(SINGLE_REPEATS):
                one = time.perf_counter()
                classify(texts[0])
                each.append(time.perf_counter() - one)
            rows, median = SINGLE_REPEATS, statistics.median(each)
        else:
            classify(texts, batch_size=32 if mode == "batch32" else 1)
            rows, median = len(texts), 0.0
        seconds = time.perf_counter() - started
        sys.stdout.write(json.dumps({"seconds": seconds, "rows": rows, "median_ms": median * 1000}) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

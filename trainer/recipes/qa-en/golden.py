"""Makes golden answers for Loupe's question answering with the pipeline of transformers 4.57; version 5 dropped it.

Needs an environment of its own:

    python -m venv /tmp/golden && /tmp/golden/bin/pip install "transformers==4.57.*" torch==2.13.0 onnxruntime
    /tmp/golden/bin/python golden.py --model ../../../media/models/qa-en --fp32 FP32.onnx \
        --questions work/test-long.jsonl --output ../../../test/fixtures/parity/qa-golden.json

Only the pipeline is old: the logits come from the ONNX files that Loupe runs, one window at a time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
import transformers
from transformers.modeling_outputs import QuestionAnsweringModelOutput

COUNT = 200
MAX_SEQ_LEN, DOC_STRIDE = 384, 128  # the pipeline's own defaults, given all the same
UNANSWERABLE_EVERY = 6  # every sixth question is asked of another question's context

NOTES = {
    "offsets": "start and end are code points of the context, as Python counts; answer is context[start:end]",
    "windows": "question first, truncation only_second, each window alone in its batch and without padding (padding="
    "do_not_pad is the pipeline's default): the result of dynamic int8 depends on what else is in the batch",
    "score": "softmax over the context's tokens and [CLS]; product of start and end probability, at most 15 tokens; of "
    "each window the 2 * top_k + 10 = 12 best spans, widened to whole words; spans with the same text (lower-cased), "
    "of any window, are one answer: the place of the first and the SUM of the scores, which can exceed 1",
    "impossible": "handle_impossible_answer=True adds the answer '' (0, 0) with the lowest null score of any window",
    "origin": "contexts and questions: QAMR (github.com/uwnlp/qamr, MIT licence), sentences joined by trainer/recipes/"
    "qa-en/prepare.py, none of them in the model's training data",
}


class OnnxModel(transformers.BertForQuestionAnswering):
    """A model that answers with an ONNX file's logits; its own weights are never used."""

    def __init__(self, config: Any, file: Path) -> None:
        super().__init__(config)
        self._session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        self._seen: dict[bytes, tuple[np.ndarray, ...]] = {}

    def forward(self, **inputs: torch.Tensor) -> QuestionAnsweringModelOutput:
        """Returns start and end logits of shape (1, tokens); remembers them, since each question is asked twice."""
        if inputs["input_ids"].shape[0] != 1 or not inputs["attention_mask"].all():
            raise RuntimeError("the pipeline padded or batched windows: int8 answers would depend on it")
        key = inputs["input_ids"].numpy().tobytes()
        if key not in self._seen:
            feed = {name: tensor.numpy() for name, tensor in inputs.items()}
            self._seen[key] = tuple(self._session.run(["start_logits", "end_logits"], feed))
        start, end = (torch.from_numpy(array) for array in self._seen[key])
        return QuestionAnsweringModelOutput(start_logits=start, end_logits=end)


def read_questions(file: Path) -> list[dict[str, str]]:
    """Returns COUNT questions with contexts, every sixth with the context of the question after it."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()][: COUNT + 1]
    result = []
    for index, row in enumerate(rows[:COUNT]):
        other = index % UNANSWERABLE_EVERY == UNANSWERABLE_EVERY - 1
        context = rows[index + 1]["context"] if other else row["context"]
        result.append({"question": row["question"], "context": context})
    return result


def answer_all(model: Path, onnx_file: Path, questions: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Returns for each question the pipeline's first answer, without and with "no answer" allowed."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    shim = OnnxModel(transformers.AutoConfig.from_pretrained(model), onnx_file)
    pipeline = transformers.QuestionAnsweringPipeline(model=shim, tokenizer=tokenizer, framework="pt", device="cpu")
    settings = {"max_seq_len": MAX_SEQ_LEN, "doc_stride": DOC_STRIDE, "top_k": 1}
    answers = []
    for question in questions:
        best, impossible = (
            pipeline(**question, handle_impossible_answer=allowed, **settings) for allowed in (False, True)
        )
        answers.append({"best": best, "impossible": impossible})
    return answers


def main() -> int:
    """Writes the golden file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="model folder with onnx/model_quantized.onnx")
    parser.add_argument(
        "--fp32", type=Path, required=True, help="the same model's fp32 ONNX file (not in the repository)"
    )
    parser.add_argument("--questions", type=Path, required=True, help="test-long.jsonl of prepare.py")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    if not transformers.__version__.startswith("4.57."):
        raise SystemExit(f"this needs transformers 4.57, here is {transformers.__version__}")
    files = {"int8": arguments.model / "onnx" / "model_quantized.onnx", "fp32": arguments.fp32}
    questions = read_questions(arguments.questions)
    answers = {name: answer_all(arguments.model, file, questions) for name, file in files.items()}
    rows = [question | {name: answers[name][index] for name in files} for index, question in enumerate(questions)]
    header = {
        "made_by": "trainer/recipes/qa-en/golden.py",
        "versions": {module.__name__: module.__version__ for module in (transformers, torch, onnxruntime)},
        "platform": platform.platform(),
        "sha256": {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()},
        "settings": {"max_seq_len": MAX_SEQ_LEN, "doc_stride": DOC_STRIDE, "max_answer_len": 15, "top_k": 1},
        "notes": NOTES,
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(
        json.dumps(header | {"rows": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""What Python says: offsets of Hugging Face's fast tokenizers, results of transformers' pipelines.

    python reference.py JOBS.json RESULTS.json        (PYTHONPATH: trainer/src)

Reads a list of jobs and writes a list with one result for each. All offsets that it writes are UTF-16 code units, as in
JavaScript. Jobs, by "kind":

    tiny      {architecture, task, folder}             writes a tiny random model (loupe_trainer.testing)
    offsets   {file | folder, texts, maxLength, stride, question?}
    classify  {folder, onnx?, texts, maxLength, stride}
    tokens    {folder, onnx?, texts, maxLength, stride, strategies}

With "onnx" the pipeline's model answers with that file's logits, one row at a time and without padding (a dynamic
int8 model's answers depend on what else is in a batch); without it the torch weights of the folder answer.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
import transformers
from transformers import AutoConfig, AutoTokenizer, PreTrainedTokenizerFast

Job = dict[str, Any]


def utf16_index(text: str) -> list[int]:
    """Returns the UTF-16 offset of every code point of the text, and of its end."""
    index, at = [], 0
    for character in text:
        index.append(at)
        at += 2 if ord(character) > 0xFFFF else 1
    return [*index, at]


def make_tiny(job: Job) -> None:
    """Writes a tiny model folder, fp32 only."""
    from loupe_trainer.testing import Variant, write_tiny

    write_tiny(job["architecture"], job["task"], Path(job["folder"]), seed=7, variant=Variant(int8=False))


def load_tokenizer(job: Job) -> Any:
    """Returns the tokenizer of a file as it is, or what AutoTokenizer makes of a folder."""
    if "file" in job:
        return PreTrainedTokenizerFast(tokenizer_file=job["file"])
    folder = job["folder"]
    # The tiny models name a class only for the readers of their folder; what counts is their tokenizer.json.
    return PreTrainedTokenizerFast.from_pretrained(folder) if job.get("tiny") else AutoTokenizer.from_pretrained(folder)


def encode_windows(tokenizer: Any, text: str, job: Job, question: str | None = None) -> Any:
    """Returns the windows of a text, or of a question and a text, as a list of tokenizers.Encoding."""
    sequences = (text,) if question is None else (question, text)
    encoded = tokenizer(
        *sequences,
        truncation="only_first" if question is None else "only_second",
        max_length=job["maxLength"],
        stride=job["stride"],
        return_overflowing_tokens=True,
        return_token_type_ids=True,
    )
    return encoded.encodings


def offsets(job: Job) -> list[list[Job]]:
    """Returns for each text its windows."""
    tokenizer = load_tokenizer(job)
    return [
        [
            describe_window(window, text, job.get("question"))
            for window in encode_windows(tokenizer, text, job, job.get("question"))
        ]
        for text in job["texts"]
    ]


def describe_window(window: Any, text: str, question: str | None) -> Job:
    """Returns a window's arrays under the names of src/core/text/window.ts."""
    indexes = [utf16_index(part) for part in ([text] if question is None else [question, text])]
    return {
        "ids": window.ids,
        "typeIds": window.type_ids,
        "special": window.special_tokens_mask,
        "sequence": [-1 if sequence is None else sequence for sequence in window.sequence_ids],
        "words": [-1 if word is None else word for word in window.word_ids],
        "offsets": [
            0 if sequence is None else indexes[sequence][offset]
            for sequence, pair in zip(window.sequence_ids, window.offsets, strict=True)
            for offset in pair
        ],
    }


def load_model(job: Job, auto_class: Any, mapping: Any) -> Any:
    """Returns the folder's torch model, or one that answers with an ONNX file's logits."""
    if "onnx" not in job:
        return auto_class.from_pretrained(job["folder"], attn_implementation="eager").eval()
    config = AutoConfig.from_pretrained(job["folder"])
    session = onnxruntime.InferenceSession(job["onnx"], providers=["CPUExecutionProvider"])
    names = {entry.name for entry in session.get_inputs()}
    base = mapping[type(config)]

    class OnnxModel(base):
        def forward(self, **inputs: Any) -> Any:
            if inputs["input_ids"].shape[0] != 1 or not inputs["attention_mask"].all():
                raise RuntimeError("the pipeline padded or batched")
            feed = {name: tensor.numpy() for name, tensor in inputs.items() if name in names}
            (logits,) = session.run(["logits"], feed)
            return transformers.modeling_outputs.SequenceClassifierOutput(logits=torch.from_numpy(logits))

    return OnnxModel(config)


def shares(windows: Any, stride: int) -> list[float]:
    """Returns the number of text tokens of each window; a token that k windows share counts 1/k."""
    spans, holders = token_positions(windows, stride), {}
    for span in spans:
        for position in span:
            holders[position] = holders.get(position, 0) + 1
    return [sum(1 / holders[position] for position in span) for span in spans]


def token_positions(windows: Any, stride: int) -> list[range]:
    """Returns for each window which of the text's tokens it holds."""
    spans: list[range] = []
    for index, window in enumerate(windows):
        count = len(window.ids) - sum(window.special_tokens_mask)
        start = 0 if index == 0 else spans[-1].stop - stride
        spans.append(range(start, start + count))
    return spans


def classify(job: Job) -> list[dict[str, float]]:
    """Returns for each text its labels and scores: the pipeline's, or their average over windows."""
    tokenizer = load_tokenizer(job)
    mapping = transformers.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING
    model = load_model(job, transformers.AutoModelForSequenceClassification, mapping)
    pipeline = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")
    results = []
    for text in job["texts"]:
        windows = encode_windows(tokenizer, text, job)
        if len(windows) == 1:
            scores = pipeline([text], top_k=None)[0]
            results.append({entry["label"]: entry["score"] for entry in scores})
            continue
        # The pipeline cuts a long text off, so here are its own steps for each window.
        weights, total = shares(windows, job["stride"]), {}
        for window, weight in zip(windows, weights, strict=True):
            output = pipeline.forward(tensors(window, tokenizer))
            for entry in pipeline.postprocess(output, top_k=None, _legacy=False):
                part = entry["score"] * weight / sum(weights)
                total[entry["label"]] = total.get(entry["label"], 0) + part
        results.append(total)
    return results


def tensors(window: Any, tokenizer: Any) -> Any:
    """Returns a window as the model's inputs."""
    values = {"input_ids": window.ids, "token_type_ids": window.type_ids, "attention_mask": window.attention_mask}
    return {name: torch.tensor([values[name]]) for name in tokenizer.model_input_names}


def tokens(job: Job) -> list[dict[str, list[Job]]]:
    """Returns for each text and strategy the pipeline's entities, in UTF-16 offsets."""
    tokenizer = load_tokenizer(job)
    mapping = transformers.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING
    model = load_model(job, transformers.AutoModelForTokenClassification, mapping)
    pipeline = transformers.pipeline("token-classification", model=model, tokenizer=tokenizer, device="cpu")
    results = []
    for text in job["texts"]:
        windows = encode_windows(tokenizer, text, job)
        index = utf16_index(text)
        if len(windows) == 1:
            outputs = [pipeline.forward(inputs) for inputs in pipeline.preprocess(text, is_split_into_words=False)]
        else:
            outputs = [joined_output(pipeline, tokenizer, windows, text, job["stride"])]
        found = {}
        for strategy in job["strategies"]:
            chosen = transformers.pipelines.token_classification.AggregationStrategy(strategy)
            entities = pipeline.postprocess(outputs, aggregation_strategy=chosen)
            found[strategy] = [
                {
                    "label": entity.get("entity_group", entity.get("entity")),
                    "score": float(entity["score"]),
                    "start": index[entity["start"]],
                    "end": index[entity["end"]],
                }
                for entity in entities
            ]
        results.append(found)
    return results


def joined_output(pipeline: Any, tokenizer: Any, windows: Any, text: str, stride: int) -> Job:
    """Returns what one run over the whole text would give: a token's logits from the window where it has more context.

    The pipeline itself aggregates each window alone, which cuts entities at a window's edge.
    """
    spans = token_positions(windows, stride)
    best: dict[int, tuple[float, int, int]] = {}
    for number, (window, span) in enumerate(zip(windows, spans, strict=True)):
        first = window.special_tokens_mask.index(0)
        for position in span:
            left = math.inf if number == 0 else position - span.start
            right = math.inf if number == len(windows) - 1 else span.stop - 1 - position
            context = min(left, right)
            if position not in best or context > best[position][0]:
                best[position] = (context, number, first + position - span.start)
    # A word is read from one window, that of its last token, unless all that two windows share is one word.
    for number in range(1, len(windows)):
        shared = range(spans[number].start, spans[number - 1].stop)
        word_of = {
            p: windows[number].word_ids[windows[number].special_tokens_mask.index(0) + p - shared.start] for p in shared
        }
        cut = next((p for p in shared if best[p][1] == number), shared.stop)
        start = cut
        while start > shared.start and start in word_of and word_of[start - 1] == word_of[start]:
            start -= 1
        if start > shared.start:
            first = windows[number].special_tokens_mask.index(0)
            for position in range(start, cut):
                best[position] = (0, number, first + position - spans[number].start)
    logits = [pipeline.model(**tensors(window, tokenizer)).logits[0].detach() for window in windows]
    places = [best[position][1:] for position in range(len(best))]
    return {
        "logits": torch.stack([logits[number][token] for number, token in places])[None],
        "input_ids": torch.tensor([[windows[number].ids[token] for number, token in places]]),
        "offset_mapping": torch.tensor([[windows[number].offsets[token] for number, token in places]]),
        "special_tokens_mask": torch.zeros((1, len(places)), dtype=torch.long),
        "sentence": text,
        "word_ids": None,
        "word_to_chars_map": None,
    }


KINDS = {"tiny": make_tiny, "offsets": offsets, "classify": classify, "tokens": tokens}


def main() -> int:
    """Does all jobs."""
    warnings.simplefilter("ignore")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    np.seterr(all="raise", under="ignore")
    jobs = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with torch.no_grad():
        results = [KINDS[job["kind"]](job) for job in jobs]
    Path(sys.argv[2]).write_text(json.dumps(results), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

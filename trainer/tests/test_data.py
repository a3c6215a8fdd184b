"""Reading data files, and the token tags made of them."""

from __future__ import annotations

import gzip
import json

import pytest

from loupe_trainer.data import read_rows
from loupe_trainer.errors import JobError

WANTED = {"text": str, "label": str}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"text": "x\u2028y", "label": "1"}\n\n{"text": "b", "label": "2"}\n'),
        ("a.json", '[{"text": "x\u2028y", "label": 1}, {"text": "b", "label": 2}]'),
        ("a.csv", 'label,text\n1,"x\u2028y"\n2,b\n'),
        ("a.tsv", "\ufefflabel\ttext\r\n1\tx\u2028y\r\n2\tb\r\n"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_formats_read_alike(tmp_path, name, content, packed):
    file = tmp_path / (name + ".gz" * packed)
    data = content.encode("utf-8")
    file.write_bytes(gzip.compress(data) if packed else data)
    assert read_rows(file, {}, WANTED) == [{"text": "x\u2028y", "label": "1"}, {"text": "b", "label": "2"}]


def test_columns_are_renamed_and_others_dropped(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("stars,review,id\ngood,Fine,7\n")
    assert read_rows(file, {"text": "review", "label": "stars"}, WANTED) == [{"text": "Fine", "label": "good"}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"text": "x", "label": "1"}\n{"text": "y"}\n', 'row 2: there is no column "label"'),
        ("a.jsonl", b'{"text": "x", "label": "1"}\n{oops\n', "line 2: is not JSON"),
        ("a.jsonl", b'{"text": ["x"], "label": "1"}\n', 'row 1: column "text" must be a str, it is a list'),
        ("a.jsonl", b"[1, 2]\n", "row 1: expected an object"),
        ("a.jsonl", b"", "there are no rows"),
        ("a.jsonl", b"\xff\xfe", "not UTF-8"),
        ("a.xml", b"<a/>", "cannot tell the format"),
        ("a.jsonl.gz", b"not gzip", "cannot be read"),
    ],
)
def test_bad_files_say_where(tmp_path, name, content, message):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(JobError) as caught:
        read_rows(file, {}, WANTED)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)


def test_first_token_of_a_word_carries_its_tag(make_job, base_model):
    from loupe_trainer.config import load_job
    from loupe_trainer.loading import load_tokenizer
    from loupe_trainer.tasks import create_task

    task = create_task(load_job(make_job("token-classification")), load_tokenizer(base_model))
    rows = [{"tokens": ["Andrei", "lives"], "tags": ["B-person", "O"]}]
    task.learn_labels(rows)
    assert task.labels == ["O", "B-person"]
    feature = task.encode(rows, training=True).features[0]
    tokens = task.tokenizer.convert_ids_to_tokens(feature["input_ids"])
    carried = {token: target for token, target in zip(tokens, feature["labels"], strict=False) if target != -100}
    assert list(carried.values()) == [1, 0]
    assert not any(token.startswith(("##", "[")) for token in carried)


def test_unknown_label_in_the_data_is_an_error(make_job, run_cli, tmp_path, capsys):
    assert run_cli("run", make_job("text-classification", labels=["NEGATIVE"]), "--output", tmp_path / "run") == 2
    assert "['POSITIVE']" in capsys.readouterr().err
    events = [json.loads(line) for line in (tmp_path / "run/events.jsonl").read_text().splitlines()]
    assert events[-1]["event"] == "error"

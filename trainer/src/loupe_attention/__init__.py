"""Loupe's attention view in a notebook: ``loupe_attention.show(outputs.attentions, tokens)``.

    inputs = tokenizer("The film is good", return_tensors="pt")
    outputs = model(**inputs, output_attentions=True)           # from_pretrained(..., attn_implementation="eager")
    loupe_attention.show(outputs.attentions, tokenizer.convert_ids_to_tokens(inputs["input_ids"][0]))

The maps travel inside the notebook, a byte for each weight; VS Code with the extension Loupe draws them.
"""

from loupe_attention.notebook import MIME_TYPE, AttentionView, show, view

__all__ = ["MIME_TYPE", "AttentionView", "show", "view"]

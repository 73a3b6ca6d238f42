"""Logits of sequence classifiers for several rows at once: each row's are those that it has alone.

A classifier on a causal model reads its scores at the last token that is no padding, and takes for padding what its
configuration calls so, whatever mask comes with the rows. Rows that are filled up with another token, such as the end
of text of a tokenizer without padding, would be scored at their filling.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import PreTrainedModel


@torch.inference_mode()
def classified(model: PreTrainedModel, rows: Sequence[Sequence[int]]) -> Tensor:
    """Logits (N, outputs) of N rows of token ids, filled up on the right by what the model takes for padding.

    A model that names no padding gets an id that none of the rows has.
    """
    config, size = model.config.get_text_config(), model.get_input_embeddings().weight.shape[0]
    named = config.pad_token_id
    known = isinstance(named, int) and 0 <= named < size
    taken = {token for row in rows for token in row}
    filling = named if known else next((token for token in range(size) if token not in taken), None)
    if filling is None and len(rows) > 1:
        return torch.cat([classified(model, [row]) for row in rows])
    width = max(map(len, rows))
    tokens = torch.full((len(rows), width), filling or 0, device=model.device)
    mask = torch.zeros_like(tokens)
    for number, row in enumerate(rows):
        tokens[number, : len(row)] = torch.as_tensor(row)
        mask[number, : len(row)] = 1
    config.pad_token_id = filling
    try:
        return model(input_ids=tokens, attention_mask=mask).logits
    finally:
        config.pad_token_id = named

"""What tests of several packages work on: one made-up sequence experiment, a language model and an encoder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import synthetic_run


@pytest.fixture(scope="session")
def outcomes() -> pd.DataFrame:
    """Errors per test prompt of all models."""
    return synthetic_run.outcomes(prompts=800)


@pytest.fixture(scope="session")
def evaluations(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Accuracies of all models."""
    return synthetic_run.evaluations(outcomes)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of seven words, as transformers saves it."""
    transformers = pytest.importorskip("transformers")
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers

    folder = tmp_path_factory.mktemp("tiny")
    words = ["<s>", "the", "end", "of", "a", "sea", "<unk>"]
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", unk_token="<unk>")
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=7, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, bos_token_id=0
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_encoder(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of the same words."""
    import transformers

    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.pad_token = "<unk>"
    tokenizer.save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=7, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder

"""Models and tokenizers of a few kilobytes, made anew for each test session."""

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    GraniteConfig,
    GraniteForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

TEXT = "The model reads 1997 words, then it writes them again; see www.example.org/a-b for the café's `code = 1`.\n"


def tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level pairs with one special token, learned from a sentence."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    made.train_from_iterator([TEXT] * 4, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, bos_token="<|endoftext|>", eos_token="<|endoftext|>")


def model(
    architecture: str = "llama",
    *,
    vocabulary: int = 300,
    context: int = 32,
    spread: float = 1.0,
    hidden: int = 32,
    seed: int = 0,
) -> PreTrainedModel:
    """Random weights, large enough that some tokens are nearly certain."""
    torch.manual_seed(seed)
    common = {"vocab_size": vocabulary, "bos_token_id": 0, "eos_token_id": 0, "initializer_range": spread}
    sizes = {
        "hidden_size": hidden,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": context,
    }
    made = {
        "llama": lambda: LlamaForCausalLM(LlamaConfig(**common, **sizes)),
        "gpt2": lambda: GPT2LMHeadModel(GPT2Config(**common, n_embd=32, n_layer=2, n_head=4, n_positions=context)),
        "gemma2": lambda: Gemma2ForCausalLM(Gemma2Config(**common, **sizes, head_dim=8, final_logit_softcapping=5.0)),
        "granite": lambda: GraniteForCausalLM(GraniteConfig(**common, **sizes, logits_scaling=3.0)),
    }[architecture]()
    return made.eval()


@torch.inference_mode()
def likely(of: PreTrainedModel, lengths: list[int], *, seed: int = 0) -> list[np.ndarray]:
    """Texts in which the model is often, but not always, sure of the next token."""
    rng = np.random.default_rng(seed)
    rows = []
    for length in lengths:
        row = [0]
        for _ in range(length):
            logits = of(torch.tensor([row[-of.config.max_position_embeddings :]])).logits[0, -1]
            logits[0] = -torch.inf
            row.append(int(logits.argmax()) if rng.random() < 0.7 else int(rng.integers(1, of.config.vocab_size)))
        rows.append(np.asarray(row[1:], dtype=np.int32))
    return rows

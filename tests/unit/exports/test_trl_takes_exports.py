"""Training files in the hands of TRL, which this project does not need: its own checks, and a step of its trainers.

Skipped where TRL is not installed.
"""

import json
from copy import deepcopy

import pytest
from own_candidates import write_candidates

from uncollapse.exports.command import run

trl = pytest.importorskip("trl", reason="TRL is not installed; nothing but this test would use it")

TURNS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}"
CARRIED = ["id", "source"]


@pytest.fixture(scope="module")
def tokenizer():
    """Bytes, and a sign for the end."""
    from tokenizers import Tokenizer
    from tokenizers.decoders import ByteLevel as Decoder
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import PreTrainedTokenizerFast

    letters = [*sorted(ByteLevel.alphabet()), "<eos>"]
    bytewise = Tokenizer(BPE(vocab={letter: number for number, letter in enumerate(letters)}, merges=[]))
    bytewise.pre_tokenizer, bytewise.decoder = ByteLevel(add_prefix_space=False), Decoder()
    found = PreTrainedTokenizerFast(tokenizer_object=bytewise, eos_token="<eos>", pad_token="<eos>")
    found.chat_template = TURNS + "{% if add_generation_prompt %}<assistant>{% endif %}"
    return found


@pytest.fixture
def model(tokenizer):
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), **sizes))


def settings(kind, folder):
    return kind(
        output_dir=str(folder), max_steps=1, per_device_train_batch_size=4, use_cpu=True, report_to=[],
        disable_tqdm=True, save_strategy="no", max_length=4096, bf16=False, gradient_checkpointing=False, seed=0,
    )  # fmt: skip


def exported(tmp_path, kind, conversational, *, system=False):
    """The file as datasets reads it."""
    from datasets import load_dataset

    path, output = tmp_path / "candidates.jsonl", tmp_path / "train.jsonl"
    write_candidates(path, prompts=5)
    if system:
        rows = [json.loads(line) | {"system": "Be short."} for line in path.read_text().splitlines()]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    carried = [] if kind == "preferences" else ["--carry", *CARRIED]
    run([str(path), "--format", kind, "--output", str(output), *carried, *["--conversational"] * conversational])
    return load_dataset("json", data_files=str(output), split="train", cache_dir=str(tmp_path / "cache"))


def as_one_text(messages):
    return messages if isinstance(messages, str) else "".join(f"<{m['role']}>{m['content']}</>" for m in messages)


SHAPES = pytest.mark.parametrize(
    ("conversational", "system"), [(False, False), (True, False), (True, True)], ids=["text", "messages", "system"]
)


@SHAPES
@pytest.mark.parametrize("kind", ["chat", "completion", "preferences"])
def test_checks_of_the_formats(tmp_path, tokenizer, kind, conversational, system):
    from trl.data_utils import is_conversational, maybe_apply_chat_template

    rows = exported(tmp_path, kind, conversational, system=system)
    for row in rows.to_list():
        assert is_conversational(row) == (conversational or kind == "chat")
        found = maybe_apply_chat_template(row, tokenizer)
        for name in {"chat": ["text"]}.get(kind, [name for name in row if name not in CARRIED]):
            asked = "<assistant>" * (name == "prompt" and conversational)
            told = as_one_text(row["messages" if kind == "chat" else name]) + asked
            begun = "<assistant>" * (kind != "chat" and name != "prompt" and conversational)
            assert begun + found[name] == told


@SHAPES
@pytest.mark.parametrize("kind", ["chat", "completion"])
def test_fine_tuning(tmp_path, tokenizer, model, kind, conversational, system):
    rows = exported(tmp_path, kind, conversational, system=system)
    trainer = trl.SFTTrainer(
        model=model, args=settings(trl.SFTConfig, tmp_path / "model"), train_dataset=rows, processing_class=tokenizer
    )
    assert len(trainer.train_dataset) == len(rows) == 25
    learned = {tokenizer.decode([one for one in row["labels"] if one != -100]) for row in trainer.train_dataset}
    if kind == "chat":
        assert learned == {as_one_text(row["messages"]) for row in rows}
    elif conversational:
        assert learned == {f"{row['completion'][0]['content']}</>" for row in rows}
    else:
        assert learned == {f"{row['completion']}<eos>" for row in rows}
    assert trainer.train().training_loss > 0


@SHAPES
def test_preferences(tmp_path, tokenizer, model, conversational, system):
    rows = exported(tmp_path, "preferences", conversational, system=system)
    trainer = trl.DPOTrainer(
        model=model, ref_model=deepcopy(model), args=settings(trl.DPOConfig, tmp_path / "model"), train_dataset=rows,
        processing_class=tokenizer,
    )  # fmt: skip
    assert len(trainer.train_dataset) == len(rows) == 5
    for row, told in zip(rows, trainer.train_dataset, strict=True):
        assert tokenizer.decode(told["prompt_ids"]) == as_one_text(row["prompt"]) + "<assistant>" * conversational
        for name in ("chosen", "rejected"):
            wanted = f"{row[name][0]['content']}</>" if conversational else f"{row[name]}<eos>"
            assert tokenizer.decode(told[f"{name}_ids"]) == wanted
    assert trainer.train().training_loss > 0


@pytest.mark.parametrize("name", ["messages", "prompt", "label", "input_ids", "labels"])
def test_carried_columns_that_are_refused_would_have_misled_it(tmp_path, tokenizer, model, name):
    """Were this to pass, :func:`~uncollapse.exports.formats.check_carried` would refuse too much."""
    from datasets import Dataset
    from trl.data_utils import apply_chat_template

    chat = {"messages": [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]}
    rows = Dataset.from_list([chat | {name: [1] if name in ("input_ids", "labels") else "x"}] * 4)
    if name == "label":
        with pytest.raises(KeyError):
            apply_chat_template(rows[0], tokenizer)
        return
    try:
        trainer = trl.SFTTrainer(
            model=model, args=settings(trl.SFTConfig, tmp_path), train_dataset=rows, processing_class=tokenizer
        )
    except (KeyError, TypeError, ValueError):
        return
    learned = [tokenizer.decode(row["labels"]) for row in trainer.train_dataset]
    assert learned != [as_one_text(chat["messages"])] * 4

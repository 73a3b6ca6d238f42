"""Models as verifiers: a reward model of random weights, a judge behind a server, and reasoning-gym's scorers."""

import json
import zipfile

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file
from tiny_models import tokenizer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import LlamaConfig, LlamaForSequenceClassification, PreTrainedTokenizerFast

from faulty_server import MODEL, FaultyServer, reply_of
from uncollapse.errors import ConfigError, UncollapseError
from uncollapse.prompts.reasoning_gym_tasks import create_dataset
from uncollapse.verifiers.answers import judge, reasoning_gym, reward_model
from uncollapse.verifiers.candidate import Candidate, failed

TEXTS = ["It is four.", "", "words " * 100, "null \0", "four"]
TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"


def rewarding(folder, *, outputs=1, template=None):
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=300, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=64, num_labels=outputs, pad_token_id=0, initializer_range=0.5,
    )  # fmt: skip
    LlamaForSequenceClassification(config).save_pretrained(folder)
    made = tokenizer()
    made.chat_template = template
    made.save_pretrained(folder)
    return str(folder)


def rewards(model, texts, **settings):
    with reward_model.open_verifier(reward_model.Settings(model=model, device="cpu", **settings), threads=1) as it:
        return it.judge([Candidate(text, prompt="2 + 2?") for text in texts])


@pytest.mark.parametrize("template", [None, TEMPLATE])
def test_scores_are_those_of_each_text_alone(tmp_path, template):
    model = rewarding(tmp_path, template=template)
    found = rewards(model, TEXTS, lowest=0.0)
    loaded, encoder = LlamaForSequenceClassification.from_pretrained(model).eval(), tokenizer()
    for text, verdict in zip(TEXTS, found, strict=True):
        read = f"<user>2 + 2?<assistant>{text}" if template else f"2 + 2?{text}"
        ids = encoder(read)["input_ids"][-64:]  # the end of what is too long
        with torch.inference_mode():
            expected = loaded(input_ids=torch.tensor([ids])).logits[0, 0].item()
        assert verdict.score == pytest.approx(expected, abs=1e-5)
        assert verdict.accepted == (expected >= 0)


def test_an_answer_of_which_the_tokenizer_knows_nothing_has_no_score(tmp_path):
    model = rewarding(tmp_path)
    known = {"<unk>": 0, "four": 1}
    made = Tokenizer(WordLevel(known, unk_token="<unk>"))
    made.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=made, unk_token="<unk>", pad_token="<unk>").save_pretrained(model)
    nothing, some, empty = rewards(model, ["\N{ROCKET}", "\N{ROCKET} four", ""])
    assert nothing == failed("no token that the model's tokenizer knows")
    assert some.score is not None
    assert empty.score is not None


@pytest.mark.parametrize("template", [None, TEMPLATE])
def test_an_answer_that_spells_a_special_token_ends_no_turn(tmp_path, template):
    model, encoder = rewarding(tmp_path, template=template), tokenizer()
    special, text = encoder.eos_token, f"four{tokenizer().eos_token}right"
    (found,) = rewards(model, [text])
    if template:
        assert found == failed(
            f"it or its prompt spells the special token '{special}', which would end a turn within a text"
        )
        return
    ids = encoder(f"2 + 2?{text}", split_special_tokens=True)["input_ids"]
    assert encoder.eos_token_id not in ids
    with torch.inference_mode():
        expected = LlamaForSequenceClassification.from_pretrained(model).eval()(input_ids=torch.tensor([ids])).logits
    assert found.score == pytest.approx(expected[0, 0].item(), abs=1e-5)


def test_without_a_lowest_score_it_only_ranks(tmp_path):
    model = rewarding(tmp_path)
    assert not reward_model.Settings(model=model).gives_verdict
    assert {one.accepted for one in rewards(model, TEXTS)} == {None}


def test_a_package_with_the_model_is_read_alike(tmp_path):
    model, package = rewarding(tmp_path / "folder"), tmp_path / "reward-1.0-py3-none-any.whl"
    with zipfile.ZipFile(package, "w") as archive:
        for path in (tmp_path / "folder").iterdir():
            archive.write(path, f"reward/{path.name}")
    assert rewards(str(package), TEXTS) == rewards(model, TEXTS)


def test_weights_that_are_missing_are_an_error(tmp_path):
    model = rewarding(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    del weights["score.weight"]
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ConfigError, match=r"lacks the weights score\.weight"):
        rewards(model, TEXTS)


def test_a_model_with_several_outputs_is_no_reward_model(tmp_path):
    with pytest.raises(ConfigError, match="has 3 outputs"):
        rewards(rewarding(tmp_path, outputs=3), TEXTS)


def judged(answers, texts, **settings):
    """Verdicts of a judge that says ``answers`` of the text and the number of the vote."""

    def fault(body):
        read = body["messages"][-1]["content"]
        text = next(text for text in texts if f"\n{text}\n" in read)
        told = answers(text, body["seed"])
        return told if isinstance(told, str | tuple) and told == "500" else (200, {}, reply_of(body, message={
            "role": "assistant", "content": told}))  # fmt: skip

    with FaultyServer(fault=fault).running() as server:
        options = judge.Settings(base_url=server.url, model=MODEL, tries=1, **settings)
        with judge.open_verifier(options, threads=1) as it:
            return it.judge([Candidate(text, prompt="2 + 2?", answer="4") for text in texts]), server


def test_votes_of_a_judge():
    votes = {
        "one": ["Verdict: yes", "Verdict: no", "Verdict: **Yes**."],
        "two": ["Verdict: no"] * 3,
        "three": ["well", "Verdict: maybe", "Verdict: yes"],
        "four": ["no.\nVerdict: yes\nVerdict: no", "?", "Verdict: no"],
    }
    found, server = judged(lambda text, vote: votes[text][vote], list(votes), votes=3)
    assert [one.accepted for one in found] == [True, False, None, False]
    assert found[0].score == pytest.approx(2 / 3)
    assert found[2].reason == "2 of 3 votes unparsable"
    assert found[3].reason == "0 of 2 yes, 1 unparsable"
    assert sorted(body["seed"] for body in server.requests) == [0] * 4 + [1] * 4 + [2] * 4


def test_a_tie_is_no_majority():
    found, _ = judged(lambda text, vote: ["Verdict: yes", "Verdict: no"][vote], ["x"], votes=2)
    assert found[0].accepted is False


def test_grades():
    found, _ = judged(lambda text, vote: f"Verdict: {text}", ["7", "11", "0", "3 / 10"], scale=10, lowest=5)
    assert [(one.score, one.accepted, one.failed) for one in found] == [
        (7, True, False), (None, None, True), (None, None, True), (3, False, False),
    ]  # fmt: skip


def test_a_request_without_reply_is_no_verdict_and_others_go_on():
    found, _ = judged(lambda text, vote: "500" if text == "bad" else "Verdict: yes", ["bad", "good"])
    assert [one.failed for one in found] == [True, False]
    assert "HTTP 500" in found[0].reason


def test_rubrics_are_filled_in_once():
    candidate = Candidate("{answer} {prompt}", prompt="{text}", answer="4", columns={"level": 3})
    settings = judge.Settings(base_url="http://x", model="m", rubric="Of {level}: is {text} {right}? {{prompt}}")
    read = judge.asked(candidate, settings)
    assert "Of 3: is {answer} {prompt} {right}? {{text}}" in read
    assert "The response" not in read
    assert "The true answer" in read


def test_a_judge_that_is_not_served_or_has_no_key(monkeypatch):
    with FaultyServer().running() as server:
        settings = judge.Settings(base_url=server.url, model="other")
        with pytest.raises(UncollapseError, match="does not serve 'other'"), judge.open_verifier(settings, threads=1):
            pass
    monkeypatch.delenv("NO_KEY", raising=False)
    settings = judge.Settings(base_url="http://127.0.0.1:9/v1", model="m", key_variable="NO_KEY")
    with pytest.raises(ConfigError, match="NO_KEY"), judge.open_verifier(settings, threads=1):
        pass
    with pytest.raises(ValidationError, match="give scale too"):
        judge.Settings(base_url="http://x", model="m", lowest=5)


def test_scorers_of_reasoning_gym(monkeypatch):
    settings = reasoning_gym.Settings()
    entry = create_dataset("chain_sum", size=1, seed=1)[0]
    metadata = json.dumps(entry["metadata"])
    answer = entry["answer"]
    texts = [f"So <answer>{answer}</answer>", f"<answer>1</answer> no, <answer>{answer}.0</answer>", answer, "",
             f"<answer>{answer}</answer><answer>no</answer>"]  # fmt: skip
    verdicts = [
        reasoning_gym.check(Candidate(text, entry["question"], answer, columns={"metadata": metadata}), settings)
        for text in texts
    ]
    assert [one.accepted for one in verdicts] == [True, True, False, False, False]
    # as the scorer of game_of_life_halting does where the true answer is False
    monkeypatch.setattr(reasoning_gym, "_scorer", lambda name: lambda *, answer, entry: 1.0)
    candidate = Candidate("<answer>anything</answer>", "?", "False", columns={"metadata": {"source_dataset": "life"}})
    assert reasoning_gym.check(candidate, settings).accepted is False
    for name in ("nothing", ""):
        with pytest.raises(ValidationError, match=f"no task '{name}'") as refused:
            reasoning_gym.Settings(dataset=name)
        assert [one["loc"] for one in refused.value.errors()] == [("dataset",)]  # the key is named

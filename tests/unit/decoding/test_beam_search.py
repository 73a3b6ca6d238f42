"""Beam search against brute force over all answers, and against a slow search that caches nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from uncollapse.decoding.beam_search import _top, beam_search
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.tasks import eigenvalues
from uncollapse.tasks.sequence_layout import SequenceLayout

MakeModel = Callable[..., EncoderDecoder]


@torch.no_grad()
def _log_probs(model: EncoderDecoder, prompts: Tensor, answers: Tensor) -> Tensor:
    """Log-probabilities (B, T) of the tokens of one answer (B, T) to each prompt, teacher-forced."""
    states = model(prompts, answers)
    parts = []
    for position, (start, stop) in enumerate(model.layout.answer_choices):
        parts.append(
            model.logits(states[:, position], (start, stop))
            .log_softmax(-1)
            .gather(1, answers[:, position, None] - start)
        )
    return torch.cat(parts, 1)


@torch.no_grad()
def _slow_beam_search(model: EncoderDecoder, prompt: Tensor, beams: int) -> list[tuple[float, list[int]]]:
    """Every prefix is run through the whole model again at every step, padded with a token it must not look at."""
    found = [(0.0, [])]
    length = model.layout.answer_length
    for position, (start, stop) in enumerate(model.layout.answer_choices):
        answers = torch.tensor([prefix + [1] * (length - position) for _, prefix in found])
        states = model(prompt.expand(len(found), -1), answers)[:, position]
        scores = model.logits(states, (start, stop)).double().log_softmax(-1).tolist()
        continued = [
            (log_prob + score, [*prefix, token])
            for (log_prob, prefix), row in zip(found, scores, strict=True)
            for token, score in zip(range(start, stop), row, strict=True)
        ]
        found = sorted(continued, key=lambda candidate: -candidate[0])[:beams]
    return found


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("beams", [80, 1000])
def test_wide_enough_beams_rank_all_answers_exactly(
    make_model: MakeModel, small_layout: SequenceLayout, small_prompts: Tensor, seed: int, beams: int
) -> None:
    model = make_model(small_layout, seed=seed)
    tokens, log_prob = beam_search(model, small_prompts, beams=beams)
    answers = torch.tensor(list(itertools.product(*(range(*choice) for choice in small_layout.answer_choices))))
    assert tokens.shape == (6, 80, 4)
    assert log_prob.shape == (6, 80)
    for number, prompt in enumerate(small_prompts):
        exact = _log_probs(model, prompt.expand(80, -1), answers).sum(1)
        ranking = exact.argsort(descending=True)
        assert tokens[number].tolist() == answers[ranking].tolist()
        torch.testing.assert_close(log_prob[number], exact[ranking], rtol=0, atol=1e-4)
    torch.testing.assert_close(log_prob.exp().sum(1), torch.ones(6), rtol=0, atol=1e-5)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("beams", [1, 2, 3, 5, 8, 13, 40])
def test_narrow_beams_keep_what_a_slow_search_keeps(
    make_model: MakeModel, small_layout: SequenceLayout, small_prompts: Tensor, seed: int, beams: int
) -> None:
    model = make_model(small_layout, seed=seed)
    tokens, log_prob = beam_search(model, small_prompts, beams=beams)
    for number, prompt in enumerate(small_prompts):
        expected = _slow_beam_search(model, prompt, beams)
        assert tokens[number].tolist() == [answer for _, answer in expected]
        torch.testing.assert_close(log_prob[number], torch.tensor([score for score, _ in expected]), rtol=0, atol=1e-4)


def test_narrow_beams_do_prune_in_these_tests(
    make_model: MakeModel, small_layout: SequenceLayout, small_prompts: Tensor
) -> None:
    """A search that never prunes could not tell a wrong pruning: some best answer must get lost on the way."""
    lost = 0
    for seed in range(5):
        model = make_model(small_layout, seed=seed)
        best = beam_search(model, small_prompts, beams=80)[1][:, 0]
        greedy = beam_search(model, small_prompts, beams=1)[1][:, 0]
        assert (greedy <= best + 1e-4).all()
        lost += int((greedy < best - 1e-3).sum())
    assert lost >= 3


@pytest.mark.parametrize("beams", [2, 5, 25])
def test_numbers_of_a_thousand_mantissas(make_model: MakeModel, beams: int) -> None:
    """The real vocabulary, where the best continuations are found in groups."""
    settings = eigenvalues.Settings(matrix_size=2)
    model = make_model(eigenvalues.layout(settings), seed=1)
    prompts = torch.randint(0, 1204, (3, 9), generator=torch.Generator().manual_seed(0))
    tokens, log_prob = beam_search(model, prompts, beams=beams)
    for number, prompt in enumerate(prompts):
        expected = _slow_beam_search(model, prompt, beams)
        assert tokens[number].tolist() == [answer for _, answer in expected]
        torch.testing.assert_close(log_prob[number], torch.tensor([score for score, _ in expected]), rtol=0, atol=1e-4)


@pytest.mark.parametrize("beams", [1, 4, 80])
def test_log_prob_is_that_of_the_teacher_forced_answer(
    make_model: MakeModel, small_layout: SequenceLayout, small_prompts: Tensor, beams: int
) -> None:
    model = make_model(small_layout, seed=7)
    tokens, log_prob = beam_search(model, small_prompts, beams=beams)
    for rank in range(tokens.shape[1]):
        forced = _log_probs(model, small_prompts, tokens[:, rank].clone()).sum(1)
        torch.testing.assert_close(log_prob[:, rank], forced, rtol=0, atol=1e-4)


def test_one_beam_takes_the_best_token_at_every_step(
    make_model: MakeModel, small_layout: SequenceLayout, small_prompts: Tensor
) -> None:
    model = make_model(small_layout, seed=2)
    answers = torch.ones(6, 4, dtype=torch.int64)
    with torch.no_grad():
        for position, (start, stop) in enumerate(small_layout.answer_choices):
            logits = model.logits(model(small_prompts, answers)[:, position], (start, stop))
            answers[:, position] = logits.argmax(-1) + start
    assert beam_search(model, small_prompts, beams=1)[0][:, 0].tolist() == answers.tolist()


@pytest.mark.parametrize("beams", [1, 3, 80])
def test_candidates_are_sorted_distinct_and_well_formed(
    make_model: MakeModel, small_layout: SequenceLayout, small_prompts: Tensor, beams: int
) -> None:
    tokens, log_prob = beam_search(make_model(small_layout, seed=4), small_prompts, beams=beams)
    assert (log_prob.diff(dim=1) <= 0).all()
    assert log_prob.dtype == torch.float32
    for candidates in tokens.tolist():
        assert len({tuple(candidate) for candidate in candidates}) == beams
    for position, (start, stop) in enumerate(small_layout.answer_choices):
        assert ((tokens[:, :, position] >= start) & (tokens[:, :, position] < stop)).all()


@pytest.mark.parametrize("layers", [1, 3])
def test_any_number_of_decoder_layers(
    make_model: MakeModel, small_layout: SequenceLayout, small_prompts: Tensor, layers: int
) -> None:
    """Each layer has caches of its own, which must follow the beams."""
    model = make_model(small_layout, seed=5, decoder_layers=layers)
    tokens, _ = beam_search(model, small_prompts, beams=4)
    for number, prompt in enumerate(small_prompts):
        assert tokens[number].tolist() == [answer for _, answer in _slow_beam_search(model, prompt, 4)]


@pytest.mark.parametrize("beams", [0, -1])
def test_a_beam_needs_width(
    make_model: MakeModel, small_layout: SequenceLayout, small_prompts: Tensor, beams: int
) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        beam_search(make_model(small_layout), small_prompts, beams=beams)


@pytest.mark.parametrize(
    ("size", "count"),
    [
        (1000, 1),
        (1000, 2),
        (1000, 5),
        (2000, 24),
        (2000, 25),
        (2000, 49),
        (2000, 50),
        (5000, 25),
        (25_000, 50),
        (1001, 5),
        (2, 5),
    ],
)
def test_grouped_top_equals_topk(size: int, count: int) -> None:
    scores = torch.randn(7, size, generator=torch.Generator().manual_seed(size + count))
    values, places = _top(scores, count)
    expected = scores.topk(min(count, size), -1)
    assert torch.equal(values, expected.values)
    assert torch.equal(places, expected.indices)


def test_grouped_top_where_all_winners_share_one_group_or_have_one_each() -> None:
    scores = torch.full((2, 2000), -1.0)
    scores[0, 40:50] = torch.arange(10.0)  # one group of 20
    scores[1, torch.arange(10) * 20 + 19] = torch.arange(10.0)  # the last of ten groups
    values, places = _top(scores, 10)
    assert values.tolist() == [list(range(9, -1, -1))] * 2
    assert places.tolist() == [list(range(49, 39, -1)), [20 * i + 19 for i in range(9, -1, -1)]]

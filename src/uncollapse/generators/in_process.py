"""Candidates of a model in this process, with transformers or vLLM: the same files and the same keys as of a server."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

from uncollapse.generators.answer import Answer
from uncollapse.generators.candidate_file import Summary, candidate_schema, write_candidates
from uncollapse.generators.journal import Journal
from uncollapse.generators.missing import Missing, MissingCount
from uncollapse.generators.places import Places
from uncollapse.generators.prompt_tokens import check_template, prompt_tokens
from uncollapse.generators.question import Asking, Question
from uncollapse.jobs.progress import Progress
from uncollapse.jobs.store import content_hash
from uncollapse.language.engines.interface import Answer as Written
from uncollapse.language.engines.interface import Engine
from uncollapse.language.given_back import GivenBack
from uncollapse.language.settings import EngineSettings, SamplingSettings
from uncollapse.prompts.prompt import Prompt
from uncollapse.prompts.prompt_file import PromptFile
from uncollapse.settings.folder import files_in

_PROMPTS = 32  # answered, and durable, at once


def load_model(name: str, settings: EngineSettings, *, threads: int = 1) -> Engine:
    """The engine with a model from wherever :func:`~uncollapse.language.any_model.load_any` finds it.

    Raises
    ------
    ConfigError, ArtifactError
        Where there is no such model, or it cannot serve.
    """
    from uncollapse.language.any_model import as_file
    from uncollapse.language.engines.choose import load_engine

    with as_file(name, where=f"--model {name}") as path:
        return load_engine(path, settings, threads=threads)


def state_of(name: str) -> str:
    """The model's name with a hash of its files' content, where it has files here."""
    path = Path(name)
    files = [Path(one) for one in files_in(path)] if path.is_dir() else [path] if path.exists() else []
    if not files:
        return name
    told = [(one.name, content_hash(one)) for one in files]
    return f"{name} {blake2b(repr(told).encode(), digest_size=8).hexdigest()}"


def sample_in_process(
    prompts: PromptFile,
    asking: Asking,
    sampling: SamplingSettings,
    engine: Engine,
    places: Places,
    *,
    again: Collection[str] = (),
) -> Summary:
    """Write what is missing, part by part, and then all candidates.

    Parameters
    ----------
    asking : with the name of the model, and in ``parameters`` what else decides an answer
    sampling : candidates of each prompt, and how they are drawn
    again : statuses of kept answers that are written again, which changes them only where something else has changed

    Raises
    ------
    UncollapseError
        For prompts that cannot be asked, and a chat with a model that has no chat template.
    """
    samples = sampling.candidates
    check_template(engine.tokenizer, asking.kind, model=asking.model)
    with Journal(places.answers) as journal:
        counter = MissingCount(journal, asking, samples, again=again)
        given_back = GivenBack(engine.tokenizer)

        def look(prompt: Prompt) -> None:
            asking.check(prompt)
            prompt_tokens(engine.tokenizer, prompt, asking.kind)
            given_back.read([f"prompt {prompt.id!r}"], ["\n".join(one["content"] for one in prompt.messages)])
            counter.look(prompt)

        survey = prompts.check(look)
        candidate_schema(survey, path=prompts.path)
        given_back.tell("prompts")
        if total := counter.total():
            progress = Progress("sample", unit="answers")
            progress.start(total=total)
            missing, done = Missing(journal, again=again), 0
            stream = prompts.prompts()
            while some := list(islice(stream, _PROMPTS)):
                kept = list(_written(some, asking, sampling, engine, missing))
                journal.add(kept)
                done += len(kept)
                progress.update(done)
            progress.finish()
        about: dict[str, Any] = {"model": asking.model, "kind": asking.kind, "parameters": asking.parameters}
        about |= {"seed": asking.seed, "samples": samples, "engine": type(engine).__name__}
        return write_candidates(prompts, survey, asking, samples, journal, places.output, about=about)


def _written(
    prompts: Sequence[Prompt], asking: Asking, sampling: SamplingSettings, engine: Engine, missing: Missing
) -> list[tuple[bytes, Answer]]:
    """The missing answers to some prompts. A draw depends on the prompt and the sample's number, and on no other."""
    samples = sampling.candidates
    questions = [[asking.question(prompt, sample) for sample in range(samples)] for prompt in prompts]
    wanted = {question.key for question in missing.of([one for each in questions for one in each])}
    asked: dict[bytes, tuple[list[Question], list[int]]] = {}
    kept: list[tuple[bytes, Answer]] = []
    for prompt, of_prompt in zip(prompts, questions, strict=True):
        if not any(question.key in wanted for question in of_prompt) or of_prompt[0].key in asked:
            continue
        tokens = prompt_tokens(engine.tokenizer, prompt, asking.kind)
        if len(tokens) > (room := engine.context - sampling.max_new_tokens):
            reason = f"{len(tokens)} tokens, where the model's context has room for {room} before the answer"
            kept += [(one.key, Answer(status="rejected", reason=reason)) for one in of_prompt if one.key in wanted]
        else:
            asked[of_prompt[0].key] = of_prompt, tokens
    texts = [tokens for _, tokens in asked.values()]
    found = engine.generate(texts, sampling, keys=[int.from_bytes(key[:8]) for key in asked]) if texts else []
    for (of_prompt, tokens), answers in zip(asked.values(), found, strict=True):
        kept += [
            (question.key, _answer(answer, asking.model, len(tokens)))
            for question, answer in zip(of_prompt, answers, strict=True)
            if question.key in wanted
        ]
    return kept


def _answer(written: Written, model: str, read: int) -> Answer:
    """An engine's answer as it is kept."""
    answer = Answer(
        status="ok",
        text=written.text,
        finish_reason="stop" if written.finished else "length",
        model=model,
        prompt_tokens=read,
        completion_tokens=len(written.tokens),
        log_prob=float(written.log_prob),
    )
    if not written.finished:
        return replace(answer, status="cut_off", reason="the largest number of tokens was reached")
    if not written.text.strip():
        return replace(answer, status="empty", reason="no text")
    return answer

"""Candidates of a server: from a file of prompts to a file of candidates, on from where an earlier call ended."""

import asyncio
import sys
from collections.abc import Collection
from typing import Any

from uncollapse.generators.ask import ask_all
from uncollapse.generators.candidate_file import Summary, candidate_schema, write_candidates
from uncollapse.generators.endpoint import Endpoint, EndpointSettings, check_parameters
from uncollapse.generators.journal import Journal
from uncollapse.generators.missing import MissingCount
from uncollapse.generators.places import Places
from uncollapse.generators.question import Asking
from uncollapse.jobs.progress import Progress
from uncollapse.prompts.prompt import Prompt
from uncollapse.prompts.prompt_file import PromptFile


def sample_from_endpoint(
    prompts: PromptFile,
    asking: Asking,
    samples: int,
    settings: EndpointSettings,
    places: Places,
    *,
    again: Collection[str] = (),
) -> Summary:
    """Ask a server for what is missing and write all candidates.

    Parameters
    ----------
    samples : candidates of each prompt
    again : statuses of kept answers that are asked for again

    Raises
    ------
    UncollapseError
        Before anything is asked: for prompts that cannot be asked, a key that is not in the environment, a server that
        cannot be reached or does not serve the model. Later: for a server that has stopped answering; what came until
        then is kept.
    """
    check_parameters(asking.parameters)
    endpoint = Endpoint(settings, model=asking.model, kind=asking.kind)
    with Journal(places.answers) as journal:
        counter = MissingCount(journal, asking, samples, again=again)

        def look(prompt: Prompt) -> None:
            asking.check(prompt)
            counter.look(prompt)

        survey = prompts.check(look)
        candidate_schema(survey, path=prompts.path)
        if missing := counter.total():
            kept = f"; {kept:,} are kept" if (kept := survey.count * samples - missing) else ""
            print(f"sample: {missing:,} answers to ask for, {settings.concurrency:,} at a time{kept}", file=sys.stderr)
            progress = Progress("sample", unit="answers")
            asyncio.run(_ask(prompts, asking, samples, endpoint, journal, again, progress, missing))
            progress.finish()
        about: dict[str, Any] = {
            "base_url": endpoint.base_url,
            "model": asking.model,
            "kind": asking.kind,
            "parameters": asking.parameters,
            "seed": asking.seed,
            "samples": samples,
        }
        return write_candidates(prompts, survey, asking, samples, journal, places.output, about=about)


async def _ask(
    prompts: PromptFile,
    asking: Asking,
    samples: int,
    endpoint: Endpoint,
    journal: Journal,
    again: Collection[str],
    progress: Progress,
    missing: int,
) -> None:
    async with endpoint:
        if note := await endpoint.check():
            print(f"note: {note}", file=sys.stderr)
        progress.start(total=missing)
        await ask_all(
            prompts.prompts(), asking, samples, endpoint, journal,
            workers=endpoint.settings.concurrency, again=again, progress=progress,
        )  # fmt: skip

"""Candidates of a server: from a file of prompts to a file of candidates, on from where an earlier call ended."""

import asyncio
import sys
from collections.abc import Collection
from typing import Any

from uncollapse.generators.ask import ask_all, together
from uncollapse.generators.candidate_file import Summary, candidate_schema, write_candidates
from uncollapse.generators.endpoint import Endpoint, EndpointSettings, check_parameters
from uncollapse.generators.front import Front
from uncollapse.generators.journal import Journal
from uncollapse.generators.missing import Missing, MissingCount
from uncollapse.generators.places import Places
from uncollapse.generators.question import Asking
from uncollapse.generators.written_along import write_along
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
    about: dict[str, Any] = {
        "base_url": endpoint.base_url,
        "model": asking.model,
        "kind": asking.kind,
        "parameters": asking.parameters,
        "seed": asking.seed,
        "samples": samples,
    }
    with Journal(places.answers) as journal:
        counter = MissingCount(journal, asking, samples, again=again)

        def look(prompt: Prompt) -> None:
            asking.check(prompt)
            counter.look(prompt)

        survey = prompts.check(look)
        candidate_schema(survey, path=prompts.path)
        missing = counter.total()
        if not missing:
            return write_candidates(prompts, survey, asking, samples, journal, places.output, about=about)
        kept = f"; {kept:,} are kept" if (kept := survey.count * samples - missing) else ""
        print(f"sample: {missing:,} answers to ask for, {settings.concurrency:,} at a time{kept}", file=sys.stderr)
        front, progress = Front(Missing(journal, again=again)), Progress("sample", unit="answers")

        async def ask() -> None:
            progress.start(total=missing)
            stream, workers = prompts.prompts(), settings.concurrency
            await ask_all(stream, asking, samples, endpoint, journal, workers=workers, front=front, progress=progress)
            front.end()
            progress.finish()

        async def ask_and_write() -> Summary:
            async with endpoint:
                if note := await endpoint.check():
                    print(f"note: {note}", file=sys.stderr)
                write = write_along(prompts, survey, asking, samples, journal, places.output, about=about, front=front)
                return await together(write, ask())

        return asyncio.run(ask_and_write())

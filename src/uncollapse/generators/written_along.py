"""The table of candidates, written behind the front of those that are asked for, so that little is left at the end."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from uncollapse.generators.candidate_file import Summary, candidate_table, with_keys, write_candidates
from uncollapse.generators.front import Front
from uncollapse.generators.journal import Journal
from uncollapse.generators.question import Asking
from uncollapse.prompts.prompt_file import PromptFile, Survey


async def write_along(
    prompts: PromptFile,
    survey: Survey,
    asking: Asking,
    samples: int,
    journal: Journal,
    output: Path,
    *,
    about: Mapping[str, Any],
    front: Front,
) -> Summary:
    """Write what :func:`~uncollapse.generators.candidate_file.write_candidates` would, prompt after prompt as settled.

    Rows are made in a thread of its own, some hundred at a time, and only when their answers are on disk. Where the
    task is cancelled there is no table.
    """
    loop, count = asyncio.get_running_loop(), 0
    with (
        candidate_table(survey, output, path=prompts.path, about=about) as table,
        ThreadPoolExecutor(1, thread_name_prefix="candidates") as thread,
    ):
        parts = with_keys(prompts, asking, samples)
        await front.reached(1)  # nothing is written while the first requests are still being sent
        while some := await loop.run_in_executor(thread, next, parts, None):
            keys = [key for _, own in some for key in own]
            count += len(keys)
            await front.reached(count, keys)
            await loop.run_in_executor(thread, table.add_kept, some, journal)
    if table.summary.statuses["unanswered"]:  # prompts that share messages may have had more luck further on
        return write_candidates(prompts, survey, asking, samples, journal, output, about=about)
    return table.summary

"""The data card of a corpus: where it comes from, under which licence, and what each step of cleaning left."""

from pathlib import Path
from typing import Any

from uncollapse.corpora.packages import PACKAGE_OF, package_named
from uncollapse.corpora.prepare import Account
from uncollapse.corpora.settings import CorpusSettings


def card_columns(corpus: str, settings: CorpusSettings, account: Account) -> dict[str, list[Any]]:
    """Columns of the CARD schema."""
    steps = account.steps()
    origin = zip(("origin", "package", "version", "licence"), _origin(settings), strict=True)
    return {
        "corpus": [corpus] * len(steps),
        "step": [step for step, _, _ in steps],
        "documents": [documents for _, documents, _ in steps],
        "words": [count for _, _, count in steps],
        **{name: [value] * len(steps) for name, value in origin},
    }


def _origin(settings: CorpusSettings) -> tuple[str, str, str, str]:
    if settings.source is not None:
        package = package_named(PACKAGE_OF[settings.source])
        return package.registry, package.project, package.version, package.licence
    if settings.hub is not None:
        version = ", ".join(filter(None, [settings.config, settings.revision]))
        return "hub", settings.hub, version, settings.licence
    return "files", ", ".join(Path(name).name for name in settings.files or ()), "", settings.licence

"""The data card of a corpus: where it comes from, under which licence, and what each step of cleaning left."""

from pathlib import Path
from typing import Any

from uncollapse.corpora.packages import PACKAGE_OF, package_named
from uncollapse.corpora.prepare import Account
from uncollapse.corpora.settings import CorpusSettings


def card_columns(corpus: str, settings: CorpusSettings, account: Account) -> dict[str, list[Any]]:
    """Columns of the CARD schema."""
    steps = account.steps()
    origin = _origin(settings)
    return {
        "corpus": [corpus] * len(steps),
        "step": [step for step, _, _ in steps],
        "documents": [documents for _, documents, _ in steps],
        "words": [count for _, _, count in steps],
        **{name: [value] * len(steps) for name, value in origin.items()},
    }


def _origin(settings: CorpusSettings) -> dict[str, str]:
    if settings.source is not None:
        package = package_named(PACKAGE_OF[settings.source])
        return {
            "origin": package.registry,
            "package": package.project,
            "version": package.version,
            "licence": package.licence,
        }
    if settings.hub is not None:
        version = ", ".join(filter(None, [settings.config, settings.revision]))
        return {"origin": "hub", "package": settings.hub, "version": version, "licence": settings.licence}
    names = ", ".join(Path(name).name for name in settings.files or ())
    return {"origin": "files", "package": names, "version": "", "licence": settings.licence}

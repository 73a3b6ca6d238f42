"""Packages and corpora of one configuration: paths, and the slice of config that each is made from."""

from dataclasses import asdict
from pathlib import Path

from uncollapse.config.settings import Settings
from uncollapse.corpora.packages import PACKAGES, package_named, package_of_file
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.corpora.source_packages import PACKAGE_OF
from uncollapse.planning.fingerprint import code_of
from uncollapse.planning.spec import spec


class CorpusPlan:
    """Part of a plan; needs nothing but the settings, the folder of results and that of scripts."""

    settings: Settings
    scripts: Path
    root: str

    def package_files(self) -> list[str]:
        """Names of all files that can be fetched."""
        return [package.file for package in PACKAGES.values()]

    def package(self, name: str) -> str:
        """Where a package lies, by our name of it."""
        return f"{self.root}/packages/{package_named(name).file}"

    def package_spec(self, file: str) -> str:
        """For scripts/fetch_package.py. Its code is no part of the job: a checksum says all about the content."""
        package = asdict(package_of_file(file))
        return spec(**{key: package[key] for key in ("name", "file", "sha256")})

    def corpus_settings(self, name: str) -> CorpusSettings:
        """The settings of one corpus."""
        return self.settings.corpora[name]

    def corpus(self, name: str) -> str:
        """Where a corpus lies."""
        return f"{self.root}/corpora/{name}.parquet"

    def corpus_card(self, name: str) -> str:
        """Where its card lies: counts at every step of cleaning."""
        return f"{self.root}/corpora/{name}.card.parquet"

    def corpus_inputs(self, name: str) -> dict[str, list[str]]:
        """The package or the local files a corpus is read from; a hub data set is no file."""
        settings = self.corpus_settings(name)
        if settings.source is not None:
            return {"package": [self.package(PACKAGE_OF[settings.source])]}
        return {"files": list(settings.files)} if settings.files else {}

    def corpus_spec(self, name: str) -> str:
        """For scripts/prepare_corpus.py."""
        return spec(corpus=name, settings=self.corpus_settings(name))

    def corpus_code(self, name: str) -> list[str]:
        """What preparing it runs, its reader included."""
        source = self.corpus_settings(name).source
        plugins = [f"uncollapse.corpora.sources.{source}"] if source else []
        return code_of(self.scripts / "prepare_corpus.py", plugins=plugins)

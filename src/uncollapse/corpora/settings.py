"""Origin and cleaning of a corpus, as config says; without heavy imports."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from uncollapse.corpora.formats import TEXTS, suffix_of
from uncollapse.corpora.packages import SOURCES
from uncollapse.settings.values import Strict


class ColumnSettings(Strict):
    """Columns of a file or hub data set by what they hold; null where there is none."""

    text: str = Field(default="text", min_length=1, description="the text, or what follows the lead")
    title: str | None = Field(default=None, description="the headline, or an instruction")
    lead: str | None = Field(default=None, description="a summary, such as the first sentence")
    source: str | None = Field(default=None, description="such as an outlet")


class CleaningSettings(Strict):
    """Rules for the documents that are kept. Each that is dropped is counted, by reason."""

    min_words: int = Field(default=50, ge=0, description="of the text; 80 after a lead that is split off is common")
    max_words: int | None = Field(default=None, ge=1, description="null: any length")
    lead: Literal["given", "first_sentence"] = Field(
        default="given",
        description="first_sentence: split off the text where it has lead_words and leaves min_words; as for XSum",
    )
    lead_words: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = Field(
        default=(10, 50), description="fewest and most words of a first sentence that can serve as a summary"
    )
    near_duplicates: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=0.7,
        description="drop a text whose shingles of 5 words overlap so much (Jaccard) with those of an earlier one that"
        " is kept; pairs at the limit are found with a chance of 99%; null looks for exact duplicates alone",
    )
    passage_words: int | None = Field(
        default=None,
        ge=20,
        description="cut texts into passages of about so many words, between sentences",
    )


class CorpusSettings(Strict):
    """One corpus, from exactly one of source, files and hub. It costs nothing unless an experiment names it."""

    source: Literal[SOURCES] | None = Field(default=None, description="a reader in uncollapse.corpora.sources")
    files: list[Annotated[str, Field(min_length=1)]] | None = Field(
        default=None, min_length=1, description="Parquet, JSONL or CSV files (also .gz, .zst), all of one kind"
    )
    hub: str | None = Field(default=None, min_length=1, description="id of a Hugging Face data set, or its folder")
    config: str | None = Field(default=None, description="of the hub data set, such as english")
    revision: str | None = Field(default=None, description="of the hub data set: a commit, so that the data is pinned")
    split: str = Field(default="train", description="of the hub data set")
    limit: int | None = Field(default=None, ge=1, description="read so many documents at most; null: all")
    columns: ColumnSettings = ColumnSettings()
    cleaning: CleaningSettings = CleaningSettings()
    licence: str = Field(default="unverified", description="of files or a hub data set, for the report's data card")

    @model_validator(mode="after")
    def _one_origin(self) -> "CorpusSettings":
        given = [key for key in ("source", "files", "hub") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of source, files and hub; found {', '.join(given) or 'none'}")
        for key in ("config", "revision"):
            if getattr(self, key) is not None and self.hub is None:
                raise ValueError(f"{key} goes with hub alone; remove it")
        for name in self.files or ():
            if suffix_of(name) not in TEXTS:
                raise ValueError(f"files: {name!r} ends in none of {', '.join(TEXTS)} (or .jsonl.gz, .csv.zst)")
        return self

"""Settings of where prompts and candidates come from, without heavy imports."""

from typing import Literal

from pydantic import Field

from uncollapse.settings.values import Name, Strict

MOST_ROUNDS = 100


class PromptFileSettings(Strict):
    """Files of prompts of yours: Parquet, JSON lines, CSV or TSV, all but the first also .gz and .zst."""

    train: str = Field(min_length=1, description="prompts whose candidates may be learned from")
    test: str = Field(min_length=1, description="prompts that no model learns from, by which all are measured")
    prompt: str | None = Field(default=None, description="column of texts or chat messages; null: prompt or messages")
    id: str | None = Field(
        default=None, description="column that tells them apart; null: id or prompt_id, else the row"
    )
    answer: str | None = Field(default=None, description="column of true answers; null: answer, where there is one")
    system_column: str | None = Field(
        default=None, description="column of instructions; null: system, where there is one"
    )
    system: str | None = Field(default=None, description="instructions before every prompt")


class EndpointSettings(Strict):
    """An OpenAI-compatible server that writes the candidates; students are of the base model all the same."""

    base_url: str = Field(min_length=1, description="of its API, such as http://localhost:8000/v1")
    model: str = Field(min_length=1, description="as the server calls it")
    key_variable: str | None = Field(default=None, description="NAME of the environment variable with the key")
    concurrency: int = Field(default=16, ge=1, description="requests at a time, of each job")
    requests_per_minute: float | None = Field(default=None, gt=0, description="at most, of each job")
    tokens_per_minute: float | None = Field(default=None, gt=0, description="at most, of each job")
    timeout: float = Field(default=600.0, gt=0, description="seconds for one reply")
    tries: int = Field(default=10, ge=1, description="of one request at most")
    unlisted: bool = Field(default=False, description="ask for a model that the server does not list")
    served_as: str | None = Field(default=None, description="what replies call the model, where that is quite another")


class CandidateFileSettings(Strict):
    """Candidates that exist already, of the train prompts, in place of sampling."""

    path: str = Field(min_length=1, description="Parquet, JSON lines, CSV or TSV, one candidate a row")
    text: str = Field(default="text", description="column of the candidates")
    prompt_id: str = Field(default="prompt_id", description="column with the ids of their prompts")


Asked = Literal["chat", "completions"]
Rule = Literal["accepted", "first", "shortest", "best", "top", "budget"]


class SelectionSettings(Strict):
    """Candidates that students of each seed learn from, of their own share of the prompts."""

    verifier: Name | None = Field(default=None, description="of verifiers; null: whatever comes, a control")
    rule: Rule = Field(default="budget", description="as of uncollapse select")
    n: int | None = Field(
        default=None, ge=1, description="for each seed: n accepted ones, the top n, best of the first n"
    )
    at_most: int | None = Field(default=None, ge=1, description="of a prompt")
    pass_rates: tuple[float, float] | None = Field(
        default=None,
        description="only prompts of whose candidates this share is accepted, from the first to the second",
    )

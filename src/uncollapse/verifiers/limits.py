"""Settings of verifiers that check one candidate at a time in a child process."""

from pydantic import Field

from uncollapse.settings.values import Strict


class Limited(Strict):
    """Limits of one check, and which further columns of the table it looks at."""

    seconds: float = Field(default=5.0, gt=0, le=3600, description="of processor time that one check may take")
    megabytes: int = Field(default=4096, ge=256, description="of memory that a child process may take")
    reads: list[str] = Field(default=[], description="further columns that the verifier looks at")

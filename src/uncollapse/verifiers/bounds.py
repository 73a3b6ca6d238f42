"""Bounds on what a verifier measures: with one it accepts or rejects, without it only ranks."""

from uncollapse.settings.values import Strict


class Bounded(Strict):
    """Settings of a verifier that has a field ``lowest`` or ``highest``, which may be null."""

    @property
    def gives_verdict(self) -> bool:
        """Whether candidates are accepted or rejected, not only ranked."""
        return any(getattr(self, bound, None) is not None for bound in ("lowest", "highest"))

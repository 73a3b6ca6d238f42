"""Sharing of a file's row groups among jobs."""


def shard_of(groups: int, shard: int, shards: int) -> range:
    """Row groups of shard ``shard`` (1-based) of ``shards``: contiguous, sizes that differ by one at the most.

    >>> [list(shard_of(5, shard, 3)) for shard in (1, 2, 3)]
    [[0], [1, 2], [3, 4]]
    """
    return range(groups * (shard - 1) // shards, groups * shard // shards)

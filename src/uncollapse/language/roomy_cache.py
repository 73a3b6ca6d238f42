"""A key-value cache with room for what is to come: transformers' own copies everything for every new token."""

from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedConfig
from transformers.cache_utils import DynamicLayer


def roomy_cache(config: PreTrainedConfig, *, room: int) -> DynamicCache:
    """An empty cache with ``room`` beyond the first positions; sliding windows stay transformers' own."""
    cache = DynamicCache(config=config)
    cache.layers = [RoomyLayer(room) if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


class RoomyLayer(DynamicLayer):
    """Keys and values (B, H, T, D) as views of larger tensors."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self._storage: tuple[Tensor, Tensor] | None = None

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        """Append, and return all so far."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        if self._storage is None or end > self._storage[0].shape[-2]:
            self._move((key_states, value_states), start, end + self.room)
        assert self._storage is not None
        for storage, states in zip(self._storage, (key_states, value_states), strict=True):
            storage[:, :, start:end] = states
        self.keys, self.values = (storage[:, :, :end] for storage in self._storage)
        return self.keys, self.values

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep these rows."""
        self._rebuild(lambda states: states.index_select(0, indices))

    def batch_repeat_interleave(self, repeats: int) -> None:
        """Every row so many times."""
        self._rebuild(lambda states: states.repeat_interleave(repeats, dim=0))

    def _rebuild(self, change: Any) -> None:
        if self._storage is None:
            return
        length = self.get_seq_length()
        left = self._storage[0].shape[-2] - length
        keys, values = change(self.keys), change(self.values)
        self._storage = None
        self.keys, self.values = keys, values
        self._move((keys, values), length, length + left)
        self.keys, self.values = (storage[:, :, :length] for storage in self._storage or ())

    def _move(self, like: tuple[Tensor, Tensor], length: int, size: int) -> None:
        """Set aside ``size`` positions for tensors like these, and copy the ``length`` that are there."""
        new = []
        for states, old in zip(like, (self.keys, self.values), strict=True):
            rows, heads, _, width = states.shape
            storage = torch.empty((rows, heads, size, width), dtype=states.dtype, device=states.device)
            if length:
                storage[:, :, :length] = old
            new.append(storage)
        self._storage = (new[0], new[1])

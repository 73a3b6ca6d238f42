"""Every token scored once, with the most context that the windows offer."""

import numpy as np
import pytest

from uncollapse.editing.windows import windows


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 63, 64, 200])
@pytest.mark.parametrize("overlap", [0.0, 0.3, 0.5, 0.95])
@pytest.mark.parametrize("prompt", [0, 2, 40])
def test_each_token_once(length, overlap, prompt):
    tokens = np.arange(100, 100 + length, dtype=np.int32)
    before = np.arange(500, 500 + prompt, dtype=np.int32)
    made = list(windows(tokens, prompt=before, beginning=0, longest=12, overlap=overlap, place=1000))
    prefix = 1 + min(prompt, 6)
    room = 12 - prefix
    seen = []
    for window in made:
        assert len(window.tokens) <= 12
        assert window.tokens[0] == 0
        assert window.tokens[1:prefix].tolist() == before[max(0, prompt - 6) :].tolist()
        body = window.tokens[prefix:]
        assert body.tolist() == list(range(body[0], body[0] + len(body)))
        scored = window.tokens[window.first :]
        assert scored.tolist() == tokens[window.place - 1000 : window.place - 1000 + window.scored].tolist()
        seen += scored.tolist()
        if len(seen) > room:  # all but the first window
            assert window.first - prefix >= int(overlap * room)
    assert seen == tokens.tolist()


def test_a_short_text_is_one_window():
    (window,) = windows(np.array([5, 6], np.int32), beginning=0, longest=3, overlap=0.5)
    assert window.tokens.tolist() == [0, 5, 6]
    assert (window.first, window.place, window.scored) == (1, 0, 2)

"""vLLM against transformers, where vLLM is installed: the same probabilities and, but for near-ties, the same edits."""

import numpy as np
import pytest
import tiny_models

from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import edit
from uncollapse.editing.load import load_prior
from uncollapse.editing.protect import Pieces
from uncollapse.editing.settings import EditSettings
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.errors import ConfigError

pytest.importorskip("vllm")
NEAR = 1e-3  # relative; p closer to the threshold than this may fall on its other side


@pytest.fixture(scope="module")
def priors(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    tokenizer = tiny_models.tokenizer()
    model = tiny_models.model(vocabulary=len(tokenizer), context=64, spread=0.5, hidden=128)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return TransformersPrior(model, tokenizer, context=40), load_prior(str(folder), engine="vllm", context=40)


@pytest.mark.parametrize("change", [{}, {"exclude_original": True}, {"top_k": 64}, {"action": "delete"}])
def test_engines_agree(priors, change):
    reference = priors[0]
    settings = EditSettings(threshold=0.5, temperature=2.0, **change)
    texts = tiny_models.likely(reference.model, [1, 30, 39, 40, 41, 100])
    documents = Documents.of_lists(np.arange(len(texts)), texts)
    expected, found = (edit(documents, prior, settings, pieces=Pieces(prior.tokenizer)) for prior in priors)
    assert expected.eligible.sum() > 20
    np.testing.assert_allclose(found.p, expected.p, atol=1e-4)
    flips = expected.eligible != found.eligible
    assert (np.abs(expected.p[flips] / 0.5 - 1) < NEAR).all()
    if "action" not in change:
        differ = (expected.new.tokens != found.new.tokens) & ~flips
        assert differ.mean() <= 0.01


def test_only_the_most_probable_candidates(priors):
    documents = Documents.of_lists(np.zeros(1, np.int64), [[5, 6, 7]])
    for change, message in [({"sampling": "full"}, "cannot draw by full"), ({"top_k": 500}, "at most 256 candidates")]:
        with pytest.raises(ConfigError, match=message):
            edit(documents, priors[1], EditSettings(**change), pieces=Pieces(priors[1].tokenizer))

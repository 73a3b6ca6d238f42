"""What stands behind ``KEY=`` in ``--verifier`` is what the same words are in a file of YAML."""

import pytest

from uncollapse.verification.named import from_texts


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("noisy:truth=right,phi=1,psi=0.5,sample=null", "sample", None),
        ("noisy:truth=right,phi=1,psi=0.5,sample=~", "sample", None),
        ("noisy:truth=null,phi=1,psi=0.5", "truth", "null"),  # a column; null is no value of this key
        ("noisy:truth=right,phi=1,psi=0.5,sample=7", "sample", "7"),
        ("noisy:truth=right,phi=1,psi=0.5,reads=[a, b]", "reads", ["a", "b", "right", "sample"]),
        ("format:regex=[a-z]+", "regex", "[a-z]+"),
        ("format:regex=true", "regex", "true"),
        ("format:regex='x' # y", "regex", "'x' # y"),
        ("command:command=[sh, -c, exit]", "command", ["sh", "-c", "exit"]),
        ("command:command=sh -c exit", "command", ["sh", "-c", "exit"]),
        ("math:tolerance=1e-3", "tolerance", 0.001),
    ],
)
def test_a_value_is_what_yaml_says_where_the_key_takes_it(text, key, value):
    (named,) = from_texts([text])
    assert getattr(named.settings, key) == value

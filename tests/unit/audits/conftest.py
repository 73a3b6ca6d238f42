"""A sheet of a small pool."""

import pytest
from own_candidates import Audited


@pytest.fixture
def audited(tmp_path):
    return Audited(tmp_path)

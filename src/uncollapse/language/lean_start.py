"""Import transformers without scikit-learn: to be imported before transformers itself.

Where scikit-learn is installed, transformers loads it, and SciPy and pandas with it, for a kind of assisted decoding
that nothing here uses. That is a quarter of the time that a job takes to start.
"""

import transformers.utils as _utils


def _import_generation() -> None:
    """Have transformers look for scikit-learn while it looks away; whoever asks later gets the true answer."""
    found = getattr(_utils, "is_sklearn_available", None)
    if found is None:
        return  # another version of transformers
    _utils.is_sklearn_available = lambda: False
    try:
        import transformers.generation.candidate_generator  # noqa: F401
    except ImportError:
        pass  # a module that another version does not have
    finally:
        _utils.is_sklearn_available = found


_import_generation()

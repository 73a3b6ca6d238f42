"""Import transformers without scikit-learn and SciPy: to be imported before transformers itself.

Where they are installed, transformers loads scikit-learn (and pandas with it) for a kind of assisted decoding, and
SciPy's optimizers for detecting objects in pictures. Nothing here uses either, and they are a third of the time that a
job takes to start.
"""

import importlib

import transformers.utils as _utils

# what asks for them, and how; the second would import the first
_ASKED = {
    "transformers.loss.loss_utils": "is_scipy_available",
    "transformers.generation.candidate_generator": "is_sklearn_available",
}


def _import_without(module: str, question: str) -> None:
    """Have a module of transformers look for a package while it looks away; whoever asks later gets the true answer."""
    found = getattr(_utils, question, None)
    if found is None:
        return  # another version of transformers
    setattr(_utils, question, lambda: False)
    try:
        importlib.import_module(module)
    except ImportError:
        pass  # a module that another version does not have
    finally:
        setattr(_utils, question, found)


for _module, _question in _ASKED.items():
    _import_without(_module, _question)

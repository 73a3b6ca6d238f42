"""An encoder-decoder's weights on disk, with its sizes and layout in the header."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.fit_tensors import fit_tensors
from uncollapse.models.settings import ModelSettings
from uncollapse.models.tensor_file import WeightsError, load_tensors, save_tensors
from uncollapse.tasks.sequence_layout import SequenceLayout


def save_weights(model: EncoderDecoder, path: Path, *, about: dict[str, Any]) -> None:
    """Write the model's parameters, its settings and layout, and ``about`` (JSON values: who trained it, on what)."""
    header = {"model": model.settings.model_dump(), "layout": asdict(model.layout), "about": about}
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    save_tensors(tensors, path, header=header)


def load_weights(path: Path, *, device: torch.device | str = "cpu") -> EncoderDecoder:
    """Rebuild a model from its file alone, in evaluation mode.

    Raises
    ------
    WeightsError
        For a missing or damaged file, NaN in the weights, or tensors that do not fit the header.
    """
    tensors, header = load_tensors(path)
    try:
        layout = dict(header["layout"])
        layout["answer_choices"] = tuple((int(start), int(stop)) for start, stop in layout["answer_choices"])
        model = EncoderDecoder(ModelSettings(**header["model"]), SequenceLayout(**layout))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{path}: its header describes no model ({error}); delete the file and rerun") from error
    fit_tensors(model, tensors, path)
    return model.to(device).eval()

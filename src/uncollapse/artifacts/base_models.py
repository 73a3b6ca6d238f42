"""Pretrained language models, each as one file: weights, configuration and tokenizer."""

from uncollapse.artifacts.artifact import Artifact

BASE_MODEL_FILES = Artifact(path="base_models/{base_model}.safetensors", shared=True)

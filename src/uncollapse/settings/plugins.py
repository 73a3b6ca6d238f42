"""Values of config that name a plugin: blocks whose keys are those of the plugin, and names alone."""

from collections.abc import Sequence
from types import ModuleType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, SerializeAsAny, WithJsonSchema

from uncollapse.errors import ConfigError
from uncollapse.settings.finding import available, called, load_plugin
from uncollapse.settings.misfit import Misfit

_SELECTOR = ("choose", "READS", "POOL", "REASONS")


def _missing(name: str, plugin: ModuleType, offers: Sequence[str], described: str) -> str | None:
    """Words for what a plugin lacks of what it ``offers``; a name in capitals is a constant, any other a function."""
    lacks = [
        part
        for part in offers
        if not (hasattr(plugin, part) if part.isupper() else callable(getattr(plugin, part, None)))
    ]
    return f"{name} lacks {', '.join(lacks)}; see uncollapse/{described}/__init__.py" if lacks else None


def settings_of(package: str, key: str, offers: Sequence[str], *, described: str) -> BeforeValidator:
    """Validate a block with the ``Settings`` of the plugin that it names under ``key``.

    ``offers``: functions, and in capitals constants, that a plugin of the package has beside its settings, as the
    package ``described`` says.
    """

    def validate(block: Any) -> Any:
        if isinstance(block, BaseModel):
            return block
        if not isinstance(block, dict) or not isinstance(block.get(key), str):
            known = ", ".join(available(package))
            raise ValueError(f"needs the key {key!r}: one of uncollapse's {called(package)} ({known}) or a .py file")
        try:
            plugin = load_plugin(block[key], package=package)
        except ConfigError as error:
            raise Misfit(key, str(error)) from error
        if not (isinstance(plugin.Settings, type) and issubclass(plugin.Settings, BaseModel)):
            raise Misfit(key, f"{block[key]}: its Settings is no pydantic model")
        if key not in plugin.Settings.model_fields:
            raise Misfit(key, f"{block[key]}: its Settings needs a field of this name, {key}: str; add it")
        if missing := _missing(block[key], plugin, offers, described):
            raise Misfit(key, missing)
        return plugin.Settings.model_validate(block)

    return BeforeValidator(validate)


def _name_of(package: str, offers: Sequence[str], *, described: str) -> AfterValidator:
    """Validate the name of a plugin without keys of its own."""

    def validate(name: str) -> str:
        try:
            plugin = load_plugin(name, package=package, offers="choose")
        except ConfigError as error:
            raise ValueError(str(error)) from error
        if missing := _missing(name, plugin, offers, described):
            raise ValueError(missing)
        return name

    return AfterValidator(validate)


_TASK = ("draw", "layout", "prompt_tokens", "answer_tokens", "error", "features")
# the schema's placeholders are filled in by uncollapse.config.schema
TaskSettings = Annotated[
    SerializeAsAny[BaseModel],
    settings_of("tasks", "name", _TASK, described="tasks"),
    WithJsonSchema({"x-plugins": ["tasks", "name"]}),
]
VerifierSettings = Annotated[
    SerializeAsAny[BaseModel],
    settings_of("verifiers.sequences", "kind", ("score",), described="verifiers"),
    WithJsonSchema({"x-plugins": ["verifiers.sequences", "kind"]}),
]
TextVerifierSettings = Annotated[
    SerializeAsAny[BaseModel],
    settings_of("verifiers.texts", "kind", ("score",), described="verifiers"),
    WithJsonSchema({"x-plugins": ["verifiers.texts", "kind"]}),
]
Selector = Annotated[
    str,
    _name_of("selection.sequences", _SELECTOR, described="selection"),
    WithJsonSchema({"x-names": "selection.sequences"}),
]
TextSelector = Annotated[
    str, _name_of("selection.texts", _SELECTOR, described="selection"), WithJsonSchema({"x-names": "selection.texts"})
]
PassageSelector = Annotated[
    str,
    _name_of("passage_selection.selectors", ("choose", "READS"), described="passage_selection"),
    WithJsonSchema({"x-names": "passage_selection.selectors"}),
]

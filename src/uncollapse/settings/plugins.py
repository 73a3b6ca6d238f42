"""Values of config that name a plugin: blocks whose keys are those of the plugin, and names alone."""

from types import ModuleType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, SerializeAsAny, WithJsonSchema

from uncollapse.errors import ConfigError
from uncollapse.settings.finding import called, load_plugin
from uncollapse.settings.misfit import Misfit

_SELECTOR = ("choose", "READS", "POOL", "REASONS")
# what a plugin must offer beside Settings, where it has keys of its own
INTERFACES = {
    "tasks": ("draw", "layout", "prompt_tokens", "answer_tokens", "error", "features"),
    "verifiers.sequences": ("score",),
    "verifiers.texts": ("score",),
    "selection.sequences": _SELECTOR,
    "selection.texts": _SELECTOR,
    "passage_selection.selectors": ("choose", "READS"),
}


def _missing(name: str, plugin: ModuleType, package: str) -> str | None:
    """Words for what a plugin lacks; a name in capitals is a constant, any other a function."""
    lacks = [
        part
        for part in INTERFACES[package]
        if not (hasattr(plugin, part) if part.isupper() else callable(getattr(plugin, part, None)))
    ]
    described = f"uncollapse/{package.partition('.')[0]}/__init__.py"
    return f"{name} lacks {', '.join(lacks)}; see {described}" if lacks else None


def _settings_of(package: str, key: str) -> BeforeValidator:
    """Validate a block with the ``Settings`` of the plugin that it names under ``key``."""

    def validate(block: Any) -> Any:
        if isinstance(block, BaseModel):
            return block
        if not isinstance(block, dict) or not isinstance(block.get(key), str):
            raise ValueError(f"needs the key {key!r}, the name of one of uncollapse's {called(package)} or a .py file")
        try:
            plugin = load_plugin(block[key], package=package)
        except ConfigError as error:
            raise Misfit(key, str(error)) from error
        if not (isinstance(plugin.Settings, type) and issubclass(plugin.Settings, BaseModel)):
            raise Misfit(key, f"{block[key]}: its Settings is no pydantic model")
        if key not in plugin.Settings.model_fields:
            raise Misfit(key, f"{block[key]}: its Settings needs a field of this name, {key}: str; add it")
        if missing := _missing(block[key], plugin, package):
            raise Misfit(key, missing)
        return plugin.Settings.model_validate(block)

    return BeforeValidator(validate)


def _name_of(package: str) -> AfterValidator:
    """Validate the name of a plugin without keys of its own."""

    def validate(name: str) -> str:
        try:
            plugin = load_plugin(name, package=package, offers="choose")
        except ConfigError as error:
            raise ValueError(str(error)) from error
        if missing := _missing(name, plugin, package):
            raise ValueError(missing)
        return name

    return AfterValidator(validate)


# the schema's placeholders are filled in by uncollapse.config.schema
TaskSettings = Annotated[
    SerializeAsAny[BaseModel], _settings_of("tasks", "name"), WithJsonSchema({"x-plugins": ["tasks", "name"]})
]
VerifierSettings = Annotated[
    SerializeAsAny[BaseModel],
    _settings_of("verifiers.sequences", "kind"),
    WithJsonSchema({"x-plugins": ["verifiers.sequences", "kind"]}),
]
TextVerifierSettings = Annotated[
    SerializeAsAny[BaseModel],
    _settings_of("verifiers.texts", "kind"),
    WithJsonSchema({"x-plugins": ["verifiers.texts", "kind"]}),
]
Selector = Annotated[str, _name_of("selection.sequences"), WithJsonSchema({"x-names": "selection.sequences"})]
TextSelector = Annotated[str, _name_of("selection.texts"), WithJsonSchema({"x-names": "selection.texts"})]
PassageSelector = Annotated[
    str, _name_of("passage_selection.selectors"), WithJsonSchema({"x-names": "passage_selection.selectors"})
]

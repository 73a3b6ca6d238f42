"""Blocks of config whose keys are those of the plugin that they name."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, SerializeAsAny, WithJsonSchema

from uncollapse.errors import ConfigError
from uncollapse.settings.finding import load_plugin
from uncollapse.settings.misfit import Misfit

# what a plugin must offer beside Settings
INTERFACES = {
    "tasks": ("draw", "layout", "prompt_tokens", "answer_tokens", "error", "features"),
    "verifiers": ("score",),
    "text_verifiers": ("score",),
}


def _settings_of(package: str, key: str) -> BeforeValidator:
    """Validate a block with the ``Settings`` of the plugin that it names under ``key``."""

    def validate(block: Any) -> Any:
        if isinstance(block, BaseModel):
            return block
        if not isinstance(block, dict) or not isinstance(block.get(key), str):
            raise ValueError(f"needs the key {key!r}, the name of one of uncollapse's {package} or a .py file")
        try:
            plugin = load_plugin(block[key], package=package)
        except ConfigError as error:
            raise Misfit(key, str(error)) from error
        if not (isinstance(plugin.Settings, type) and issubclass(plugin.Settings, BaseModel)):
            raise Misfit(key, f"{block[key]}: its Settings is no pydantic model")
        if key not in plugin.Settings.model_fields:
            raise Misfit(key, f"{block[key]}: its Settings needs a field of this name, {key}: str; add it")
        missing = [name for name in INTERFACES[package] if not callable(getattr(plugin, name, None))]
        if missing:
            raise Misfit(key, f"{block[key]} lacks {', '.join(missing)}; see uncollapse/{package}/__init__.py")
        return plugin.Settings.model_validate(block)

    return BeforeValidator(validate)


# the schema's placeholders are filled in by uncollapse.config.schema
TaskSettings = Annotated[
    SerializeAsAny[BaseModel], _settings_of("tasks", "name"), WithJsonSchema({"x-plugins": ["tasks", "name"]})
]
VerifierSettings = Annotated[
    SerializeAsAny[BaseModel], _settings_of("verifiers", "kind"), WithJsonSchema({"x-plugins": ["verifiers", "kind"]})
]
TextVerifierSettings = Annotated[
    SerializeAsAny[BaseModel],
    _settings_of("text_verifiers", "kind"),
    WithJsonSchema({"x-plugins": ["text_verifiers", "kind"]}),
]

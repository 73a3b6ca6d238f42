"""The config's JSON schema, for editors and for people: ``python -m uncollapse.config.schema`` prints it."""

import json
from typing import Any

from uncollapse.config.settings import Settings
from uncollapse.settings.finding import available, load_plugin

_USERS_FILE = {"pattern": r"\.py$", "type": "string"}


def schema() -> dict[str, Any]:
    """JSON schema of :class:`Settings`, with the keys of every task and verifier, and the names of every selector."""
    of_plugins: dict[str, Any] = {}
    found = _with_plugins(Settings.model_json_schema(), of_plugins)
    for name, part in of_plugins.items():
        assert found["$defs"].setdefault(name, part) == part, f"two blocks of config are called {name}"
    return found


def _with_plugins(part: Any, definitions: dict[str, Any]) -> Any:
    """Replace each ``{"x-plugins": [package, key]}`` by the settings of the package's modules, or a user's .py file.

    And each ``{"x-names": package}`` by their names, or that of a user's .py file. Blocks within the settings of
    modules are put into ``definitions``, since references are looked up at the top.
    """
    if isinstance(part, list):
        return [_with_plugins(entry, definitions) for entry in part]
    if not isinstance(part, dict):
        return part
    if "x-plugins" in part:
        package, key = part["x-plugins"]
        ours = [load_plugin(name, package=package).Settings.model_json_schema() for name in available(package)]
        for entry in ours:
            definitions |= {name: _with_plugins(one, definitions) for name, one in entry.pop("$defs", {}).items()}
        own = {"properties": {key: _USERS_FILE}, "type": "object"}
        return {"anyOf": [entry | {"required": sorted({*entry.get("required", []), key})} for entry in [*ours, own]]}
    if "x-names" in part:
        names = {"enum": available(part["x-names"], offers="choose"), "type": "string"}
        return {name: entry for name, entry in part.items() if name != "x-names"} | {"anyOf": [names, _USERS_FILE]}
    return {name: _with_plugins(entry, definitions) for name, entry in part.items()}


def text() -> str:
    """The schema as it stands in workflow/schemas/config.schema.json."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(text(), end="")

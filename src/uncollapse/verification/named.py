"""Verifiers as a command line or a YAML file has them: ``math``, ``format:regex=[a-z]+``, ``b=math:tolerance=0.1``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from uncollapse.errors import ConfigError
from uncollapse.settings.finding import available, load_plugin
from uncollapse.settings.readable import parsed

PACKAGE = "verifiers.answers"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SPEC = re.compile(r"(?:(?P<name>[a-z][a-z0-9_]*)=)?(?P<kind>[^:=]+)(?::(?P<keys>.*))?", re.DOTALL)
_NEXT_KEY = re.compile(r",(?=[a-z_]+=)")


@dataclass(frozen=True)
class Named:
    """A verifier: its name in the output's columns, its module, and its settings."""

    name: str
    module: ModuleType
    settings: Any

    @property
    def needs(self) -> tuple[str, ...]:
        """Roles of columns that it cannot do without."""
        return tuple(getattr(self.module, "NEEDS", ()))

    @property
    def gives_verdict(self) -> bool:
        """Whether it accepts or rejects, not only ranks."""
        return bool(getattr(self.settings, "gives_verdict", True))


def from_texts(texts: Sequence[str]) -> list[Named]:
    """Verifiers as the command line names them, each ``[NAME=]KIND[:KEY=VALUE,KEY=VALUE]``.

    Raises
    ------
    ConfigError
        For a text of another form, a kind that is none, keys that the kind does not have, and two of one name.
    """
    blocks: list[tuple[str, dict[str, Any]]] = []
    for text in texts:
        match = _SPEC.fullmatch(text)
        if match is None:
            raise ConfigError(f"--verifier {text}: must be of the form KIND, KIND:KEY=VALUE or NAME=KIND:KEY=VALUE")
        kind = match["kind"].strip()
        parts = [part.partition("=") for part in _NEXT_KEY.split(match["keys"] or "") if part]
        wrong = [key for key, equals, _ in parts if not equals]
        if wrong:
            raise ConfigError(f"--verifier {text}: {wrong[0]!r} is no KEY=VALUE")
        name = match["name"] or re.sub(r"\W", "_", Path(kind).stem.lower())
        blocks.append((name, {"kind": kind, **{key: value for key, _, value in parts}}))
    return _all([_named(name, block, f"--verifier {name}", written=True) for name, block in blocks])


def from_file(path: Path) -> tuple[list[Named], dict[str, Any] | None]:
    """Verifiers of a YAML file, a block ``verifiers`` by name; and its block ``combine``, where there is one.

    Raises
    ------
    ConfigError
        As for :func:`from_texts`, and for a file that is no such YAML.
    """
    try:
        config, problem = parsed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: cannot be read as YAML: {error}") from None
    if problem:
        raise ConfigError(f"{path}: {problem}")
    blocks = config.get("verifiers") if isinstance(config, dict) else None
    if not isinstance(blocks, dict) or not blocks or not all(isinstance(one, dict | None) for one in blocks.values()):
        raise ConfigError(f"{path}: must hold a block verifiers, with a block of keys under the name of each")
    unknown = sorted(map(str, set(config) - {"verifiers", "combine"}))
    if unknown:
        raise ConfigError(f"{path}: {unknown[0]!r} is no key; there are verifiers and combine")
    found = [
        _named(str(name), {"kind": str(name), **(block or {})}, f"{path}: verifiers.{name}")
        for name, block in blocks.items()
    ]
    return _all(found), config.get("combine")


def _all(found: list[Named]) -> list[Named]:
    names = [one.name for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"two verifiers are called {twice[0]!r}; name one of them otherwise: NAME={twice[0]}:...")
    return found


def _named(name: str, block: dict[str, Any], where: str, *, written: bool = False) -> Named:
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{where}: a name has small letters, digits and _, and begins with a letter")
    kind = str(block["kind"])
    if not kind.endswith(".py") and kind not in available(PACKAGE):
        raise ConfigError(
            f"{where}: {kind!r} is none of the verifiers ({', '.join(available(PACKAGE))}) nor a .py file"
        )
    module = load_plugin(kind, package=PACKAGE)
    if not (isinstance(module.Settings, type) and issubclass(module.Settings, BaseModel)):
        raise ConfigError(f"{where}: Settings of {kind} is no pydantic model")
    if "kind" not in module.Settings.model_fields:
        raise ConfigError(f"{where}: Settings of {kind} needs a field kind: str; add it")
    if not any(callable(getattr(module, offered, None)) for offered in ("check", "open_verifier")):
        raise ConfigError(f"{where}: {kind} has neither check nor open_verifier; see uncollapse/verifiers/answers")
    if written:
        block = {key: _value(value, module.Settings, key) for key, value in block.items()}
    try:
        return Named(name, module, module.Settings.model_validate(block))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        told = first["msg"].removeprefix("Value error, ")
        known = [field.alias or name for name, field in module.Settings.model_fields.items() if name != "kind"]
        if first["type"] == "extra_forbidden":
            told = f"is no key of {kind}; there are {', '.join(known) or 'none'}"
        raise ConfigError(f"{where}: {f'{key}: ' if key else ''}{told}") from None


def _value(text: str, settings: type[BaseModel], key: str) -> Any:
    """A value as the command line gives it: what YAML reads in it, where the key takes that, and else the text."""
    fields = {field.alias or name: field for name, field in settings.model_fields.items()}
    if key not in fields:
        return text
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return text
    takes = TypeAdapter(fields[key].annotation)
    return text if isinstance(value, str) or (not _fits(takes, value) and _fits(takes, text)) else value


def _fits(takes: TypeAdapter[Any], value: Any) -> bool:
    try:
        takes.validate_python(value)
    except ValidationError:
        return False
    return True

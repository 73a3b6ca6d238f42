"""Encrypted connections: certificates are read where one is made, and looked at."""

import json
import ssl
import subprocess

import pytest

from faulty_server import FaultyServer
from system_programs import needs
from uncollapse.commands.sample import main
from uncollapse.generators.certificates import Certificates


@pytest.fixture
def certificate(tmp_path):
    key, path = tmp_path / "key.pem", tmp_path / "certificate.pem"
    call = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    call += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", path]
    subprocess.run(call, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    return path, context


def sample(tmp_path, address):
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps({"id": n, "prompt": f"{n} + 1?"}) + "\n" for n in range(8)))
    return main([str(path), "--model", "tiny", "--endpoint", address, "--seed", "0", "--concurrency", "4"])


@needs("openssl")  # which makes the certificate
def test_a_server_whose_certificate_is_trusted(tmp_path, monkeypatch, certificate):
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with FaultyServer(encrypted=context).running() as server:
        assert sample(tmp_path, f"https://localhost:{server.port}/v1") == 0
        assert len(server.requests) == 8


@needs("openssl")  # which makes the certificate
def test_a_server_whose_certificate_is_not(tmp_path, certificate):
    with FaultyServer(encrypted=certificate[1]).running() as server:
        with pytest.raises(SystemExit, match=r"no server can be reached there .*[Cc]ertificate"):
            sample(tmp_path, f"https://localhost:{server.port}/v1")
        assert not server.requests


@needs("openssl")  # which makes the certificate
def test_a_server_that_sends_on_to_an_encrypted_one(tmp_path, monkeypatch, certificate):
    path, context = certificate
    with FaultyServer(encrypted=context).running() as there:
        sent_on = (308, {"Location": f"https://localhost:{there.port}/v1/chat/completions"}, {})
        with FaultyServer(fault=lambda body: sent_on).running() as here:
            monkeypatch.setenv("SSL_CERT_FILE", str(path))
            assert sample(tmp_path, here.url) == 0
        assert len(there.requests) == 8


def test_certificates_are_read_only_where_they_are_needed(monkeypatch):
    made = []
    monkeypatch.setattr("uncollapse.generators.certificates.create_ssl_context", lambda: made.append(1))
    Certificates(ahead=False)
    assert not made
    Certificates(ahead=True)._make().result()
    assert made == [1]

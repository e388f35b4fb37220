"""Certificates that a test makes for its own servers."""

import subprocess
from pathlib import Path

import pytest


def self_signed(folder: Path) -> Path:
    """A certificate of this machine, with its ``key.pem`` beside it."""
    certificate = folder / "cert.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    made = subprocess.run(
        [*command.split(), "-keyout", folder / "key.pem", "-out", certificate], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("needs openssl")
    return certificate

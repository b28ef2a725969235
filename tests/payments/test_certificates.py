"""The installation's own authority: strict enough, of this machine only, kept and renewed."""

from __future__ import annotations

import os
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from payments.certificates import Authority


def handshake(authority: Authority, name: str) -> str:
    """Both ends in memory; the client trusts the authority alone, by the strict rules."""
    client_context = ssl.create_default_context(cafile=authority.ca_file)
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(authority.certificate_file, authority.key_file)
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    ends = [client, server]
    while ends:
        for end in list(ends):
            try:
                end.do_handshake()
                ends.remove(end)
            except ssl.SSLWantReadError:
                continue
    return client.version() or ""


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_strict_clients_accept_it_for_this_machine(tmp_path: Path, name: str) -> None:
    assert handshake(Authority.in_folder(tmp_path), name) == "TLSv1.3"


@pytest.mark.parametrize("name", ["example.com", "10.0.0.1"])
def test_it_stands_for_no_other_machine(tmp_path: Path, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(Authority.in_folder(tmp_path), name)


def test_it_is_made_once(tmp_path: Path) -> None:
    first = Authority.in_folder(tmp_path)
    before = first.certificate_file.read_bytes()
    assert Authority.in_folder(tmp_path) == first
    assert first.certificate_file.read_bytes() == before


def test_it_is_made_anew_before_it_ends(tmp_path: Path) -> None:
    made = datetime.now(UTC)
    authority = Authority.in_folder(tmp_path, now=made)
    before = authority.certificate_file.read_bytes()
    Authority.in_folder(tmp_path, now=made + timedelta(days=366))
    assert authority.certificate_file.read_bytes() == before
    Authority.in_folder(tmp_path, now=made + timedelta(days=367))
    assert authority.certificate_file.read_bytes() != before


def test_a_leaf_lasts_no_longer_than_browsers_accept(tmp_path: Path) -> None:
    authority = Authority.in_folder(tmp_path)
    leaf = x509.load_pem_x509_certificate(authority.certificate_file.read_bytes())
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=397)


def test_the_authoritys_key_is_kept_nowhere_and_the_leafs_key_is_private(tmp_path: Path) -> None:
    authority = Authority.in_folder(tmp_path)
    keys = [file for file in tmp_path.iterdir() if b"PRIVATE KEY" in file.read_bytes()]
    assert keys == [authority.key_file]
    if os.name == "posix":
        assert stat.S_IMODE(authority.key_file.stat().st_mode) == 0o600

"""The command line as a person meets it, and the services as the console starts them: over TLS."""

from __future__ import annotations

import json
import os
import socket
import ssl
import stat
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

PASSWORD = "correct horse battery"


def command(*arguments, told="", **environment):
    return subprocess.run(
        [sys.executable, "-m", "payments", *map(str, arguments)],
        input=told,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


@contextmanager
def served(folder, *arguments, told=""):
    """Running services and what they said; they end as their standard input closes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "payments", "serve", "--data", folder, "--exit-with-parent"]
        + [str(argument) for argument in arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    try:
        process.stdin.write(told)
        process.stdin.flush()
        yield process, json.loads(process.stdout.readline())
    finally:
        if process.poll() is None:
            process.stdin.close()
        process.wait(timeout=30)
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("bogus",),
        ("serve", "--bogus"),
        ("serve", "--port", "99999"),
        ("serve", "--host", "0.0.0.0"),
        ("serve", "--host", "localhost"),
        ("serve", "--database", "mysql://root:secret@localhost/x"),
        ("serve", "--database", "secret"),
        ("serve", "--database", "postgresql://u:secret@host:port/x"),
        ("migrate", "--database", "sqlite:///"),
        ("serve", "--certificate", __file__, "--key", __file__),
        ("serve", "--public-url", "pay.example.com"),
        ("serve", "--channels", "/no/such/file"),
        ("serve", "--sample", "many"),
        ("work",),
        ("user", "add", "lin"),
        ("user", "add", "lin", "--role", "king"),
        ("user", "add", "lin", "--role", "creator"),
        ("user", "add", "lin", "--role", "creator", "--instructor", "no number"),
        ("user", "reset", "nobody"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_plain_sentence(tmp_path, arguments):
    where = ("--data", tmp_path / "data") if len(arguments) > 1 or "work" in arguments else ()
    done = command(*arguments, *where, told=f"{PASSWORD}\n")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(".\n")
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("migrate",),
        ("user", "reset", "lin"),
        ("sample", "--days", "1"),
        ("import", "orders", __file__, "--profile", "generic"),
    ],
    ids=" ".join,
)
def test_a_damaged_database_is_said_to_be_unusable_and_left_alone(tmp_path, arguments):
    damaged = tmp_path / "suanpan.db"
    damaged.write_bytes(b"certainly no database" * 100)
    done = command(*arguments, "--data", tmp_path, told=f"{PASSWORD}\n")
    assert done.returncode == 2
    assert done.stderr == "The database cannot be used: file is not a database.\n"
    assert damaged.read_bytes() == b"certainly no database" * 100


def test_a_short_password_makes_no_user(tmp_path):
    done = command("user", "add", "lin", "--role", "finance", "--data", tmp_path, told="short\n")
    assert done.returncode == 2
    assert "10 to 256" in done.stderr


def test_a_busy_port_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command("serve", "--data", tmp_path, "--port", port)
    assert done.returncode == 2
    assert done.stderr.startswith(f"127.0.0.1 port {port} cannot be used")


@pytest.mark.parametrize("name", ["serve", "work", "migrate", "user", "sample"])
def test_every_command_explains_itself(name):
    done = command(name, "--help")
    assert done.returncode == 0
    assert f"python -m payments {name}" in done.stdout


def test_the_services_speak_tls_that_only_their_own_authority_signs(tmp_path):
    told = f"{PASSWORD}\n"
    with served(tmp_path, "--first-admin", "lin", told=told) as (process, ready):
        assert ready["pid"] == process.pid
        trusted = ssl.create_default_context(cafile=ready["ca"])
        with httpx.Client(base_url=ready["url"], verify=trusted) as client:
            assert client.get("/health").json()["status"] == "up"
            session = client.post(
                "/v1/sessions", json={"login": "lin", "password": PASSWORD}
            ).json()
            token = {"authorization": f"Bearer {session['access_token']}"}
            assert client.get("/v1/feed", headers=token).json()["changes"] == []
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{ready['url']}/health")
        process.stdin.close()
        process.wait(timeout=30)
        assert process.returncode == 0
        said = process.stdout.read() + process.stderr.read()
    for secret in (PASSWORD, session["access_token"], session["refresh_token"]):
        assert secret not in said
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_user_is_made_reset_and_signs_in_after_a_restart(tmp_path):
    done = command(
        "user", "add", "lin", "--role", "finance", "--data", tmp_path, told=f"{PASSWORD}\n"
    )
    assert (done.returncode, done.stdout) == (0, "lin can sign in.\n")
    again = command(
        "user", "add", "lin", "--role", "finance", "--data", tmp_path, told=f"{PASSWORD}\n"
    )
    assert again.returncode == 2
    other = f"{PASSWORD} 2"
    assert command("user", "reset", "lin", "--data", tmp_path, told=f"{other}\n").returncode == 0
    with served(tmp_path) as (_, ready):
        trusted = ssl.create_default_context(cafile=ready["ca"])
        with httpx.Client(base_url=ready["url"], verify=trusted) as client:
            answers = [
                client.post("/v1/sessions", json={"login": "lin", "password": password})
                for password in (PASSWORD, other)
            ]
    assert [answer.status_code for answer in answers] == [401, 201]


def test_migrating_twice_changes_nothing(tmp_path):
    for _ in range(2):
        assert command("migrate", "--data", tmp_path).returncode == 0

"""Both ways of knowing the provider's keys, rotation, and the way from one to the other."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payments.channels.protocol import (
    AttemptRef,
    BadSignatureError,
    PaymentRequest,
    PaymentResult,
    RawNotification,
)
from payments.channels.simulation.host import Simulators
from payments.channels.simulation.provider import Answering, Exchange
from payments.channels.wechat_pay.adapter import WeChatPay
from payments.channels.wechat_pay.client import WeChatPayConfig
from payments.channels.wechat_pay.signing import PUBLIC_KEY_PREFIX
from payments.contract.money import Money
from payments.contract.wire.records import Method

NUMBERS = itertools.count(1)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def simulators(tmp_path: Path, clock: Clock) -> Iterator[Simulators]:
    with Simulators.start(tmp_path, time_scale=1000, clock=clock) as simulators:
        yield simulators


@pytest.fixture
def by_certificates(
    simulators: Simulators, clock: Clock, config_of: Callable[..., WeChatPayConfig]
) -> Iterator[WeChatPay]:
    simulators.wechat_pay.mode = "certificates"
    channel = WeChatPay(config_of(simulators, verifier_keys={}), clock=clock)
    yield channel
    channel.shut_down()


def start(channel: WeChatPay) -> PaymentResult:
    request = PaymentRequest(
        attempt_id=f"attempt-{next(NUMBERS):06d}",
        method=Method.WECHAT_PAY_NATIVE,
        amount=Money(100, "CNY"),
        title="课程",
        expires_at=datetime.now(UTC) + timedelta(days=1),
        notify_url="https://127.0.0.1:9/notify",
    )
    return channel.start(request).result


def test_certificates_are_downloaded_when_they_are_needed(by_certificates: WeChatPay) -> None:
    assert start(by_certificates) is PaymentResult.NOT_YET


def test_a_new_certificate_is_fetched_when_it_signs(
    by_certificates: WeChatPay, simulators: Simulators, clock: Clock
) -> None:
    assert start(by_certificates) is PaymentResult.NOT_YET
    simulators.wechat_pay.keys.rotate()
    clock.now += timedelta(hours=1)
    assert start(by_certificates) is PaymentResult.NOT_YET


def test_forged_serials_do_not_make_us_download_again_and_again(
    by_certificates: WeChatPay, simulators: Simulators
) -> None:
    assert start(by_certificates) is PaymentResult.NOT_YET
    simulators.wechat_pay.keys.rotate()
    assert start(by_certificates) is PaymentResult.UNKNOWN


def test_certificates_are_renewed_by_a_job(
    by_certificates: WeChatPay, simulators: Simulators
) -> None:
    assert by_certificates.renew_certificates()
    simulators.wechat_pay.keys.rotate()
    assert by_certificates.renew_certificates()
    assert start(by_certificates) is PaymentResult.NOT_YET


def test_an_expired_certificate_proves_nothing(by_certificates: WeChatPay, clock: Clock) -> None:
    assert start(by_certificates) is PaymentResult.NOT_YET
    clock.now += timedelta(days=6 * 365)
    assert start(by_certificates) is PaymentResult.UNKNOWN


def test_certificates_sealed_with_another_key_are_not_taken(
    simulators: Simulators, clock: Clock, config_of: Callable[..., WeChatPayConfig]
) -> None:
    simulators.wechat_pay.mode = "certificates"
    config = config_of(simulators, verifier_keys={}, apiv3_key="n" * 32)
    channel = WeChatPay(config, clock=clock)
    assert not channel.renew_certificates()
    assert start(channel) is PaymentResult.UNKNOWN
    channel.shut_down()


def test_a_merchant_with_both_kinds_believes_both(
    simulators: Simulators, clock: Clock, config_of: Callable[..., WeChatPayConfig]
) -> None:
    details = simulators.details["channels"]["wechat_pay"]
    certificate = Path(details["platform_certificate"]).read_text("utf-8")
    both = {
        **config_of(simulators).verifier_keys,
        details["platform_certificate_serial"]: certificate,
    }
    channel = WeChatPay(config_of(simulators, verifier_keys=both), clock=clock)
    for mode in ("public_key", "certificates"):
        simulators.wechat_pay.mode = mode
        assert start(channel) is PaymentResult.NOT_YET
        body = b"{}"
        signer = (
            simulators.wechat_pay.keys.public_key
            if mode == "public_key"
            else simulators.wechat_pay.keys.certificates[0].signer
        )
        headers = signer.headers(body, timestamp=int(clock().timestamp()), nonce="n")
        channel._client.check(headers, body)
    channel.shut_down()


def test_an_answer_is_signed_with_the_public_key_that_was_asked_for(
    simulators: Simulators, clock: Clock, config_of: Callable[..., WeChatPayConfig]
) -> None:
    simulators.wechat_pay.mode = "certificates"
    channel = WeChatPay(config_of(simulators), clock=clock)
    assert channel._client._verifier.preferred().startswith(PUBLIC_KEY_PREFIX)
    assert start(channel) is PaymentResult.NOT_YET
    channel.shut_down()


def test_probes_are_refused_and_the_call_is_made_again(
    simulators: Simulators, clock: Clock, config_of: Callable[..., WeChatPayConfig]
) -> None:
    channel = WeChatPay(config_of(simulators), clock=clock)
    simulators.wechat_pay.probe_every = 2
    assert [start(channel) for _ in range(4)] == [PaymentResult.NOT_YET] * 4
    simulators.wechat_pay.probe_every = 1
    attempt = AttemptRef("attempt-none", Money(100, "CNY"), Method.WECHAT_PAY_NATIVE)
    assert channel.ask(attempt).result is PaymentResult.UNKNOWN
    channel.shut_down()


def test_a_merchant_without_certificates_is_told_so_and_stays_with_its_key(
    simulators: Simulators, clock: Clock, config_of: Callable[..., WeChatPayConfig]
) -> None:
    simulators.wechat_pay._certificates = False
    channel = WeChatPay(config_of(simulators), clock=clock)
    assert not channel.renew_certificates()
    assert start(channel) is PaymentResult.NOT_YET
    channel.shut_down()


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_their_owner_reads_the_private_keys(simulators: Simulators) -> None:
    details = simulators.details["channels"]["wechat_pay"]
    folder = Path(details["merchant_private_key"]).parent
    private = [file for file in folder.iterdir() if b"PRIVATE KEY" in file.read_bytes()]
    assert len(private) == 3
    for file in (*private, folder / "apiv3_key.txt"):
        assert file.stat().st_mode & 0o077 == 0


def test_keys_are_kept_between_runs(tmp_path: Path) -> None:
    with Simulators.start(tmp_path) as first:
        before = first.details["channels"]["wechat_pay"]
    with Simulators.start(tmp_path) as second:
        after = second.details["channels"]["wechat_pay"]
    for name in ("merchant_serial", "apiv3_key", "platform_certificate_serial"):
        assert before[name] == after[name]


def test_calls_at_the_same_time_wait_for_one_download(by_certificates: WeChatPay) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(start, [by_certificates] * 8))
    assert results == [PaymentResult.NOT_YET] * 8


def test_probes_among_notifications_are_refused_too(
    simulators: Simulators, clock: Clock, config_of: Callable[..., WeChatPayConfig]
) -> None:
    channel = WeChatPay(config_of(simulators), clock=clock)
    simulators.wechat_pay.probe_every = 1
    headers = simulators.wechat_pay._signature(b"{}")
    with pytest.raises(BadSignatureError, match="probe"):
        channel.read_notification(RawNotification(headers, b"{}"))
    channel.shut_down()


@pytest.mark.parametrize(
    "wrong",
    [
        {"apiv3_key": "short"},
        {"previous_apiv3_key": "short"},
        {"merchant_private_key": "no key"},
        {"verifier_keys": {"PUB_KEY_ID_1": "no key"}},
    ],
)
def test_keys_that_cannot_work_are_refused_at_once(
    simulators: Simulators,
    clock: Clock,
    config_of: Callable[..., WeChatPayConfig],
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match=r"APIv3|PEM|deserialize"):
        WeChatPay(config_of(simulators, **wrong), clock=clock)


@pytest.mark.parametrize("signed_by", ["nobody", "a stranger"])
def test_certificates_in_an_answer_that_they_do_not_prove_are_not_taken(
    by_certificates: WeChatPay,
    simulators: Simulators,
    monkeypatch: pytest.MonkeyPatch,
    signed_by: str,
) -> None:
    provider = simulators.wechat_pay
    answer = provider.handle

    def spoilt(exchange: Exchange) -> Answering:
        true = answer(exchange)
        headers = (
            {}
            if signed_by == "nobody"
            else provider.keys.stranger.headers(
                true.body, timestamp=int(true.headers["wechatpay-timestamp"]), nonce="n"
            )
        )
        headers["wechatpay-serial"] = true.headers["wechatpay-serial"]
        return msgspec.structs.replace(true, headers=headers)

    monkeypatch.setattr(provider, "handle", spoilt)
    assert not by_certificates.renew_certificates()
    monkeypatch.undo()
    assert start(by_certificates) is PaymentResult.UNKNOWN
    assert by_certificates.renew_certificates()
    assert start(by_certificates) is PaymentResult.NOT_YET

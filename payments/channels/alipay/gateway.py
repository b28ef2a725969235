"""Speaks to the gateway: signs what is asked, believes only what Alipay provably answered."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
import structlog

from payments.channels.alipay import messages, outcomes, signing
from payments.channels.alipay.certificates import CertificateError
from payments.channels.alipay.config import AlipayConfig, Keys
from payments.channels.alipay.messages import Content, Operation
from payments.channels.alipay.outcomes import Kind
from payments.channels.protocol import BadSignatureError
from payments.channels.transport import NoAnswerError, Transport

AnswerType = TypeVar("AnswerType", bound=messages.Answer)

_log = structlog.get_logger(__name__)
_FORM_TYPE = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}


class Gateway:
    """One application's line to the gateway."""

    def __init__(
        self,
        config: AlipayConfig,
        clock: Callable[[], datetime],
        transport: Transport | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._keys = Keys(config, clock)
        parts = urlsplit(config.gateway)
        self.transport = transport or Transport(
            base_url=f"{parts.scheme}://{parts.netloc}",
            ca_file=config.ca_file,
            connect_s=config.connect_s,
            read_s=config.read_s,
        )

    def address(self, operation: Operation, content: Content, **urls: str) -> str:
        """The address of a page that the payer's browser opens."""
        return f"{self._config.gateway}?{signing.form(self._signed(operation, content, **urls))}"

    def call(
        self,
        operation: Operation,
        content: Content,
        answer_type: type[AnswerType],
        kind: Kind,
        **urls: str,
    ) -> AnswerType:
        """The verified answer; one that never came or proves nothing has the code ``UNHEARD``."""
        try:
            body = self._post(self._signed(operation, content, **urls))
            answer = self._verified(operation, body, answer_type, kind)
        except NoAnswerError as error:
            reason = "no_answer" if error.sent else "not_sent"
        except BadSignatureError:
            reason = "bad_signature"
        except (signing.AnswerTextError, msgspec.MsgspecError, UnicodeDecodeError):
            reason = "unreadable_answer"
        else:
            if answer.code in outcomes.REFUSED_CODES:
                # The application's keys, contract or parameters are wrong: people have to act.
                _log.error(
                    "alipay_application_refused",
                    operation=operation.value,
                    code=answer.reason,
                    detail=answer.sub_msg,
                )
            return answer
        _log.warning("alipay_answer_unknown", operation=operation.value, reason=reason)
        return answer_type(code=messages.UNHEARD, sub_code=reason)

    def notified(self, body: bytes) -> dict[str, str]:
        """The parameters of a notification that Alipay signed. Raises BadSignatureError.

        One signed with a key not yet held is refused: it is sent again, and the next answer to a
        request of ours brings the certificate. A stranger cannot make us fetch anything.
        """
        try:
            parameters = signing.read_form(body)
        except signing.FormError as error:
            raise BadSignatureError(str(error)) from error
        charset = parameters.get("charset", "utf-8").lower()
        if parameters.get("sign_type") != signing.SIGN_TYPE or charset not in signing.CHARSETS:
            raise BadSignatureError("the kind of signature is not accepted")
        text = signing.notification_text(parameters).encode(charset)
        if not self._keys.verifies(text, parameters.get("sign", "")):
            raise BadSignatureError("the notification is not signed by Alipay")
        return parameters

    def _signed(self, operation: Operation, content: Content, **urls: str) -> dict[str, str]:
        parameters = {
            "app_id": self._config.app_id,
            "method": operation.value,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": signing.SIGN_TYPE,
            "timestamp": messages.wall_clock(self._clock()),
            "version": "1.0",
            "biz_content": content.text(),
            **self._keys.request_numbers,
            **{name: url for name, url in urls.items() if url},
        }
        return {**parameters, "sign": self._keys.sign(signing.request_text(parameters))}

    def _post(self, parameters: dict[str, str]) -> str:
        content = signing.form({"biz_content": parameters["biz_content"]})
        common = {name: value for name, value in parameters.items() if name != "biz_content"}
        answer = self.transport.send(
            "POST",
            f"{self._config.gateway}?{signing.form(common)}",
            headers=_FORM_TYPE,
            content=content.encode(),
        )
        if answer.status != HTTPStatus.OK:
            reason = f"status {answer.status}"
            raise NoAnswerError(reason, sent=True)
        return answer.body.decode()

    def _verified(
        self, operation: Operation, body: str, answer_type: type[AnswerType], kind: Kind
    ) -> AnswerType:
        node = signing.signed_node(body, operation.node, messages.ERROR_NODE)
        if node.signature and self._keys.lacks(node.certificate_number):
            self._fetch_certificate(node.certificate_number)
        answer = msgspec.json.decode(node.text, type=answer_type)
        if node.signature and any(
            self._keys.verifies(text.encode(), node.signature)
            for text in signing.candidates(node.text)
        ):
            return answer
        if not node.signature and outcomes.believed_unsigned(answer.code, kind):
            return answer
        raise BadSignatureError(operation.value)

    def _fetch_certificate(self, number: str) -> None:
        """Get the certificate an answer named; its chain, not that answer's signature, proves it."""
        content = messages.CertificateName(alipay_cert_sn=number)
        body = self._post(self._signed(Operation.CERTIFICATE, content))
        node = signing.signed_node(body, Operation.CERTIFICATE.node, messages.ERROR_NODE)
        answer = msgspec.json.decode(node.text, type=messages.CertificateAnswer)
        try:
            pem = base64.b64decode(answer.alipay_cert_content, validate=True).decode()
            self._keys.learn(pem, number)
        except (CertificateError, binascii.Error, UnicodeDecodeError) as error:
            _log.warning("alipay_certificate_refused", number=number, reason=str(error))

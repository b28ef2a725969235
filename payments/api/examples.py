"""Examples of request bodies for the OpenAPI document; each decodes as its schema (a test checks)."""

from __future__ import annotations

from typing import Any, Final

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "SignIn": {"login": "lin", "password": "correct horse battery", "code": "123456"},
    "NewOrder": {
        "product_id": "course-photography",
        "payer": {"payer_id": "student-1024", "name": "王小明", "phone": "13800000000"},
        "quantity": 1,
        "discount_percent": "10",
        "device": {"device_id": "a1b2c3", "address": "203.0.113.7", "country": "CN"},
    },
    "NewPayment": {"method": "wechat_pay.native"},
    "NewRefund": {
        "order_id": "20260102030405",
        "amount": 9450,
        "currency": "CNY",
        "reason": "not_as_described",
        "note": "课程与介绍不符",
    },
    "RefundDecision": {"approve": True, "note": "已核对"},
    "CaseDecision": {"disposition": "approve", "reason": "known_payer", "note": ""},
    "CaseNote": {"note": "请二线复核"},
    "NewProduct": {
        "id": "course-photography",
        "kind": "course",
        "title": "摄影入门",
        "currency": "CNY",
        "price": 10000,
        "instructor_id": "instructor-7",
        "instructor": "陈老师",
        "commission_rate": "0.7",
        "tax_rate": "0.05",
        "refund_days": 7,
    },
    "OpenCustomer": {"find": "student-1024"},
}

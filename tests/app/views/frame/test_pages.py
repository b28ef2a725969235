from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton

from app import words
from app.views.frame.first_run import FirstRunPage, NewBusiness, ServiceAddress
from app.views.frame.lock import LockPage
from app.views.frame.samples import SampleUser
from app.views.frame.sign_in import Credentials, SignInPage
from app.views.theme.theme import Appearance, theme
from app.words import Language
from payments.contract.problems import Code
from payments.contract.roles import Role

SAMPLES = [
    SampleUser(Role.FINANCE, "finance", "abacus-1"),
    SampleUser(Role.SUPPORT, "help", "abacus-2"),
]


@pytest.fixture
def sign_in(qtbot):
    page = SignInPage("https://pay.example.com", SAMPLES)
    qtbot.addWidget(page)
    page.resize(1024, 700)
    with qtbot.waitExposed(page):
        page.show()
    return page


def entered(page, login="li", password="a secret"):
    page._login.set_text(login)
    page._password.set_text(password)


def test_name_and_password_are_handed_on(qtbot, sign_in):
    entered(sign_in, " li ", " a secret ")
    with qtbot.waitSignal(sign_in.submitted) as submitted:
        qtbot.keyClick(sign_in._password.edit, Qt.Key.Key_Return)
    assert submitted.args == [Credentials("li", " a secret ")]


def test_the_same_sign_in_is_not_sent_twice(qtbot, sign_in):
    entered(sign_in)
    sign_in.submit()
    with qtbot.assertNotEmitted(sign_in.submitted):
        sign_in.submit()


@pytest.mark.parametrize(
    ("login", "password", "said"),
    [("", "x", "Enter your user name."), ("li", "", "Enter your password.")],
)
def test_what_is_missing_is_said_at_the_place(qtbot, sign_in, login, password, said):
    entered(sign_in, login, password)
    with qtbot.assertNotEmitted(sign_in.submitted):
        sign_in.submit()
    assert sign_in._error.text() == said


def test_a_refusal_says_what_to_do_and_typing_takes_it_back(qtbot, sign_in):
    entered(sign_in)
    sign_in.submit()
    sign_in.show_problem(Code.WRONG_CREDENTIALS)
    assert sign_in._error.text() == " ".join(words.problem(Code.WRONG_CREDENTIALS))
    words.use(Language.CHINESE)
    sign_in.retranslate()
    assert (
        sign_in._error.text()
        == "".join(f"{part} " for part in words.problem(Code.WRONG_CREDENTIALS)).strip()
    )
    qtbot.keyClicks(sign_in._password.edit, "x")
    assert sign_in._error.isHidden()


def test_an_unreachable_service_is_said_by_its_key(sign_in):
    entered(sign_in)
    sign_in.submit()
    sign_in.show_problem("trouble.no_answer")
    assert sign_in._error.text() == " ".join(words.problem("trouble.no_answer"))
    assert sign_in._go.isEnabled()


def test_the_second_factor_is_asked_after_the_password(qtbot, sign_in):
    entered(sign_in)
    sign_in.submit()
    sign_in.show_problem(Code.SECOND_FACTOR_REQUIRED)
    assert not sign_in._login.isVisible()
    sign_in._code.set_text("123 456")
    with qtbot.waitSignal(sign_in.submitted) as submitted:
        sign_in._go.click()
    assert submitted.args == [Credentials("li", "a secret", "123456")]


def test_a_recovery_code_may_stand_in(qtbot, sign_in):
    entered(sign_in)
    sign_in.ask_code()
    sign_in._recovery.click()
    assert sign_in._title.text() == "Recovery code"
    sign_in._code.set_text("abcd-efgh")
    with qtbot.waitSignal(sign_in.submitted) as submitted:
        sign_in.submit()
    assert submitted.args[0].code == "abcd-efgh"


def test_going_back_forgets_the_password(sign_in):
    entered(sign_in)
    sign_in.ask_code()
    sign_in._back.click()
    assert sign_in._password.text() == ""
    assert sign_in._login.text() == "li"


def test_a_sample_user_fills_the_form(sign_in):
    button = next(one for one in sign_in.findChildren(QPushButton) if one.text() == "Support")
    button.click()
    assert (sign_in._login.text(), sign_in._password.text()) == ("help", "abacus-2")


def test_secrets_do_not_stand_in_a_representation():
    assert "secret" not in repr(Credentials("li", "secret", "123456"))
    assert "123456" not in repr(Credentials("li", "secret", "123456"))
    assert "secret" not in repr(NewBusiness("Shop", "Li", "li", "secret"))


def test_passwords_are_not_shown(sign_in):
    assert sign_in._password.edit.echoMode() == QLineEdit.EchoMode.Password


@pytest.fixture
def first_run(qtbot):
    page = FirstRunPage()
    qtbot.addWidget(page)
    page.resize(1024, 700)
    with qtbot.waitExposed(page):
        page.show()
    return page


def test_the_sample_business_is_one_press_away(qtbot, first_run):
    with qtbot.waitSignal(first_run.sample_chosen):
        first_run._ways[0].click()
    assert not any(way.isEnabled() for way in first_run._ways)
    first_run.show_problem("trouble.services_failed")
    assert all(way.isEnabled() for way in first_run._ways)
    assert first_run._error.text() == " ".join(words.problem("trouble.services_failed"))


def test_a_service_is_connected_by_its_address(qtbot, first_run):
    first_run._ways[1].click()
    first_run._address.set_text("https://pay.example.com:8443/")
    with qtbot.waitSignal(first_run.service_chosen) as chosen:
        qtbot.keyClick(first_run._address.edit, Qt.Key.Key_Return)
    assert chosen.args == [ServiceAddress("https://pay.example.com:8443")]


@pytest.mark.parametrize(
    "address",
    ["", "pay.example.com", "http://pay.example.com", "https://", "https://x:99999", "https://[x"],
)
def test_an_address_without_tls_is_refused(qtbot, first_run, address):
    first_run._ways[1].click()
    first_run._address.set_text(address)
    with qtbot.assertNotEmitted(first_run.service_chosen):
        first_run._take_service()
    assert first_run._connect_form.error.text() == "Enter an address that begins with https://."


def test_an_own_business_asks_for_its_administrator(qtbot, first_run):
    first_run._ways[2].click()
    for field, text in zip(first_run._own_fields, ("Shop", "Li", "li", "short"), strict=True):
        field.set_text(text)
    with qtbot.assertNotEmitted(first_run.own_chosen):
        first_run._take_own()
    assert first_run._own_form.error.text() == "Use at least 10 characters."
    first_run._own_fields[3].set_text("long enough")
    with qtbot.waitSignal(first_run.own_chosen) as chosen:
        first_run._take_own()
    assert chosen.args == [NewBusiness("Shop", "Li", "li", "long enough")]


def test_the_lock_asks_for_the_password_only(qtbot):
    page = LockPage("李雷")
    qtbot.addWidget(page)
    page.submit()
    assert page._error.text() == "Enter your password."
    page._password.set_text("x")
    with qtbot.waitSignal(page.submitted) as submitted:
        page.submit()
    assert submitted.args == ["x"]
    page.show_problem(Code.WRONG_CREDENTIALS)
    assert page._go.isEnabled()


def pages():
    return [SignInPage("https://pay.example.com", SAMPLES), FirstRunPage(), LockPage("李雷")]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)], ids=str)
def test_nothing_is_cut_off(qtbot, language, appearance, size):
    words.use(language)
    theme().choose(appearance)
    for page in pages():
        qtbot.addWidget(page)
        page.resize(*size)
        with qtbot.waitExposed(page):
            page.show()
        parts = [*page.findChildren(QLabel), *page.findChildren(QAbstractButton)]
        for part in (one for one in parts if one.isVisible()):
            room = part.heightForWidth(part.width()) if part.hasHeightForWidth() else 0
            assert part.height() >= room, part.accessibleName()
            wraps = isinstance(part, QLabel) and part.wordWrap()
            assert wraps or part.width() >= part.minimumSizeHint().width()
            corner = part.mapTo(page, part.rect().bottomRight())
            assert page.rect().contains(corner)

"""Passkeys as a browser makes and uses them, by an authenticator that the browser plays itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect
from stage import PASSWORD, Stage

from services.browser import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_authenticator(page: Page) -> str:
    """Give the browser an authenticator; answers its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return str(added["authenticatorId"])


def test_a_passkey_is_made_and_signs_in_alone(stage: Stage) -> None:
    stage.worker("Wei")
    page = stage.contexts().new_page()
    with_authenticator(page)
    sign_in(page, "wei@example.org", PASSWORD)
    page.goto("/account/security")
    page.get_by_label("Name of the new passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("[data-passkey-said]")).to_contain_text("Keep these recovery codes")
    page.reload()
    expect(page.get_by_text("My laptop")).to_be_visible()
    page.locator(".bar summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    page.goto("/login?next=%2Ftasks")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/tasks")
    expect(page.locator(".bar summary")).to_have_text("Wei")


def test_a_passkey_that_is_not_given_leaves_the_password(stage: Stage) -> None:
    stage.worker("Wei")
    page = stage.contexts().new_page()
    with_authenticator(page)
    page.goto("/login")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("[data-passkey-said]")).to_have_text("The passkey did not work. Use your password.")
    sign_in(page, "wei@example.org", PASSWORD)

"""What people do at the door, with their letters, and while they wait."""

from playwright.sync_api import FrameLocator, Page


def register(page: Page, email: str, password: str) -> None:
    """Make an account on the page for it."""
    page.get_by_label("Your address").fill(email)
    page.get_by_role("button", name="Make my account").click()


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in on the page for it."""
    page.get_by_label("Your address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def open_letter(page: Page, to: str, subject: str) -> FrameLocator:
    """Open somebody's newest letter with words in its subject; give what it holds."""
    page.goto(f"/mailbox/?to={to}")
    page.get_by_role("link", name=subject).first.click()
    page.get_by_role("heading", level=1, name=subject).wait_for()
    return page.frame_locator("iframe[title='The letter']")


def press_in_letter(page: Page, to: str, subject: str, button: str) -> None:
    """Follow a button of a letter: it opens a page, in place of the mailbox."""
    open_letter(page, to, subject).get_by_role("link", name=button).click()
    page.wait_for_url(lambda url: "/mailbox/" not in url)


def asked_in(page: Page, milliseconds: int) -> list[str]:
    """Let time pass for a page whose clock is ours; give what it asked the server."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(milliseconds)
    page.evaluate("() => fetch('/healthz')")  # goes out after all that it asked before
    assert asked.pop().endswith("/healthz")
    return asked

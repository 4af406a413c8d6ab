"""Pictures of a running demonstration, to look at.

    python -m tests.browser.screenshots http://127.0.0.1:8000 ADDRESS PASSWORD FOLDER

Each page on a phone and on a desk, by day and by night: first as a visitor, then as the
member with that address.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, SWITCHES
from tests.browser.habits import sign_in

VISITOR = ["/", "/register", "/sign-in", "/mailbox/"]
MEMBER = ["/", "/introductions/", "/profile/", "/profile/about", "/profile/exchange"]
MEMBER += [
    "/profile/meeting",
    "/profile/keys/",
    "/membership/pause",
    "/events/",
    "/events/past",
    "/groups/",
]
WIDTHS, SCHEMES = (375, 1280), ("light", "dark")


def take(page: Page, folder: Path, who: str, paths: list[str]) -> None:
    for path in paths:
        page.goto(path)
        for width in WIDTHS:
            for scheme in SCHEMES:
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                name = f"{who}{path.replace('/', '-').rstrip('-')}-{width}-{scheme}.png"
                page.screenshot(path=folder / name, full_page=True)


def main(url: str, address: str, password: str, folder: Path) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        page = chromium.new_page(base_url=url)
        take(page, folder, "visitor", VISITOR)
        page.goto("/sign-in")
        sign_in(page, address, password)
        page.get_by_role("button", name="Sign out").wait_for()
        take(page, folder, "member", MEMBER)
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:4], Path(sys.argv[4]))

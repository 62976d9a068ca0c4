"""Photos that look alike, side by side: one key keeps the best of a group."""

from playwright.sync_api import Page, expect

from dragon_app.wiring import Session
from tests.browser.acts import expect_count, tiles
from tests.photos import incoming, photo_bytes


def test_one_key_keeps_the_best_of_a_group_and_one_undo_brings_the_rest_back(
    session: Session, page: Page
) -> None:
    sizes = {1: (64, 48), 2: (128, 96), 3: (96, 72)}
    burst = [incoming(photo_bytes(5, size=size), f"burst {n}.png") for n, size in sizes.items()]
    pair = [incoming(photo_bytes(6, brighter=n), f"pair {n}.png") for n in (0, 20)]
    session.app.dataset.add([*burst, *pair, incoming(photo_bytes(7), "alone.png")])
    expect_count(page, "All photos", 6)

    page.get_by_role("button", name="Look-alikes").click()
    expect(page.get_by_text("2 groups of photos that look alike")).to_be_visible()
    expect(tiles(page)).to_have_count(5)
    names = [tiles(page).nth(place).get_attribute("title") for place in range(5)]
    assert names[2] == "burst 2.png"
    expect(page.locator(".tile-best:visible")).to_have_count(2)
    tiles(page).nth(4).click()
    page.keyboard.press("b")
    expect(tiles(page)).to_have_count(2)
    expect_count(page, "Bin", 2)

    page.keyboard.press("u")
    expect(tiles(page)).to_have_count(5)
    tiles(page).nth(4).click()
    for _ in range(2):  # one group after the other, without waiting
        page.keyboard.press("b")
    expect_count(page, "Bin", 3)
    for _ in range(2):
        page.keyboard.press("u")
    expect(tiles(page)).to_have_count(5)
    tiles(page).nth(1).click()
    page.get_by_role("button", name="Keep the best of this group").click()
    expect_count(page, "Bin", 1)
    page.keyboard.press("u")
    expect(tiles(page)).to_have_count(5)
    page.get_by_role("button", name="Keep the best of every group").click()
    page.get_by_role("button", name="Keep the best", exact=True).click()
    expect(page.get_by_text("No two photos look alike any more.")).to_be_visible()
    expect_count(page, "Bin", 3)
    page.get_by_role("button", name="Back to all photos").click()
    expect(tiles(page)).to_have_count(3)
    page.keyboard.press("u")
    expect_count(page, "All photos", 6)

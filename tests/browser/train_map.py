"""The parts of the freezing map, as a person finds them."""

from playwright.sync_api import Locator, Page


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="How many stages stay frozen", exact=True)


def learning_map(page: Page) -> Locator:
    return page.get_by_role("region", name="What learns", exact=True)

"""The review as the short documents show it: bounded lists, and what each of them leaves out."""

from __future__ import annotations

from reports.page import Page


class Sheet:
    """Answers the questions that only the readers' documents ask."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.review = page.review

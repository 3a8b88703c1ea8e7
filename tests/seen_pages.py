"""A browser's visits to pages, with everything that should not happen there."""

import shutil
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CALM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@dataclass
class Visitor:
    """`faults` are what the console says of broken policies, and errors that no script has caught."""

    browser: Browser
    options: dict[str, Any]
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def visit(self, path: str, **options: Any) -> Page:
        context = self.browser.new_context(**self.options, **options)
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heed)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(path)
        return page

    def leave(self) -> None:
        for context in self.contexts:
            context.close()
        assert self.faults == []

    def _heed(self, message: ConsoleMessage) -> None:
        if "Content Security" in message.text or "Refused to" in message.text:
            self.faults.append(message.text)

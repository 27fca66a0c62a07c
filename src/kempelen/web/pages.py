"""All pages of a world's site, as their modules declare them."""

from __future__ import annotations

import importlib
import pkgutil

from kempelen.web import common_pages, operator, people, requester, worker
from kempelen.web.site import Page


def all_pages() -> list[Page]:
    """Every page of every module; two for one path and method are a mistake."""
    found = list(common_pages.PAGES.all)
    for package in (people, worker, requester, operator):
        for module in pkgutil.iter_modules(package.__path__, prefix=f"{package.__name__}."):
            pages = getattr(importlib.import_module(module.name), "PAGES", None)
            found += pages.all if pages is not None else []
    taken = [(page.path, method) for page in found for method in page.methods]
    assert len(taken) == len(set(taken)), (
        f"declared twice: {[each for each in taken if taken.count(each) > 1]}"
    )
    return found

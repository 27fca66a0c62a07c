"""Where one world's task content lives, and which addresses content may name."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from kempelen.market import Market
from kempelen.rules import frames
from kempelen.settings import Settings

STATIC = "/task/"
"""Where our own scripts and style sheets for frames are, on the task listener and on each world's site."""


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of one world's frames."""

    world: str
    site: str
    """The site's address, which is what turkSubmitTo says."""
    task_url: str
    sites: tuple[str, ...]
    """The origins of all worlds' sites."""
    content_domain: str = ""
    dialogs: bool = False

    @classmethod
    def of(cls, market: Market, settings: Settings) -> Places:
        """The places of a world."""
        sites = tuple(frames.origin_of(url) for url in (settings.production_url, settings.sandbox_url))
        return cls(
            market.traits.name,
            market.traits.worker_site,
            settings.task_url.rstrip("/"),
            sites,
            settings.content_domain,
            settings.frame_dialogs,
        )

    @property
    def submit_url(self) -> str:
        """Where answers go."""
        return f"{self.site}/mturk/externalSubmit"

    def content_base(self, hit_type_id: str) -> str:
        """The address below which the content of a HIT type is, an origin of its own where the operator has
        a wildcard domain for it."""
        if not self.content_domain:
            return self.task_url
        scheme = urlsplit(self.task_url).scheme
        return f"{scheme}://{hit_type_id.lower()}.{self.content_domain.removeprefix('*.')}"

    def static(self, name: str) -> str:
        """The address of one of our own files for frames."""
        return f"{self.task_url}{STATIC}{name}"

    def is_ours(self, url: str) -> bool:
        """Whether an address has the origin of a site or of task content."""
        origin = frames.origin_of(url)
        if origin in (*self.sites, frames.origin_of(self.site), frames.origin_of(self.task_url)):
            return True
        domain = self.content_domain.removeprefix("*.").lower()
        authority = origin.partition("://")[2]
        return bool(domain) and (authority == domain or authority.endswith(f".{domain}"))

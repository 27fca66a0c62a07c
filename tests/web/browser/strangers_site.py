"""A site of somebody else, on an origin of its own, whose pages a test writes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class StrangersSite:
    """Pages by path: `site.pages["/trap"] = "<p>…"`."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.asked: list[str] = []
        """The paths that were asked for, in order."""
        self.port = 0

    def url(self, path: str = "/", host: str = "stranger.localhost") -> str:
        """An address of the site; every host below `.localhost` is a site of its own to a browser."""
        return f"http://{host}:{self.port}{path}"


@contextmanager
def strangers_site() -> Iterator[StrangersSite]:
    """The site, while inside."""
    site = StrangersSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            site.asked.append(self.path)
            body = site.pages.get(path, "").encode()
            self.send_response(200 if body else 404)
            kind = "text/javascript" if path.endswith(".js") else "text/html; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()

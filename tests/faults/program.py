"""The server as a process of its own, which can be killed: `python -m faults.program PORT SANDBOX TASKS`.

Everything else comes from the environment, as it does for `kempelen serve`.
"""

from __future__ import annotations

import asyncio
import sys

from kempelen import settings
from kempelen.app import assemble
from kempelen.server import Serving, until_signalled


async def _serve(serving: Serving) -> None:
    async with until_signalled(serving):
        await serving.run()


def main() -> None:
    """Serve until SIGTERM."""
    port, sandbox_port, task_port = (int(word) for word in sys.argv[1:4])
    wanted = settings.read(port=port, sandbox_port=sandbox_port, task_port=task_port, log_calls=False)
    app = assemble(wanted)
    asyncio.run(_serve(Serving(app)))
    app.close()


if __name__ == "__main__":
    main()

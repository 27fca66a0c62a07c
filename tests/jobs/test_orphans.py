"""Files go with their HIT, and blobs nobody has with the daily look for them."""

from __future__ import annotations

import os
from pathlib import Path

from kempelen import blobs
from kempelen.app import App
from kempelen.jobs.deliveries import Deliveries
from kempelen.jobs.orphans import remove_orphans
from kempelen.store import files
from people import Requester, Town, Worker
from web_forms import FILE_FORM


def kept(app: App) -> int:
    return sum(each.is_file() for each in (Path(app.settings.data) / "blobs").rglob("*"))


def test_disposal_removes_files_and_orphans_go_after_a_day(
    app: App, town: Town, rosa: Requester, wei: Worker, deliveries: Deliveries
) -> None:
    store = app.outside.blobs("production")
    hit = rosa.create_hit(Question=FILE_FORM)["HITId"]
    assignment = wei.accept(hit)
    for _ in range(2):
        blob, size = blobs.put(store, [b"a cat"], most=10)
        wei(
            "KeepFileAnswer",
            AssignmentId=assignment,
            QuestionIdentifier="photo",
            Blob=blob,
            FileName="cat.png",
            ContentType="image/png",
            Size=size,
        )
    blobs.put(store, [b"nobody's"], most=10)
    assert kept(app) == 3
    deliveries.drain()
    assert kept(app) == 2
    assert remove_orphans(town.market, store, files.unknown) == 0
    for file in (Path(app.settings.data) / "blobs").rglob("3*"):
        os.utime(file, (1, 1))
    assert remove_orphans(town.market, store, files.unknown) == 1
    assert kept(app) == 1
    wei.submit(assignment)
    rosa("ApproveAssignment", AssignmentId=assignment)
    rosa("DeleteHIT", HITId=hit)
    deliveries.drain()
    assert kept(app) == 0

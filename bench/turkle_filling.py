"""Fill the database of a Turkle: its tables, workers who can sign in, and one published batch.

TURKLE'S_PYTHON turkle_filling.py TASKS WORKERS < TEMPLATE

Run by bench/turkle_server.py. Tasks are made from a CSV, by what Turkle's own admin page calls. Prints the
batch's id.
"""

import io
import sys

import django
from django.core.management import call_command
from django.db import transaction


def main() -> None:
    """Make everything, then say where the work is."""
    django.setup()
    call_command("migrate", verbosity=0)
    with transaction.atomic():  # as the admin page does
        print(_fill())


def _fill() -> int:
    from django.contrib.auth.models import User
    from turkle.models import Batch, Project

    tasks, workers = int(sys.argv[1]), int(sys.argv[2])
    owner = User.objects.create_superuser("owner", password="owner")
    for number in range(workers):
        User.objects.create_user(f"worker{number}", password=f"worker{number}")
    project = Project(name="Bench", html_template=sys.stdin.read(), created_by=owner, updated_by=owner)
    project.clean()
    project.save()
    batch = Batch(name="Bench", project=project, created_by=owner, filename="bench.csv", published=True)
    batch.save()
    rows = "\n".join(f"picture-{number}" for number in range(tasks))
    assert batch.create_tasks_from_csv(io.StringIO(f"picture\n{rows}\n")) == tasks
    return batch.id


if __name__ == "__main__":
    main()

"""The recurring jobs as tasks for a queue, by Django's interface for tasks.

By default a task runs at once in the process that enqueues it; TASKS hands it to workers through the database
or Redis. Any number of workers on any number of machines may run them at the same time: sources are leased
one by one, a grouping that another overtook is thrown away, and a picture fetched twice is stored once.
"""

from django_tasks import task

from articles.operations import jobs


@task()
def poll() -> str:
    """Poll the sources that are due."""
    return str(jobs.poll_due())


@task()
def group() -> str:
    """Group the articles that wait for it."""
    return str(jobs.group_new())


@task()
def pictures() -> str:
    """Fetch pictures that public stories lack."""
    return str(jobs.fetch_pictures())


TASKS = {"poll": poll, "group": group, "pictures": pictures}

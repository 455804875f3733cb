"""The jobs as tasks (floor 2): what a queue of one's own choice may do, outside of requests.

They follow Django's interface for tasks. By default a task is done at once where it is asked for; TASKS hands
it to workers, by the database or by Redis. Any number of workers on any number of machines may do any of them
at once: sources are claimed one by one, grouping throws away what another overtook, and a picture that two
fetched is kept once.
"""

from django_tasks import task

from articles.operations import poll_jobs as jobs


@task()
def poll() -> str:
    """Poll the sources that are due."""
    return str(jobs.poll_due())


@task()
def group() -> str:
    """Group what waits."""
    return str(jobs.group_new())


@task()
def pictures() -> str:
    """Fetch pictures that public stories lack."""
    return str(jobs.fetch_pictures())


TASKS = {"poll": poll, "group": group, "pictures": pictures}

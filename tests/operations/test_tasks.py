"""Work outside requests: done at once, or by workers that a queue hands it to; any number may share it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from articles.models import Article, Job, StaleDay
from articles.models.grouping import day_of
from articles.operations.jobs import run_job


@pytest.fixture
def waiting(write_article, run_import):
    """An article whose title changed and which waits for its grouping."""
    run_import(write_article("ferry"))
    StaleDay.objects.mark([day_of(Article.objects.get().published_at)])


@pytest.fixture
def by_workers(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.TASKS_BY = "database"


def test_by_default_a_task_is_done_where_it_is_asked_for(waiting):
    result = run_job.enqueue("group")
    assert result.status == "SUCCESSFUL"
    assert not StaleDay.objects.exists()


@pytest.mark.django_db(transaction=True)  # workers let go of their connection
def test_a_task_for_a_worker_waits_for_one(waiting, by_workers):
    out = StringIO()
    call_command("enqueue", "group", stdout=out)
    assert out.getvalue() == "group: ready\n"
    assert StaleDay.objects.exists()
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    assert not StaleDay.objects.exists()
    assert Job.objects.get(name="grouping").finished_at


@pytest.mark.django_db(transaction=True)  # workers let go of their connection
def test_the_loop_hands_out_work_where_there_are_workers(waiting, by_workers):
    call_command("run", once=True, verbosity=0)
    assert StaleDay.objects.exists()
    assert sorted(task.args_kwargs["args"] for task in DBTaskResult.objects.all()) == [
        ["group"], ["pictures"], ["poll"],
    ]  # fmt: skip


def test_an_unknown_task_is_named(db):
    with pytest.raises(CommandError, match="there is no task paint"):
        call_command("enqueue", "paint")

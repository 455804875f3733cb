from django.db import migrations

CREATE = [
    "CREATE TABLE articles_desk_acts (number bigint NOT NULL)",
    "INSERT INTO articles_desk_acts VALUES (0)",
]


class Migration(migrations.Migration):
    """A number that every act at the desk raises: what is asked for after it is made anew at once."""

    dependencies = [("articles", "0050_job_runs")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE articles_desk_acts")]

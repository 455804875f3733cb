"""The index of the full-text search, and the triggers that keep it: FTS5 on SQLite, tsvector on PostgreSQL."""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE IF NOT EXISTS articles_search USING fts5(
    title, excerpt, provider, place, content='', tokenize='porter unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER IF NOT EXISTS articles_search_insert AFTER INSERT ON articles_article WHEN new.is_published AND NOT new.is_removed BEGIN INSERT INTO articles_search(rowid, title, excerpt, provider, place) SELECT (CAST(strftime('%s', new.published_at) AS INTEGER) << 30) | new.id, new.title, new.excerpt, new.provider_name, 'p' || new.provider_id WHERE new.is_published AND NOT new.is_removed; END""",
    """CREATE TRIGGER IF NOT EXISTS articles_search_delete AFTER DELETE ON articles_article WHEN old.is_published AND NOT old.is_removed BEGIN INSERT INTO articles_search(articles_search, rowid, title, excerpt, provider, place) SELECT 'delete', (CAST(strftime('%s', old.published_at) AS INTEGER) << 30) | old.id, old.title, old.excerpt, old.provider_name, 'p' || old.provider_id WHERE old.is_published AND NOT old.is_removed; END""",
    """CREATE TRIGGER IF NOT EXISTS articles_search_update AFTER UPDATE OF title, excerpt, provider_name, published_at, provider_id, is_published, is_removed ON articles_article WHEN old.title IS NOT new.title OR old.excerpt IS NOT new.excerpt OR old.provider_name IS NOT new.provider_name OR old.published_at IS NOT new.published_at OR old.provider_id IS NOT new.provider_id OR old.is_published IS NOT new.is_published OR old.is_removed IS NOT new.is_removed BEGIN INSERT INTO articles_search(articles_search, rowid, title, excerpt, provider, place) SELECT 'delete', (CAST(strftime('%s', old.published_at) AS INTEGER) << 30) | old.id, old.title, old.excerpt, old.provider_name, 'p' || old.provider_id WHERE old.is_published AND NOT old.is_removed; INSERT INTO articles_search(rowid, title, excerpt, provider, place) SELECT (CAST(strftime('%s', new.published_at) AS INTEGER) << 30) | new.id, new.title, new.excerpt, new.provider_name, 'p' || new.provider_id WHERE new.is_published AND NOT new.is_removed; END""",
    """INSERT INTO articles_search(rowid, title, excerpt, provider, place)
    SELECT (CAST(strftime('%s', a.published_at) AS INTEGER) << 30) | a.id, a.title, a.excerpt,
    a.provider_name, 'p' || a.provider_id
    FROM articles_article a WHERE a.is_published AND NOT a.is_removed ORDER BY a.published_at, a.id""",
]
SQLITE_BACK = [
    "DROP TRIGGER IF EXISTS articles_search_insert",
    "DROP TRIGGER IF EXISTS articles_search_update",
    "DROP TRIGGER IF EXISTS articles_search_delete",
    "DROP TABLE IF EXISTS articles_search",
]

POSTGRESQL = [
    # English stems without stop words, so that every word finds the same on both databases.
    "CREATE TEXT SEARCH DICTIONARY articles_stem (TEMPLATE = snowball, Language = english)",
    "CREATE TEXT SEARCH CONFIGURATION articles_news (COPY = simple)",
    """ALTER TEXT SEARCH CONFIGURATION articles_news ALTER MAPPING
    FOR asciiword, word, asciihword, hword, hword_asciipart, hword_part, numword WITH articles_stem""",
    # Without punctuation the parser sees words only, not hosts, paths and signs; without accents it
    # finds what FTS5's remove_diacritics finds.
    r"""CREATE FUNCTION articles_search_words(given text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN regexp_replace(
        normalize(translate(given, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~’', repeat(' ', 33)), NFKD),
        '[\u0300-\u036f]', '', 'g')""",
    """CREATE FUNCTION articles_search_key(moment timestamptz, id bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (floor(extract(epoch FROM moment))::bigint << 30) | id""",
    """CREATE FUNCTION articles_search_document(title text, excerpt text, provider text, place bigint)
    RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
        setweight(to_tsvector('articles_news'::regconfig, articles_search_words(title)), 'A')
        || setweight(to_tsvector('articles_news'::regconfig, articles_search_words(provider)), 'B')
        || setweight(to_tsvector('articles_news'::regconfig, articles_search_words(excerpt)), 'C')
        || array_to_tsvector(ARRAY['/p' || place])""",
    "CREATE TABLE articles_search (key bigint PRIMARY KEY, document tsvector NOT NULL)",
    """CREATE FUNCTION articles_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            IF OLD.is_published AND NOT OLD.is_removed THEN
                DELETE FROM articles_search WHERE key = articles_search_key(OLD.published_at, OLD.id);
            END IF;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            IF NEW.is_published AND NOT NEW.is_removed THEN
                INSERT INTO articles_search(key, document) VALUES (
                    articles_search_key(NEW.published_at, NEW.id),
                    articles_search_document(NEW.title, NEW.excerpt, NEW.provider_name, NEW.provider_id));
            END IF;
        END IF;
        RETURN NULL;
    END $$""",
    "CREATE FUNCTION articles_search_clear() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN TRUNCATE articles_search; RETURN NULL; END $$",
    """CREATE TRIGGER articles_search_insert AFTER INSERT ON articles_article FOR EACH ROW
    WHEN (NEW.is_published AND NOT NEW.is_removed) EXECUTE FUNCTION articles_search_keep()""",
    """CREATE TRIGGER articles_search_delete AFTER DELETE ON articles_article FOR EACH ROW
    WHEN (OLD.is_published AND NOT OLD.is_removed) EXECUTE FUNCTION articles_search_keep()""",
    """CREATE TRIGGER articles_search_update AFTER UPDATE OF
        title, excerpt, provider_name, published_at, provider_id, is_published, is_removed
    ON articles_article FOR EACH ROW WHEN (
        (OLD.title, OLD.excerpt, OLD.provider_name, OLD.published_at, OLD.provider_id, OLD.is_published,
            OLD.is_removed)
        IS DISTINCT FROM
        (NEW.title, NEW.excerpt, NEW.provider_name, NEW.published_at, NEW.provider_id, NEW.is_published,
            NEW.is_removed))
    EXECUTE FUNCTION articles_search_keep()""",
    """CREATE TRIGGER articles_search_truncate AFTER TRUNCATE ON articles_article
    FOR EACH STATEMENT EXECUTE FUNCTION articles_search_clear()""",
    """INSERT INTO articles_search(key, document) SELECT articles_search_key(published_at, id),
    articles_search_document(title, excerpt, provider_name, provider_id)
    FROM articles_article WHERE is_published AND NOT is_removed""",
    "CREATE INDEX articles_search_document ON articles_search USING gin (document)",
]
POSTGRESQL_BACK = [
    *(f"DROP TRIGGER IF EXISTS articles_search_{event} ON articles_article"
      for event in ("insert", "delete", "update", "truncate")),
    "DROP FUNCTION IF EXISTS articles_search_keep()",
    "DROP FUNCTION IF EXISTS articles_search_clear()",
    "DROP TABLE IF EXISTS articles_search",
    "DROP FUNCTION IF EXISTS articles_search_document(text, text, text, bigint)",
    "DROP FUNCTION IF EXISTS articles_search_key(timestamptz, bigint)",
    "DROP FUNCTION IF EXISTS articles_search_words(text)",
    "DROP TEXT SEARCH CONFIGURATION IF EXISTS articles_news",
    "DROP TEXT SEARCH DICTIONARY IF EXISTS articles_stem",
]  # fmt: skip


def _run(schema_editor, by_vendor):
    for statement in by_vendor[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def make(apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def unmake(apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK})


class Migration(migrations.Migration):
    dependencies = [("articles", "0006_group_everything_anew")]
    operations = [migrations.RunPython(make, unmake)]

"""The index of the full-text search, and PostgreSQL's triggers for it (SQLite's: `articles.search.index`)."""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE articles_search USING fts5(title, provider, excerpt, provider_id, content='',
    tokenize="porter unicode61 remove_diacritics 0 categories 'L* N* Co M*'")""",
]
POSTGRESQL = [
    "CREATE TEXT SEARCH DICTIONARY articles_stem (TEMPLATE = snowball, Language = english)",
    "CREATE TEXT SEARCH CONFIGURATION articles_news (COPY = simple)",
    """ALTER TEXT SEARCH CONFIGURATION articles_news ALTER MAPPING
    FOR asciiword, word, asciihword, hword, hword_asciipart, hword_part, numword WITH articles_stem""",
    # As `articles.search.text.fold`: accents off, signs to blanks, scripts without blanks in pairs.
    r"""CREATE FUNCTION articles_search_words(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length(given) = char_length(given)
    THEN translate(given, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32))
    ELSE regexp_replace(regexp_replace(normalize(regexp_replace(regexp_replace(normalize(given, NFKD),
        '[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]+', '', 'g'),
        '[!-/:-@[-`{-~\u00a1-\u00bf\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030]+', ' ', 'g'), NFC),
        '[\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+', ' \& ', 'g'),
        '[\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]', '\& \&', 'g')
    END""",
    """CREATE FUNCTION articles_search_key(moment timestamptz, id bigint, is_visible boolean) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    (least(greatest(floor(extract(epoch FROM moment)), 0), 4294967295)::bigint << 30 | id)
    - CASE WHEN is_visible THEN 0 ELSE 4611686018427387904 END""",
    # A word that nobody can type stands between the columns, so that no phrase goes from one into the next.
    """CREATE FUNCTION articles_search_document(title text, provider text, excerpt text, provider_id bigint)
    RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
        setweight(to_tsvector('articles_news'::regconfig, articles_search_words(title)), 'A')
        || $$'/':1$$::tsvector
        || setweight(to_tsvector('articles_news'::regconfig, articles_search_words(provider)), 'B')
        || $$'/':1$$::tsvector
        || setweight(to_tsvector('articles_news'::regconfig, articles_search_words(excerpt)), 'C')
        || array_to_tsvector(ARRAY['/p' || provider_id])""",
    "CREATE TABLE articles_search (key bigint PRIMARY KEY, document tsvector NOT NULL)",
    "CREATE INDEX articles_search_document ON articles_search USING gin (document)",
    # Analysing empties the list of new entries beside the index, which every search reads.
    """ALTER TABLE articles_search
    SET (autovacuum_analyze_threshold = 100, autovacuum_analyze_scale_factor = 0)""",
    """CREATE FUNCTION articles_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND
            (OLD.title, OLD.excerpt, OLD.provider_name, OLD.published_at, OLD.provider_id, OLD.is_published,
                OLD.is_removed)
            IS NOT DISTINCT FROM
            (NEW.title, NEW.excerpt, NEW.provider_name, NEW.published_at, NEW.provider_id, NEW.is_published,
                NEW.is_removed)
        THEN RETURN NULL; END IF;
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM articles_search WHERE key = articles_search_key(
                OLD.published_at, OLD.id, OLD.is_published AND NOT OLD.is_removed);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO articles_search(key, document) VALUES (
                articles_search_key(NEW.published_at, NEW.id, NEW.is_published AND NOT NEW.is_removed),
                articles_search_document(NEW.title, NEW.provider_name, NEW.excerpt, NEW.provider_id));
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER articles_search_update AFTER INSERT OR DELETE OR UPDATE OF
        title, excerpt, provider_name, published_at, provider_id, is_published, is_removed
    ON articles_article FOR EACH ROW EXECUTE FUNCTION articles_search_update()""",
    """CREATE FUNCTION articles_search_clear() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN TRUNCATE articles_search; RETURN NULL; END $$""",
    """CREATE TRIGGER articles_search_clear AFTER TRUNCATE ON articles_article
    FOR EACH STATEMENT EXECUTE FUNCTION articles_search_clear()""",
]


def create(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]
    operations = [migrations.RunPython(create)]

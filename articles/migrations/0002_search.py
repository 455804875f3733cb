"""The index of the full-text search, and the triggers that keep it."""

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
POSTGRESQL = [
    """CREATE TEXT SEARCH DICTIONARY articles_stem (TEMPLATE = snowball, Language = english)""",
    """CREATE TEXT SEARCH CONFIGURATION articles_news (COPY = simple)""",
    """ALTER TEXT SEARCH CONFIGURATION articles_news ALTER MAPPING
    FOR asciiword, word, asciihword, hword, hword_asciipart, hword_part, numword WITH articles_stem""",
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
    """CREATE TABLE articles_search (key bigint PRIMARY KEY, document tsvector NOT NULL)""",
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
    """CREATE FUNCTION articles_search_clear() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN TRUNCATE articles_search; RETURN NULL; END $$""",
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
    """CREATE INDEX articles_search_document ON articles_search USING gin (document)""",
    """CREATE FUNCTION articles_search_month(key bigint) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN array_to_tsvector(ARRAY['/m' || (key >> 30) / 2592000])""",
    """CREATE OR REPLACE FUNCTION articles_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$
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
                    articles_search_document(NEW.title, NEW.excerpt, NEW.provider_name, NEW.provider_id) || articles_search_month(articles_search_key(NEW.published_at, NEW.id)));
            END IF;
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE FUNCTION articles_search_newest(
        terms tsquery[], low bigint, high bigint, wanted integer,
        tried integer DEFAULT 32,  -- newest rows that tell how common a term is
        walked integer DEFAULT 40000,  -- rows that are walked for common terms
        gathered integer DEFAULT 5000,  -- hits that are read to find the newest among them
        far integer DEFAULT 24)  -- a range of fewer months is looked up month by month
    RETURNS TABLE (hit bigint, indexed tsvector) LANGUAGE plpgsql STABLE
    SET plan_cache_mode = force_generic_plan SET jit = off SET max_parallel_workers_per_gather = 0 AS $$
    DECLARE
        span CONSTANT bigint := 2592000::bigint << 30;  -- a month of articles_search_month
        -- To walk to few hits is cheap: 200 rows to 21 of a word that a tenth has.
        many CONSTANT integer := CASE WHEN wanted < 500 THEN tried / 10 ELSE tried / 4 END;
        words tsquery;
        rare tsquery;
        term tsquery;
        are_rare boolean;
        month bigint;
        step integer;
        got integer := 0;
    BEGIN
        FOREACH term IN ARRAY terms LOOP
            words := coalesce(words && term, term);
            SELECT count(*) INTO step FROM (
                SELECT document FROM articles_search
                WHERE key BETWEEN low AND high ORDER BY key DESC LIMIT tried
            ) AS newest WHERE document @@ term;
            IF step < many THEN rare := coalesce(rare && term, term); END IF;
        END LOOP;
        IF numnode(words) = 0 THEN RETURN; END IF;
        IF coalesce(numnode(rare), 0) = 0 THEN
            RETURN QUERY SELECT key, document FROM (
                SELECT key, document FROM articles_search
                WHERE key BETWEEN low AND high ORDER BY key DESC LIMIT walked
            ) AS newest WHERE document @@ words LIMIT wanted;
            GET DIAGNOSTICS got = ROW_COUNT;
            IF got >= wanted THEN RETURN; END IF;
            SELECT key - 1 INTO high FROM articles_search
                WHERE key BETWEEN low AND high ORDER BY key DESC OFFSET walked - 1 LIMIT 1;
            IF high IS NULL THEN RETURN; END IF;
            rare := words;
        END IF;
        are_rare := numnode(rare) = numnode(words);
        month := high / span;
        FOR back IN 0 .. month - low / span BY 2 LOOP
            -- Hits that come so slowly are few in all.
            IF month - low / span >= far AND (
                back = 2 AND got < wanted / 8 OR back = 6 AND wanted < 500 OR back = far
            ) THEN
                RETURN QUERY SELECT key, document FROM articles_search
                    WHERE document @@ rare AND (are_rare OR ts_match_vq(document, words))
                    AND key + 0 BETWEEN low AND high LIMIT gathered;
                GET DIAGNOSTICS step = ROW_COUNT;
                IF step < gathered THEN RETURN; END IF;
            END IF;
            RETURN QUERY SELECT key, document FROM articles_search
                WHERE document @@ (rare && (
                    format('%L | %L', '/m' || month - back, '/m' || month - back - 1)::tsquery))
                AND (are_rare OR ts_match_vq(document, words)) AND key + 0 BETWEEN low AND high;
            GET DIAGNOSTICS step = ROW_COUNT;
            got := got + step;
            IF got >= wanted THEN RETURN; END IF;
        END LOOP;
    END $$""",
    """ALTER TABLE articles_search
    SET (autovacuum_analyze_threshold = 100, autovacuum_analyze_scale_factor = 0)""",
    """CREATE TABLE articles_search_lexemes (lexeme text COLLATE "C" PRIMARY KEY)""",
    """CREATE FUNCTION articles_search_learn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO articles_search_lexemes
            SELECT DISTINCT unnest(tsvector_to_array(document)) AS lexeme FROM fresh ORDER BY lexeme
            ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER articles_search_learn AFTER INSERT ON articles_search
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION articles_search_learn()""",
    """INSERT INTO articles_search_lexemes
    SELECT DISTINCT unnest(tsvector_to_array(document)) AS lexeme FROM articles_search""",
    """CREATE OR REPLACE FUNCTION articles_search_clear() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN TRUNCATE articles_search, articles_search_lexemes; RETURN NULL; END $$""",
    """CREATE FUNCTION articles_search_enter() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO articles_search(key, document) SELECT
            articles_search_key(published_at, id),
            articles_search_document(title, excerpt, provider_name, provider_id)
                || articles_search_month(articles_search_key(published_at, id))
            FROM fresh WHERE is_published AND NOT is_removed;
        RETURN NULL;
    END $$""",
    """DROP TRIGGER articles_search_insert ON articles_article""",
    """CREATE TRIGGER articles_search_insert AFTER INSERT ON articles_article
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION articles_search_enter()""",
    """DROP FUNCTION articles_search_newest""",
    """CREATE FUNCTION articles_search_newest(
        typed text[], provider bigint, low bigint, high bigint, wanted integer,
        tried integer DEFAULT 32,  -- newest rows that tell how common a term is
        walked integer DEFAULT 40000,  -- rows that are walked for common terms
        gathered integer DEFAULT 5000,  -- hits that are read to find the newest among them
        far integer DEFAULT 24)  -- a range of fewer months is looked up month by month
    RETURNS TABLE (hit bigint, indexed tsvector) LANGUAGE plpgsql STABLE
    SET plan_cache_mode = force_generic_plan SET jit = off SET max_parallel_workers_per_gather = 0 AS $$
    DECLARE
        span CONSTANT bigint := 2592000::bigint << 30;  -- a month of articles_search_month
        -- To walk to few hits is cheap: 200 rows to 21 of a word that a tenth has.
        many CONSTANT integer := CASE WHEN wanted < 500 THEN tried / 10 ELSE tried / 4 END;
        lexemes CONSTANT text[] := tsvector_to_array(
            to_tsvector('articles_news', articles_search_words(array_to_string(typed, ' '))));
        terms tsquery[];
        shares integer[];
        words tsquery;
        rare tsquery;
        are_rare boolean;
        month bigint;
        step integer;
        got integer := 0;
    BEGIN
        SELECT count(*) INTO step FROM articles_search_lexemes WHERE lexeme = ANY(lexemes);
        IF step < cardinality(lexemes) THEN RETURN; END IF;
        FOR place IN 1 .. cardinality(typed) LOOP
            terms[place] := phraseto_tsquery('articles_news', articles_search_words(typed[place]));
        END LOOP;
        IF provider IS NOT NULL THEN terms := terms || ('/p' || provider)::tsquery; END IF;
        SELECT ARRAY[count(*) FILTER (WHERE document @@ terms[1]), count(*) FILTER (WHERE document @@ terms[2]), count(*) FILTER (WHERE document @@ terms[3]), count(*) FILTER (WHERE document @@ terms[4]), count(*) FILTER (WHERE document @@ terms[5]), count(*) FILTER (WHERE document @@ terms[6]), count(*) FILTER (WHERE document @@ terms[7]), count(*) FILTER (WHERE document @@ terms[8]), count(*) FILTER (WHERE document @@ terms[9]), count(*) FILTER (WHERE document @@ terms[10]), count(*) FILTER (WHERE document @@ terms[11])] INTO shares FROM (
            SELECT document FROM articles_search
            WHERE key BETWEEN low AND high ORDER BY key DESC LIMIT tried
        ) AS newest;
        FOR place IN 1 .. cardinality(terms) LOOP
            words := coalesce(words && terms[place], terms[place]);
            IF shares[place] < many THEN rare := coalesce(rare && terms[place], terms[place]); END IF;
        END LOOP;
        IF numnode(words) = 0 THEN RETURN; END IF;
        IF coalesce(numnode(rare), 0) = 0 THEN
            RETURN QUERY SELECT key, document FROM (
                SELECT key, document FROM articles_search
                WHERE key BETWEEN low AND high ORDER BY key DESC LIMIT walked
            ) AS newest WHERE document @@ words LIMIT wanted;
            GET DIAGNOSTICS got = ROW_COUNT;
            IF got >= wanted THEN RETURN; END IF;
            SELECT key - 1 INTO high FROM articles_search
                WHERE key BETWEEN low AND high ORDER BY key DESC OFFSET walked - 1 LIMIT 1;
            IF high IS NULL THEN RETURN; END IF;
            rare := words;
        END IF;
        are_rare := numnode(rare) = numnode(words);
        month := high / span;
        FOR back IN 0 .. month - low / span BY 2 LOOP
            -- Hits that come so slowly are few in all.
            IF month - low / span >= far AND (
                back = 2 AND got < wanted / 8 OR back = 6 AND wanted < 500 OR back = far
            ) THEN
                RETURN QUERY SELECT key, document FROM articles_search
                    WHERE document @@ rare AND (are_rare OR ts_match_vq(document, words))
                    AND key + 0 BETWEEN low AND high LIMIT gathered;
                GET DIAGNOSTICS step = ROW_COUNT;
                IF step < gathered THEN RETURN; END IF;
            END IF;
            RETURN QUERY SELECT key, document FROM articles_search
                WHERE document @@ (rare && (
                    format('%L | %L', '/m' || month - back, '/m' || month - back - 1)::tsquery))
                AND (are_rare OR ts_match_vq(document, words)) AND key + 0 BETWEEN low AND high;
            GET DIAGNOSTICS step = ROW_COUNT;
            got := got + step;
            IF got >= wanted THEN RETURN; END IF;
        END LOOP;
    END $$""",
    """DO $$ BEGIN
        ALTER FUNCTION articles_search_newest SET effective_io_concurrency = 32;
    EXCEPTION WHEN invalid_parameter_value THEN NULL;
    END $$""",
    r"""CREATE OR REPLACE FUNCTION articles_search_words(given text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN regexp_replace(
        normalize(regexp_replace(given, '[!-/:-@[-`{-~’]', ' ', 'g'), NFKD), '[\u0300-\u036f]', '', 'g')""",
]


def create(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]
    operations = [migrations.RunPython(create)]

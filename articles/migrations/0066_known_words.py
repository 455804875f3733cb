"""On PostgreSQL the words of the search index are known, so that a search for none of them ends at once.

Articles that come together enter the index by one statement, which is also what lets their words be noted
together.
"""

from importlib import import_module

from django.db import migrations

# Words are noted where the index is written, in their order, so that two writers cannot wait for each other.
# None is ever taken out: one that no article has any more costs what it cost before.
KNOW = [
    'CREATE TABLE articles_search_lexemes (lexeme text COLLATE "C" PRIMARY KEY)',
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
    "CREATE OR REPLACE FUNCTION articles_search_clear() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN TRUNCATE articles_search, articles_search_lexemes; RETURN NULL; END $$",
    """CREATE FUNCTION articles_search_enter() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO articles_search(key, document) SELECT
            articles_search_key(published_at, id),
            articles_search_document(title, excerpt, provider_name, provider_id)
                || articles_search_month(articles_search_key(published_at, id))
            FROM fresh WHERE is_published AND NOT is_removed;
        RETURN NULL;
    END $$""",
    "DROP TRIGGER articles_search_insert ON articles_article",
    """CREATE TRIGGER articles_search_insert AFTER INSERT ON articles_article
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION articles_search_enter()""",
]
FORGET = [
    "DROP TRIGGER articles_search_insert ON articles_article",
    "DROP FUNCTION articles_search_enter()",
    """CREATE TRIGGER articles_search_insert AFTER INSERT ON articles_article FOR EACH ROW
    WHEN (NEW.is_published AND NOT NEW.is_removed) EXECUTE FUNCTION articles_search_keep()""",
    "CREATE OR REPLACE FUNCTION articles_search_clear() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN TRUNCATE articles_search; RETURN NULL; END $$",
    "DROP TRIGGER articles_search_learn ON articles_search",
    "DROP FUNCTION articles_search_learn()",
    "DROP TABLE articles_search_lexemes",
]

# As in 0063, where the reasons for its ways are given, but that it takes texts: a word that is not known ends
# the search. All terms are looked for in the newest rows by one statement; for ten of them and a provider.
NEWEST = """CREATE FUNCTION articles_search_newest(
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
        SELECT ARRAY[%s] INTO shares FROM (
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
                    format('%%L | %%L', '/m' || month - back, '/m' || month - back - 1)::tsquery))
                AND (are_rare OR ts_match_vq(document, words)) AND key + 0 BETWEEN low AND high;
            GET DIAGNOSTICS step = ROW_COUNT;
            got := got + step;
            IF got >= wanted THEN RETURN; END IF;
        END LOOP;
    END $$""" % ", ".join(f"count(*) FILTER (WHERE document @@ terms[{n}])" for n in range(1, 12))
# Hits to be ranked stand on as many pages; asked for ahead, pages that are not in memory come three times as
# fast. Not every system can ask ahead, and there PostgreSQL refuses the setting.
AHEAD = """DO $$ BEGIN
        ALTER FUNCTION articles_search_newest SET effective_io_concurrency = 32;
    EXCEPTION WHEN invalid_parameter_value THEN NULL;
    END $$"""
OLD = "DROP FUNCTION articles_search_newest"


def _run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def make(apps, schema_editor):
    _run(schema_editor, [*KNOW, OLD, NEWEST, AHEAD])


def unmake(apps, schema_editor):
    before = import_module("articles.migrations.0063_newest_hits").NEWEST
    _run(schema_editor, [*FORGET, OLD, before])


class Migration(migrations.Migration):
    dependencies = [("articles", "0065_drawn_copies")]
    operations = [migrations.RunPython(make, unmake)]

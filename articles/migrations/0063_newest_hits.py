"""On PostgreSQL a function finds the newest hits of any words, whatever the planner expects of them."""

from django.db import migrations

# It returns the newest hits between two keys, as many as wanted if there are so many, in any order, perhaps
# with older ones and some twice. No one way to them is quick for every word. The newest rows tell which terms
# are common; where all are, they are walked back. Else the rarer terms are looked up with two months, which
# are words of the index themselves. Where these gave little, all hits are read; where that would be too many,
# older months are looked up, two by two. Common terms are left to the rows found: in the index they would be
# sought once for each hit of the others. Nothing rests on the planner's statistics, which know the commonest
# thousand words and take all others for alike.
#
# The plans are made once a session, without the words. `key + 0` hides the index of keys from them (a plan
# that walks it back finds a rare word among a million rows in a second), ts_match_vq is @@ without an index.
# They look dear from ten million rows on, but what they find is little: no compiling, no second process.
NEWEST = """CREATE FUNCTION articles_search_newest(
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
    END $$"""


# New articles wait in a list beside the index, which every search reads: 3 ms for 1,500 of them. Analysing
# the table empties it; by default that happens after a tenth of all articles has changed.
SOON = """ALTER TABLE articles_search
    SET (autovacuum_analyze_threshold = 100, autovacuum_analyze_scale_factor = 0)"""


def _run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def make(apps, schema_editor):
    _run(schema_editor, [NEWEST, SOON])


def unmake(apps, schema_editor):
    back = "ALTER TABLE articles_search RESET (autovacuum_analyze_threshold, autovacuum_analyze_scale_factor)"
    _run(schema_editor, [back, "DROP FUNCTION articles_search_newest"])


class Migration(migrations.Migration):
    dependencies = [("articles", "0062_search_months")]
    operations = [migrations.RunPython(make, unmake)]

"""Shared by the tests of clustering: articles by hours, clusters as sets of keys."""

from articles.stories.clusters import ArticleFacts
from articles.stories.similarity import DAY, HOUR
from benchmarks.stories import cluster_articles

NOON = 19_480 * DAY + 12 * HOUR  # a day in 2023


def article(key, title, excerpt="", hours=0.0, provider=None, **more):
    """Return an article so many hours after NOON; providers differ unless given."""
    moment = NOON + int(hours * HOUR)
    return ArticleFacts(key, title, excerpt, moment, provider or f"paper-{key}.example", **more)


def by_time(articles):
    return sorted(articles, key=lambda article: (article.published_at, article.key))


def memberships_of(articles, **options):
    """Return the membership of each article, by key."""
    clusters = cluster_articles(by_time(articles), **options)
    return {membership.key: membership for cluster in clusters for membership in cluster}


def clusters_of(articles, **options):
    """Return the clusters as a set of sets of keys."""
    clusters = cluster_articles(by_time(articles), **options)
    return {frozenset(membership.key for membership in cluster) for cluster in clusters}


def together(articles, *keys, **options):
    return any(cluster.issuperset(keys) for cluster in clusters_of(articles, **options))

"""Which articles report one event, and the lead, heat and rank of each story.

The stages: `grouping` takes the days whose articles have changed; `reclustering` finds the days that this can
reach; `clustering` puts the articles of those days into `clusters`, by their `similarity`; `assignment` turns
clusters and editors' decisions into stories; `aggregates` computes what a story shows, with `ranking`.
"""

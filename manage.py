#!/usr/bin/env python3
"""Run a management command of the news aggregator."""

import gc
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aggregator.settings")
    gc.disable()  # until the apps are ready: modules are no garbage, and looking for some takes long
    gc.set_threshold(50_000, 20, 50)

    if sys.argv[1:2] == ["import_articles"]:
        from articles import early

        early.start()
        from aggregator.settings import DATABASES  # which takes as long as a process to start

        early.begin(sys.argv[2:], DATABASES["default"])

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    gc.freeze()  # nor is anything at the end, which all goes at once

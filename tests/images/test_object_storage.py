"""Pictures in an S3-compatible store: the whole pipeline against a server that speaks S3."""

import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest
from django.core.files.storage import default_storage, storages

from articles.images import storage as pruning
from articles.images.storage import prune_images
from tests.pictures import add_image, jpeg


@pytest.fixture(scope="module")
def server():
    # Not when tests are collected: to import these takes half a second, and only one worker needs them.
    pytest.importorskip("boto3", reason="no boto3: pip install -r requirements-s3.txt")
    pytest.importorskip("storages", reason="no django-storages: pip install -r requirements-s3.txt")
    if find_spec("moto") is None:
        pytest.skip("no S3 server: pip install -r requirements-dev.txt")
    program = "from moto.server import main; main(['-H', '127.0.0.1', '-p', '0'])"
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:[0-9]+", line):
                yield found[0]
                break
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture
def bucket(server, settings, monkeypatch):
    import boto3

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tide")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "table")
    client = boto3.client("s3", endpoint_url=server, region_name="us-east-1")
    name = f"pictures-{time.monotonic_ns()}"
    client.create_bucket(Bucket=name)
    options = {"bucket_name": name, "endpoint_url": server, "region_name": "us-east-1", "location": "news"}
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    yield lambda: [entry["Key"] for entry in client.list_objects_v2(Bucket=name).get("Contents", [])]
    client.close()


@pytest.mark.django_db
def test_pictures_are_kept_served_and_pruned_in_an_object_store(bucket, client, monkeypatch):
    assert type(storages["default"]).__name__ == "S3Storage"
    assert prune_images().files == 0
    assert not default_storage.exists("00/nothing.webp")
    image = add_image(data=jpeg())
    names = [file.name for file in image.renditions.all()]
    assert sorted(bucket()) == sorted(f"news/{name}" for name in set(names))
    for file in image.renditions.all():
        answer = client.get(file.url)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/webp"
        assert answer["Content-Length"] == str(file.size)
        assert len(b"".join(answer.streaming_content)) == file.size
    assert client.get("/media/00/00000000000000000000000000000000.webp").status_code == 404
    image.delete()
    assert prune_images().files == 0  # still young
    monkeypatch.setattr(pruning, "GRACE", -pruning.GRACE)
    assert prune_images().files == len(set(names))
    assert bucket() == []

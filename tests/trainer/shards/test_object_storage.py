"""Shards in a bucket: S3's own protocol over HTTP, spoken by a server on this machine."""

from pathlib import Path

import numpy as np
import pytest

from realtime.troubles.errors import UserError
from tests.support.tiny_music import write_tiny_shards
from tests.trainer.finetuning.test_train import train
from tests.trainer.pretraining.test_pretrain import losses, pretrain
from trainer.commands.data import main as data
from trainer.runs.checkpoints import read_weights
from trainer.shards.shards import Shards

NEEDS = "pip install -e '.[train,s3,stream]' --group storage-tests"
pytest.importorskip("s3fs", reason=NEEDS)
moto_server = pytest.importorskip("moto.server", reason=NEEDS)
pytest.importorskip("webdataset", reason=NEEDS)
boto3 = pytest.importorskip("boto3", reason=NEEDS)
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> Path:
    return write_tiny_shards(tmp_path_factory.mktemp("here") / "shards", clips=4)


@pytest.fixture(scope="module")
def bucket(here):
    """URL of a bucket's folder that holds the same files as `here`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
        server.start()
        address, port = server.get_host_and_port()
        patch.setenv("AWS_ENDPOINT_URL", f"http://{address}:{port}")
        client = boto3.client("s3")
        client.create_bucket(Bucket="music")
        for path in here.iterdir():
            client.upload_file(str(path), "music", f"sets/tiny/{path.name}")
        yield "s3://music/sets/tiny"
        server.stop()


@pytest.fixture(scope="module")
def packed(here, bucket):
    """URL of the same set as tar files, packed by the command straight into the bucket."""
    url = f"{bucket}-packed"
    assert data(["pack", str(here), "--out", url, "--tar-mb=0.33"]) == 0
    return url


@pytest.fixture(params=["bucket", "packed"])
def there(request):
    return request.getfixturevalue(request.param)


def test_a_bucket_holds_what_the_folder_holds(here, there):
    ours, theirs = Shards(here), Shards(there)
    assert theirs.digest() == ours.digest()
    assert [clip.id for clip in theirs.clips] == [clip.id for clip in ours.clips]
    for i in range(len(ours)):
        assert np.array_equal(theirs.notes(i), ours.notes(i))
        assert np.array_equal(theirs.window(i, 1000, 3000), ours.window(i, 1000, 3000))
        assert len(theirs.window(i, 1000, 0)) == 0


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_on_a_bucket_has_the_losses_of_one_on_the_folder(here, there, tmp_path, workers):
    words = ["--steps=4", f"--machine.workers={workers}"]
    assert pretrain(here, tmp_path / "here", *words) == 0
    assert pretrain(there, tmp_path / "there", *words) == 0
    assert (
        losses(tmp_path / "here") == losses(tmp_path / "there")
        and len(losses(tmp_path / "here")) == 4
    )


def test_training_with_labels_from_a_bucket_ends_with_the_same_weights(here, there, tmp_path):
    runs = [tmp_path / name for name in ("here", "there")]
    for source, run in zip((here, there), runs, strict=True):
        assert train(source, run, "--steps=3", "--machine.workers=2") == 0
    ours, theirs = (read_weights(run / "last.safetensors")[1] for run in runs)
    assert all(value.equal(theirs[name]) for name, value in ours.items()) and len(ours) > 10


def test_what_is_not_there_is_named(bucket):
    with pytest.raises(UserError, match="s3://music/sets/other"):
        Shards("s3://music/sets/other")
    with pytest.raises(UserError, match="s3://nowhere"):
        Shards("s3://nowhere/shards")

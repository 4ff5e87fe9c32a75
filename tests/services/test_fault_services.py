"""Workers, beats, Redis and PostgreSQL that die in the middle of a crawl, as real processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis

from lineage_site.embedded import service_programs
from tests.aws.syncing import REGION, training
from tests.services.conftest import KEY, any_free_port, eventually, migrate

WATCHED = ("pipeline-000", "pipeline-049", "pipeline-050", "pipeline-109")
ROLE = "arn:aws:iam::123456789012:role/pipelines"
CELERY = ("-m", "celery", "--quiet", "-A", "lineage_site")
CHANGED = json.dumps({"Version": "2020-12-01", "Steps": [training("Changed")]})
ASK = "from inventory.tasks import enqueue; from inventory.sync.scope import Scope; enqueue(Scope(), trigger='api')"
SECONDS = """
INSERT INTO django_celery_beat_intervalschedule (every, period) VALUES (1, 'seconds');
UPDATE django_celery_beat_periodictask SET enabled = false;
UPDATE django_celery_beat_periodictask SET enabled = true, expire_seconds = NULL,
    interval_id = (SELECT max(id) FROM django_celery_beat_intervalschedule) WHERE name = '{}';
"""
DESCRIBED = "SELECT count(*) FROM inventory_pipeline WHERE definition_id IS NOT NULL"
NEWEST = "SELECT count(*) FROM inventory_pipeline WHERE definition_id = (SELECT max(id) FROM inventory_definition)"
MISSING = "SELECT count(*) FROM inventory_pipeline WHERE missing_since IS NOT NULL"
LATER = "UPDATE inventory_sync SET dispatched_at = dispatched_at - interval '6 minutes'"


class Service:
    """The service's processes, on a database, a Redis and a demo AWS of their own."""

    def __init__(self, start, fetch, database: str) -> None:
        self._start = start
        self._fetch = fetch
        self._port = any_free_port()
        self._workers = 0
        self.database = database

    def ask(self) -> None:
        """Ask for a sync of everything; in the background, as whatever is started here."""
        self._start("manage.py", "shell", "--verbosity=0", "-c", ASK)

    def web(self):
        return self._start(*service_programs("127.0.0.1", self._port)[0].command[1:])

    def worker(self):
        """One process: what kills it kills all of it."""
        self._workers += 1
        return self._start(*CELERY, "worker", "--pool=solo", f"--hostname=worker-{self._workers}@test")

    def beat(self, task: str = "dispatch what was lost"):
        """Sends one task, each second."""
        with psycopg.connect(self.database) as connection:
            for statement in SECONDS.format(task).strip().split(";\n"):
                connection.execute(statement)
        return self._start(*CELERY, "beat", "--pidfile=", "--loglevel=INFO")

    def lineage(self, name: str):
        url = f"http://127.0.0.1:{self._port}/lineage?pipeline={name}&region={REGION}&includeLatestExec=true"
        status, body = self._fetch(url)
        return status, json.loads(body) if body else {}

    def one(self, query: str):
        """The first row; None while the database does not answer."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchone()

    def syncs(self):
        return self.one("SELECT count(*), min(state), max(state) FROM inventory_sync")

    def parts(self):
        """How many, how often they were taken, how they ended."""
        return self.one("SELECT count(*), max(attempts), min(outcome), max(outcome) FROM inventory_syncpart")

    def runs(self) -> bool:
        return self.one("SELECT state FROM inventory_syncpart ORDER BY id DESC LIMIT 1") == ("running",)

    def is_over(self) -> bool:
        state = self.one("SELECT state FROM inventory_sync ORDER BY id DESC LIMIT 1")
        return state is not None and state[0] not in ("queued", "running")


@pytest.fixture
def make_service(environment, own_redis, demo_aws, start, fetch) -> Iterator[Callable[[str], Service]]:
    started = []

    def start_one(*arguments):
        started.append(start(*arguments))
        return started[-1]

    def make(database: str) -> Service:
        environment.update(
            DATABASE_URL=database,
            REDIS_URL=own_redis.url,
            DJANGO_SECRET_KEY=KEY,
            API_ANONYMOUS_READ="true",
            SYNC_REGIONS=REGION,
            SYNC_LEASE_SECONDS="5",
            AWS_CALLS_PER_SECOND="1000",
            AWS_ENDPOINT_URL=demo_aws.url,
            AWS_ACCESS_KEY_ID="testing",
            AWS_SECRET_ACCESS_KEY="testing",
        )
        return Service(start_one, fetch, database)

    yield make
    for running in started:
        running.kill()


@pytest.fixture
def service(own_database, make_service) -> Service:
    return make_service(own_database)


@pytest.fixture
def create_pipelines(demo_aws) -> Callable[[int], list[str]]:
    """So many, each of which ran once; their names."""

    def create(count: int) -> list[str]:
        sagemaker = demo_aws.client("sagemaker")
        names = [f"pipeline-{number:03d}" for number in range(count)]
        definition = json.dumps({"Version": "2020-12-01", "Steps": [training()]})
        for name in names:
            sagemaker.create_pipeline(
                PipelineName=name, PipelineDefinition=definition, RoleArn=ROLE, ClientRequestToken=name.ljust(32, "-")
            )
            demo_aws.run(name)
        demo_aws.calls.clear()
        return names

    return create


@pytest.fixture
def half_written(service) -> Iterator[list[str]]:
    """Readers look all the time; what they see of a pipeline is whole, or nothing."""
    seen: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            for name in WATCHED:
                status, document = service.lineage(name)
                if status == 200 and not is_whole(document):
                    seen.append(f"{name}: {document}")

    reader = threading.Thread(target=look)
    reader.start()
    yield seen
    over.set()
    reader.join()


def is_whole(document) -> bool:
    return [(node["run"] or {}).get("status") for node in document["graph"]["nodes"]] == ["Succeeded"]


def test_a_killed_worker_s_part_is_taken_over_and_what_was_stored_is_not_read_again(
    service, demo_aws, create_pipelines, half_written
):
    names = create_pipelines(110)
    oldest = names[0]  # listed at the end, and so read in the third batch
    demo_aws.faults.add("Hang", action="DescribePipeline", resource=oldest, seconds=600)
    service.web()
    first = service.worker()
    service.beat()
    service.ask()
    stored, in_flight = 10, 100  # the first batch; the second is read whole, the third waits for its last pipeline
    eventually(lambda: service.one(DESCRIBED) == (stored,))
    eventually(lambda: demo_aws.calls.count(action="DescribePipeline") == stored + in_flight)
    eventually(lambda: demo_aws.calls.count(action="DescribeTrainingJob") == stored + in_flight // 2)
    first.process.kill()
    first.process.wait()
    answers = [service.lineage(name) for name in names]
    assert [is_whole(document) for status, document in answers if status == 200] == [True] * stored

    demo_aws.faults.clear()
    demo_aws.calls.clear()
    service.worker()
    eventually(service.is_over)

    assert service.syncs() == (1, "succeeded", "succeeded")
    assert service.parts() == (1, 2, "ok", "ok")
    assert service.one(DESCRIBED) == (stored + in_flight,)
    assert service.one(MISSING) == (0,)
    assert half_written == []
    assert all(is_whole(service.lineage(name)[1]) for name in names)
    for action in ("DescribePipeline", "ListPipelineExecutionSteps", "DescribeTrainingJob"):
        assert demo_aws.calls.count(action=action) == in_flight


def test_two_beats_at_once_ask_for_one_sync_whose_part_runs_once(service, demo_aws, create_pipelines):
    create_pipelines(1)
    beats = [service.beat("sync of every region"), service.beat("sync of every region")]
    for beat in beats:
        beat.wait_for("Sending due task sync of every region")
    for beat in beats:
        beat.process.kill()
    service.worker()
    eventually(service.is_over)

    assert service.syncs() == (1, "succeeded", "succeeded")
    assert service.parts() == (1, 1, "ok", "ok")
    assert demo_aws.calls.count(action="ListPipelines") == 1


def test_a_sync_that_an_emptied_redis_forgot_is_dispatched_again(service, own_redis, create_pipelines):
    create_pipelines(1)
    service.ask()
    with redis.Redis.from_url(own_redis.url) as client:
        eventually(lambda: client.llen("celery") == 1)
    own_redis.restart()
    service.worker()
    service.beat()
    with psycopg.connect(service.database) as connection:
        connection.execute(LATER)
    eventually(service.is_over)

    assert service.syncs() == (1, "succeeded", "succeeded")
    assert service.parts() == (1, 1, "ok", "ok")


def test_a_worker_goes_on_when_redis_comes_back(service, own_redis, create_pipelines):
    create_pipelines(1)
    worker = service.worker()
    eventually(lambda: service.one("SELECT count(*) FROM inventory_workerheartbeat") == (1,))
    own_redis.restart()
    service.ask()
    eventually(service.is_over)

    assert service.parts() == (1, 1, "ok", "ok")
    assert worker.process.poll() is None


def test_a_crawl_goes_on_while_redis_restarts(service, own_redis, demo_aws, create_pipelines):
    create_pipelines(110)
    for action in ("DescribePipeline", "DescribeTrainingJob"):
        demo_aws.faults.add("Hang", action=action, seconds=1)
    worker = service.worker()
    service.ask()
    eventually(lambda: service.one(DESCRIBED) == (10,))
    own_redis.stop()
    worker.wait_for("The shared rate of calls is lost")
    before = sum(demo_aws.calls.by_action().values())
    eventually(lambda: sum(demo_aws.calls.by_action().values()) > before + 20)
    own_redis.start()
    eventually(service.is_over)

    assert service.syncs() == (1, "succeeded", "succeeded")
    assert service.parts() == (1, 1, "ok", "ok")
    assert (service.one(DESCRIBED), service.one(MISSING)) == ((110,), (0,))
    assert demo_aws.calls.count(action="DescribePipeline") == 110
    assert worker.process.poll() is None


class Cluster:
    """A PostgreSQL server of its own; root may not run one, so then it runs as postgres."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._user = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") if os.getuid() == 0 else ()
        self.port = any_free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        folder.mkdir()
        if self._user:
            shutil.chown(folder, "postgres", "postgres")
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run("pg_ctl", "--wait", f"--options={options}", f"--log={self._folder / 'log'}", "start")

    def stop(self) -> None:
        """As if it crashed."""
        self._run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = (*self._user, str(self._programs / program), f"--pgdata={self._folder}", *arguments)
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        assert not os.environ.get("CI"), "CI must have PostgreSQL's programs"
        pytest.skip("PostgreSQL's programs are not installed")
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    folder.chmod(0o755)
    server = Cluster(found[-1].parent, folder / "data")
    yield server
    server.stop()
    shutil.rmtree(folder)


def test_a_sync_that_postgresql_interrupted_is_taken_up_when_it_comes_back(
    cluster, make_service, demo_aws, create_pipelines
):
    migrate(cluster.url)
    service = make_service(cluster.url)
    names = create_pipelines(3)
    running = [service.web(), service.worker(), service.beat()]
    service.ask()
    eventually(service.is_over)
    for name in names:
        demo_aws.client("sagemaker").update_pipeline(PipelineName=name, PipelineDefinition=CHANGED)
    demo_aws.calls.clear()
    demo_aws.faults.add("Hang", action="DescribePipeline", seconds=3, times=1)
    service.ask()
    eventually(lambda: demo_aws.calls.count(action="DescribePipeline"))
    cluster.stop()
    eventually(lambda: service.lineage(names[0])[0] >= 500)
    cluster.start()
    eventually(lambda: [service.lineage(name)[0] for name in names] == [200] * 3)
    assert service.one(MISSING) == (0,)
    eventually(service.is_over)

    assert service.syncs() == (2, "succeeded", "succeeded")
    assert service.parts() == (2, 2, "ok", "ok")
    assert service.one(MISSING) == (0,)
    assert service.one(NEWEST) == (3,)
    assert service.one("SELECT count(*) FROM inventory_pipeline WHERE problem <> ''") == (0,)
    assert [service.lineage(name)[0] for name in names] == [200] * 3
    assert [process.process.poll() for process in running] == [None] * 3

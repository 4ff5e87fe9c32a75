"""docker-compose.yml: parses, starts what the service needs, opens nothing beyond loopback, holds no secret."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from demo.estate import DENIED_REGION, REGIONS

PROJECT = Path(__file__).parent.parent
TEXT = (PROJECT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(TEXT)["services"]
OWN = {name: service for name, service in SERVICES.items() if "build" in service}
SETTINGS = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (PROJECT / "lineage_site/settings.py").read_text()))


def test_every_process_of_the_service_is_there():
    assert {"web", "worker", "beat", "migrate", "postgres", "redis"} <= set(SERVICES)


def test_only_the_demo_is_behind_a_profile():
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {"demo-aws", "demo-estate"}


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_open_on_loopback_alone(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_depended_on_exists_and_can_be_waited_for(name):
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        waits_for_health = how["condition"] == "service_healthy"
        assert not waits_for_health or "test" in SERVICES[needed]["healthcheck"]


@pytest.mark.parametrize("name", OWN)
def test_own_containers_cannot_gain_rights_or_write(name):
    assert OWN[name]["read_only"]
    assert OWN[name]["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", OWN)
def test_only_settings_that_exist_are_passed(name):
    passed = {key for key in OWN[name]["environment"] if not key.startswith("AWS_")}
    assert passed <= SETTINGS


@pytest.mark.parametrize("name", ["DJANGO_SECRET_KEY", "POSTGRES_PASSWORD"])
def test_secrets_come_from_the_environment_or_nothing_starts(name):
    for service in SERVICES.values():
        value = service.get("environment", {}).get(name)
        assert value is None or value.startswith(f"${{{name}:?")


def test_the_demo_syncs_the_regions_of_its_estate():
    regions = ",".join((*REGIONS, DENIED_REGION))
    assert f"SYNC_REGIONS={regions}\n" in (PROJECT / "demo/compose.env").read_text()


def test_images_are_built_from_stages_that_exist():
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", (PROJECT / "Dockerfile").read_text(), re.MULTILINE))
    assert {service["build"]["target"] for service in OWN.values()} <= stages


def test_the_image_does_not_run_as_root():
    assert "\nUSER lineage\n" in (PROJECT / "Dockerfile").read_text()


def test_docker_compose_accepts_it():
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed")
    command = [docker, "compose", "--env-file", "demo/compose.env", "--profile", "demo", "config", "--quiet"]
    subprocess.run(command, check=True, cwd=PROJECT)

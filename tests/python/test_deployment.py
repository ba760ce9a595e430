"""The files in `deploy/`: parsed by the programs they are for, and speaking of what there is.

They prove the files. No image is built and no container runs here.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from support import PROGRAMS

from warehouse import cli, environment

DEPLOY = environment.ROOT / "deploy"
SYSTEMD = [path for path in sorted((DEPLOY / "systemd").rglob("*")) if path.is_file()]
OVERLAYS = ("base", "production")
OURS = re.compile(r"(.*/)?retail-warehouse(-dashboards)?:")


def check(*line: str | Path, **environ: str) -> str:
    """Run a parser, which must find nothing, and return what it prints."""
    done = subprocess.run(
        [str(part) for part in line],
        capture_output=True,
        text=True,
        env={**os.environ, **environ},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compose() -> dict[str, Any]:
    """The compose project as Docker would read it."""
    text = check(PROGRAMS / "docker-compose", "--file", DEPLOY / "compose.yaml", "config")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def kubernetes(overlay: str) -> list[dict[str, Any]]:
    """The resources that an overlay makes."""
    rendered = check(PROGRAMS / "kubectl", "kustomize", DEPLOY / "kubernetes" / overlay)
    return list(yaml.safe_load_all(rendered))


def containers(overlay: str) -> Iterator[dict[str, Any]]:
    for resource in kubernetes(overlay):
        if resource["kind"] == "StatefulSet":
            yield from resource["spec"]["template"]["spec"]["containers"]


def dockerfile(instruction: str) -> str:
    """What stands behind the last instruction of a kind, in one line."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    found: str = re.findall(rf"^{instruction} (.*)", text, re.MULTILINE)[-1]
    return found


def test_the_dockerfile_has_no_faults() -> None:
    check(PROGRAMS / "hadolint", DEPLOY / "Dockerfile")
    assert dockerfile("USER") == "10001:10001"
    assert dockerfile("HEALTHCHECK")


def test_what_the_image_leaves_out_is_what_the_requirements_have() -> None:
    pinned = (environment.ROOT / "requirements" / "requirements.txt").read_text("utf-8")
    names = set(re.findall(r"^([a-z0-9-]+)==", pinned, re.MULTILINE))
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    [left_out] = re.findall(r"uninstall --yes (.*)", text)
    assert set(left_out.split()) <= names


def test_every_service_is_watched_limited_and_restarted() -> None:
    project = compose()
    for name, service in project["services"].items():
        tag = service["image"].rpartition(":")[2]
        assert re.match(r"v?\d+\.\d", tag), f"{name}: {service['image']} is not pinned"
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        assert service["restart"] == "unless-stopped", name
        # That of the image is of the orchestrator, which is its command.
        assert "healthcheck" in service or name == "orchestrator", name
        given = {f"/run/secrets/{secret['source']}" for secret in service.get("secrets", [])}
        asked = {
            value
            for variable, value in service.get("environment", {}).items()
            if variable.endswith("_FILE")
        }
        assert asked <= given, name
        for port in service.get("ports", []):
            assert port["host_ip"] == "127.0.0.1", name
    for secret in project["secrets"].values():
        # Git keeps none of them.
        check("git", "-C", environment.ROOT, "check-ignore", secret["file"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubernetes_takes_every_resource(overlay: str, tmp_path: Path) -> None:
    rendered = tmp_path / "rendered.yaml"
    rendered.write_text(yaml.safe_dump_all(kubernetes(overlay)), "utf-8")
    check(PROGRAMS / "kubernetes-validate", "--strict", rendered)
    for container in containers(overlay):
        assert container["livenessProbe"], container["name"]
        assert container["resources"]["limits"]["memory"], container["name"]
        assert re.search(r":v?\d+\.\d", container["image"]), container["image"]


def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    units = tmp_path / "units"
    shutil.copytree(DEPLOY / "systemd", units)
    for unit in units.glob("*.service"):
        text = unit.read_text("utf-8")
        unit.write_text(text.replace("/opt/warehouse", str(environment.ROOT)), "utf-8")
    # What it has no name for it says, and exits with 0.
    done = subprocess.run(
        [
            "systemd-analyze",
            "verify",
            "--man=no",
            *sorted(units.glob("*.*er")),
            *units.glob("*.service"),
        ],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line for line in done.stderr.splitlines() if str(units) in line]
    assert (done.returncode, found) == (0, [])
    for timer in units.glob("*.timer"):
        [time] = re.findall(r"^OnCalendar=(.*)", timer.read_text("utf-8"), re.MULTILINE)
        check("systemd-analyze", "calendar", time)


def test_prometheus_takes_its_configurations() -> None:
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed (Debian: prometheus)")
    check("promtool", "check", "config", "--syntax-only", DEPLOY / "compose" / "prometheus.yml")
    check("promtool", "check", "config", DEPLOY / "prometheus" / "prometheus.yml")


def variables() -> Iterator[tuple[str, str]]:
    """Each variable that a file gives to the warehouse's programs, and the file."""
    for name in re.findall(r"(\w+)=", dockerfile("ENV")):
        yield name, "Dockerfile"
    for service in compose()["services"].values():
        if OURS.match(service["image"]):
            yield from ((name, "compose.yaml") for name in service["environment"])
    for overlay in OVERLAYS:
        for resource in kubernetes(overlay):
            if resource["kind"] == "ConfigMap":
                yield from ((name, overlay) for name in resource["data"])
        for container in containers(overlay):
            if OURS.match(container["image"]):
                yield from ((entry["name"], overlay) for entry in container.get("env", []))
    for unit in SYSTEMD:
        for line in re.findall(r"^Environment=(.*)", unit.read_text("utf-8"), re.MULTILINE):
            yield from ((name, unit.name) for name in re.findall(r"(\w+)=", line))


def test_every_variable_is_one_that_the_project_knows() -> None:
    example = (environment.ROOT / ".env.example").read_text("utf-8")
    known = set(re.findall(r"^#?(\w+)=", example, re.MULTILINE))
    known |= {f"{name}_FILE" for name in environment.SECRETS} | {"PATH"}
    found = list(variables())
    assert len({place for _, place in found}) == 5
    assert [(name, place) for name, place in found if name not in known] == []


def command_lines() -> Iterator[list[str]]:
    yield yaml.safe_load(dockerfile("CMD"))
    for service in compose()["services"].values():
        if OURS.match(service["image"]) and service.get("command"):
            yield service["command"]
    for overlay in OVERLAYS:
        for container in containers(overlay):
            if OURS.match(container["image"]):
                yield container["args"]
    for unit in SYSTEMD:
        for line in re.findall(r"^Exec\w+=(.*)", unit.read_text("utf-8"), re.MULTILINE):
            yield shlex.split(line)


def test_every_command_line_is_one_that_the_project_takes() -> None:
    lines = list(command_lines())
    assert len(lines) >= 10
    for program, name, *arguments in lines:
        assert program in ("warehouse", "/opt/warehouse/.venv/bin/warehouse")
        command = cli.warehouse.get_command(click.Context(cli.warehouse), name)
        assert command, name
        command.make_context(name, arguments)

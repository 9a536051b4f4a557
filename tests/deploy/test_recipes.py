"""Containerfile, Compose file, Kubernetes manifest and systemd unit name files, commands, settings and ports that exist,
and agree with each other, the nginx example and the documents.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml
from streamlit import config

from pages.serving.settings import VARIABLES
from tests.answers import fetch
from tests.deploy.pair import EXAMPLE
from tests.server import PROJECT, free_port, running, started

CONTAINER = (EXAMPLE.parent / "Containerfile").read_text(encoding="utf-8")
ROLLOUT = (EXAMPLE.parent / "rollout").read_text(encoding="utf-8")
UNIT_FILE = EXAMPLE.parent / "henan-reforms@.service"
README = (PROJECT / "README.md").read_text(encoding="utf-8")
DEPLOY = (PROJECT / ".docs" / "deploy.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((EXAMPLE.parent / "compose.yaml").read_text(encoding="utf-8"))
CLUSTER = {
    part["kind"]: part for part in yaml.safe_load_all((EXAMPLE.parent / "kubernetes.yaml").read_text(encoding="utf-8"))
}
TRACKED = subprocess.run(
    ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
).stdout.splitlines()
RUN_LINE = next(line for line in README.splitlines() if line.endswith("streamlit run dashboard.py"))


def steps(name: str) -> list[str]:
    """The arguments of this instruction of the Dockerfile, one text per step."""
    whole = re.sub(r"\\\n\s*", "", CONTAINER)
    return re.findall(rf"^{name} +(.*)$", whole, re.MULTILINE)


def unit() -> ConfigParser:
    """The systemd unit, with its repeated Environment lines joined."""
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(UNIT_FILE.read_text(encoding="utf-8"))
    return parser


def environment(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(text))


CONTAINER_ENVIRONMENT = environment(" ".join(steps("ENV")))
UNIT_ENVIRONMENT = environment(
    " ".join(re.findall(r"^Environment=(.*)$", UNIT_FILE.read_text(encoding="utf-8"), re.MULTILINE))
)
HEALTH = json.loads(steps("HEALTHCHECK")[0].partition(" CMD ")[2])
COMPOSE_ENVIRONMENT = COMPOSE["x-server"]["environment"]
POD = CLUSTER["Deployment"]["spec"]["template"]["spec"]
(POD_SERVER,) = POD["containers"]
CLUSTER_ENVIRONMENT = {variable["name"]: variable["value"] for variable in POD_SERVER["env"]}
WANTED_EXPOSURE = 12
"""Maximum exposure of the unit, in tenths of systemd's scale; older versions judge a little differently."""


def test_what_is_copied_is_in_the_project_and_is_all_that_runs():
    copied = {source for step in steps("COPY") for source in step.split()[:-1]}
    wanted = {"requirements.txt", ".requirements.production.lock", ".streamlit", "dashboard.py", "pages", "data"}
    assert copied == wanted
    assert [
        source for source in copied if not any(name == source or name.startswith(f"{source}/") for name in TRACKED)
    ] == []
    ignored = [
        line
        for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line[:1] not in ("#", "")
    ]
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == wanted


def test_the_base_is_of_one_version():
    assert re.fullmatch(r"BASE=debian:\d+\.\d+-slim", steps("ARG")[0])
    assert steps("FROM") == ["${BASE}"]
    assert re.fullmatch(r"nginx:\d+\.\d+\.\d+-alpine", COMPOSE["services"]["nginx"]["image"])


def test_it_is_built_as_the_documents_say_in_the_format_that_keeps_the_health_check():
    building = CONTAINER.splitlines()[0].removeprefix("# ")
    assert building in DEPLOY.splitlines()
    assert "--format docker" in building


def test_it_is_installed_and_started_as_the_readme_says():
    making, installing, starting = RUN_LINE.split(" && ")
    run = " && ".join(steps("RUN"))
    installing = installing.replace(" -r .requirements.lock", " --no-cache-dir -r .requirements.production.lock")
    assert f"{making} && {installing}" in run
    assert shlex.join(json.loads(steps("CMD")[-1])) == starting
    assert unit()["Service"]["ExecStart"] == f"{unit()['Service']['WorkingDirectory']}/{starting}"
    assert unit()["Service"]["WorkingDirectory"] == f"{steps('WORKDIR')[0]}/current"


@pytest.mark.parametrize(
    "name", [*CONTAINER_ENVIRONMENT, *UNIT_ENVIRONMENT, *COMPOSE_ENVIRONMENT, *CLUSTER_ENVIRONMENT]
)
def test_a_setting_exists(name):
    streamlits = {f"STREAMLIT_{re.sub(r'(?=[A-Z])|[.]', '_', key).upper()}" for key in config.get_config_options()}
    others = {"HOME", "PYTHONDONTWRITEBYTECODE"}
    assert name in {*streamlits, *(variable.name for variable in VARIABLES.values()), *others}


def test_nobody_is_root():
    user = steps("USER")[-1]
    assert user.isdigit()
    assert f"--uid {user} " in next(step for step in steps("RUN") if step.startswith("useradd"))
    assert CONTAINER.rindex("\nUSER ") > CONTAINER.rindex("\nRUN ")
    assert unit()["Service"]["DynamicUser"] == "yes"
    assert (POD["securityContext"]["runAsNonRoot"], str(POD["securityContext"]["runAsUser"])) == (True, user)


def test_the_user_has_a_home_that_streamlit_finds():
    """Without one it does not start, and a system without libnss-systemd knows none of a dynamic user."""
    assert UNIT_ENVIRONMENT["HOME"] == steps("WORKDIR")[0]
    assert f" --home-dir {UNIT_ENVIRONMENT['HOME']} " in next(step for step in steps("RUN") if "useradd" in step)


def test_a_stop_reaches_the_server_of_a_container_at_any_time():
    """The first process gets no signal that it has no handler for, so that is another program, which passes them on."""
    (program, *options) = json.loads(steps("ENTRYPOINT")[0])
    assert (program, options) == ("tini", ["--"])
    assert program in next(step for step in steps("RUN") if "apt-get install" in step).split()


def test_the_server_may_read_what_is_copied_from_a_folder_of_its_builder_alone():
    copied = {source for step in steps("COPY") for source in step.split()[:-1]} - {".requirements.production.lock"}
    opened = re.search(r"chmod -R a\+rX ([^&]+) &&", steps("RUN")[-1])[1].split()
    assert set(opened) == copied
    assert CONTAINER.rindex("\nCOPY ") < CONTAINER.rindex("\nRUN ")


def test_nothing_is_written_but_the_cache():
    cache = CONTAINER_ENVIRONMENT["HENAN_CACHE"]
    assert steps("VOLUME") == [cache]
    for name in ("one", "two"):
        server = COMPOSE["services"][name]
        assert (server["read_only"], server["tmpfs"], server["volumes"]) == (True, ["/tmp"], [f"cache-{name}:{cache}"])
    assert POD_SERVER["securityContext"]["readOnlyRootFilesystem"] is True
    assert {mount["mountPath"] for mount in POD_SERVER["volumeMounts"]} == {cache, "/tmp"}
    assert unit()["Service"]["ProtectSystem"] == "strict"
    assert UNIT_ENVIRONMENT["HENAN_CACHE"] == f"/var/cache/{unit()['Service']['CacheDirectory']}"
    assert "--read-only --tmpfs /tmp --cap-drop all --security-opt no-new-privileges" in DEPLOY


def test_ports_and_names_agree():
    port = steps("EXPOSE")[0]
    assert CONTAINER_ENVIRONMENT["STREAMLIT_SERVER_PORT"] == port
    assert [exposed["containerPort"] for exposed in POD_SERVER["ports"]] == [int(port)]
    example = EXAMPLE.read_text(encoding="utf-8")
    enabled = next(line for line in DEPLOY.splitlines() if line.startswith("systemctl enable"))
    ports = re.findall(r"server 127\.0\.0\.1:(\d+) ", example)
    assert ports == re.findall(r"henan-reforms@(\d+)", enabled)
    assert f"${{PORTS:-{' '.join(ports)}}}" in ROLLOUT
    name = re.search(r"server_name (\S+);", example)[1]
    for variables in (UNIT_ENVIRONMENT, COMPOSE_ENVIRONMENT, CLUSTER_ENVIRONMENT):
        assert variables["HENAN_ALLOWED_HOSTS"].split() == [name, "localhost"]
    assert f"HENAN_ALLOWED_HOSTS={name} localhost" in DEPLOY
    assert {rule["host"] for rule in CLUSTER["Ingress"]["spec"]["rules"]} == {name}


def test_the_folders_of_the_rollout_are_those_of_the_unit_and_of_nginx():
    root = steps("WORKDIR")[0]
    assert f"root=${{ROOT:-{root}}}" in ROLLOUT
    assert f"alias {root}/current/.deploy/unavailable.html;" in EXAMPLE.read_text(encoding="utf-8")
    assert f"git clone REPOSITORY {root}/repository" in DEPLOY


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_the_unit_is_hardened(tmp_path):
    command = ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={WANTED_EXPOSURE}"]
    judged = subprocess.run([*command, str(UNIT_FILE)], capture_output=True, text=True, timeout=60, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    one = tmp_path / UNIT_FILE.name.replace("@", "@8501")
    one.write_text(UNIT_FILE.read_text(encoding="utf-8").replace(unit()["Service"]["ExecStart"], sys.executable))
    known = subprocess.run(
        ["systemd-analyze", "verify", str(one)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (known.returncode, known.stderr) == (0, "")


def test_the_manifest_is_what_kubernetes_expects():
    """By the schemas of its newest version that the checker brings, which refuse a misspelt field."""
    for part in CLUSTER.values():
        kubernetes_validate.validate(part, kubernetes_validate.latest_version(), strict=True)
    assert set(CLUSTER) == {"Deployment", "Service", "Ingress", "PodDisruptionBudget"}


def test_the_parts_of_the_manifest_belong_together():
    spec = CLUSTER["Deployment"]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    selectors = [spec["selector"]["matchLabels"], CLUSTER["Service"]["spec"]["selector"]]
    selectors.append(CLUSTER["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"])
    assert all(selector == labels for selector in selectors)
    (path,) = CLUSTER["Ingress"]["spec"]["rules"][0]["http"]["paths"]
    (port,) = CLUSTER["Service"]["spec"]["ports"]
    assert path["backend"]["service"] == {
        "name": CLUSTER["Service"]["metadata"]["name"],
        "port": {"name": port["name"]},
    }
    assert port["targetPort"] in [exposed["name"] for exposed in POD_SERVER["ports"]]
    assert spec["replicas"] > CLUSTER["PodDisruptionBudget"]["spec"]["minAvailable"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert {volume["name"] for volume in POD["volumes"]} == {mount["name"] for mount in POD_SERVER["volumeMounts"]}


def test_the_compose_file_belongs_together():
    services, network = COMPOSE["services"], COMPOSE["networks"]["reforms"]["ipam"]["config"][0]["subnet"]
    addresses = {name: service["networks"]["reforms"]["ipv4_address"] for name, service in services.items()}
    assert all(ip_address(address) in ip_network(network) for address in addresses.values())
    assert COMPOSE_ENVIRONMENT["FORWARDED_ALLOW_IPS"] == addresses["nginx"]
    assert services["nginx"]["depends_on"] == dict.fromkeys(("one", "two"), {"condition": "service_healthy"})
    assert {volume.partition(":")[0] for name in ("one", "two") for volume in services[name]["volumes"]} == set(
        COMPOSE["volumes"]
    )
    build = services["one"]["build"]
    assert (EXAMPLE.parent / build["context"] / build["dockerfile"]).resolve() == EXAMPLE.parent / "Containerfile"
    for mounted in services["nginx"]["volumes"]:
        assert (EXAMPLE.parent / mounted.partition(":")[0]).is_file()


def test_nginx_has_nothing_against_the_file_that_compose_makes(tmp_path):
    """Its own command, without nginx itself, in folders of this test."""
    services = COMPOSE["services"]
    making = services["nginx"]["command"][-1].rpartition(" && exec ")[0]
    folders = {
        "/var/lib/nginx": tmp_path / "lib",
        "/henan-reforms.conf": EXAMPLE,
        "/etc/nginx/conf.d/default.conf": tmp_path / "made",
    }
    for name, own in folders.items():
        assert name in making
        making = making.replace(name, shlex.quote(str(own)))
    subprocess.run(["sh", "-c", making], check=True, timeout=60)
    servers = [
        f"{services[name]['networks']['reforms']['ipv4_address']}:{steps('EXPOSE')[0]}" for name in ("one", "two")
    ]
    made = (tmp_path / "made").read_text(encoding="utf-8")
    assert re.findall(r"^    server (\S+) ", made, re.MULTILINE) == servers
    for address, standing in zip(servers, ("127.0.0.1:8501", "127.0.0.1:8502"), strict=True):
        made = made.replace(address, standing)
    assert made == EXAMPLE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("server") / "log") as address:
        yield address


def test_the_health_check_of_the_container_tells_a_server_from_none(server, tmp_path):
    def healthy(port: int, base: str) -> bool:
        variables = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_BASE_URL_PATH": base}
        command = [sys.executable, *HEALTH[1:]]
        return not subprocess.run(
            command, cwd=PROJECT, env={**os.environ, **variables}, capture_output=True, timeout=60, check=False
        ).returncode

    base = "city/reform"
    with started(tmp_path / "log", STREAMLIT_SERVER_BASE_URL_PATH=base) as (below, _):
        assert healthy(urlsplit(below).port, base)
    assert healthy(urlsplit(server).port, "")
    assert not healthy(free_port(), base)
    assert not healthy(free_port(), "")


def test_the_probes_of_the_cluster_name_a_host_that_the_server_answers_to(server):
    probes = [POD_SERVER[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert [probe["path"] for probe in probes] == ["/_stcore/health", "/_stcore/health", "/healthz"]
    for probe in probes:
        headers = {header["name"]: header["value"] for header in probe["httpHeaders"]}
        assert fetch(f"{server}{probe['path']}", **headers).status == 200
        assert fetch(f"{server}{probe['path']}", Host="10.1.2.3:8501").status == 421

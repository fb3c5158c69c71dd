"""A real server over TLS is read in pages, whatever it answers in between."""

from __future__ import annotations

import gc
import re
import ssl
import stat
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, InputError
from podspace.live.failure import KindMissingError, LiveError, UnreadError
from podspace.live.kubernetes import NODE_CLASSES, NODES, PODS, RESOURCE_TYPES
from podspace.live.kubernetes.connection import connected
from tests.kubernetes_server import TOKEN, Fault, KubernetesServer, encoded
from tests.podspace.cluster_objects import a_pod, cluster_objects

MANY = 1_234


@pytest.fixture(scope="module")
def many() -> list[bytes]:
    return encoded(a_pod(f"web-{number:05}") for number in range(MANY))


@pytest.fixture
def server(many: list[bytes]) -> Iterator[KubernetesServer]:
    """A cluster in order, with pods for three pages."""
    objects = {plural: encoded(each) for plural, each in cluster_objects().items()}
    with KubernetesServer({**objects, "pods": many}) as server:
        yield server


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that are waited, which pass at once."""
    seconds: list[float] = []
    monkeypatch.setattr("podspace.live.kubernetes.cluster_api.time.sleep", seconds.append)
    return seconds


def pods_of(kubeconfig: Path) -> list[str]:
    """The names of all pods."""
    with connected(kubeconfig=kubeconfig) as cluster:
        return [pod.name for pod in cluster.records(PODS)]


def refusal_of(kubeconfig: Path) -> Diagnostic:
    """Why pods cannot be read."""
    with pytest.raises(LiveError) as refusal:
        pods_of(kubeconfig)
    return refusal.value.diagnostic


ALL = [f"web-{number:05}" for number in range(MANY)]


def test_pods_are_read_in_pages(server: KubernetesServer, tmp_path: Path) -> None:
    """Of 500, each by the token of the one before."""
    assert pods_of(server.kubeconfig(tmp_path)) == ALL
    assert [query for _, query in server.asked] == [
        {"limit": "500"},
        {"limit": "500", "continue": "500"},
        {"limit": "500", "continue": "1000"},
    ]


def test_every_kind_is_read(server: KubernetesServer, tmp_path: Path) -> None:
    """At its path, and nothing else is asked of the server."""
    with connected(kubeconfig=server.kubeconfig(tmp_path)) as cluster:
        for kind in RESOURCE_TYPES:
            assert len(list(cluster.records(kind))) == len(server.objects[kind.plural])
    assert {path for path, _ in server.asked} == {f"/{kind.path}" for kind in RESOURCE_TYPES}
    assert cluster.name == "context test"


def test_no_page_is_read_before_it_is_wanted(server: KubernetesServer, tmp_path: Path) -> None:
    """So that one is held at a time."""
    with connected(kubeconfig=server.kubeconfig(tmp_path)) as cluster:
        pods = cluster.records(PODS)
        next(pods)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([None, Fault(status=410, token="500")], id="with a token to go on by"),
        pytest.param([None, Fault(status=410)], id="without one, so that it is read again from the beginning"),
        pytest.param([None, None, Fault(status=410), None, Fault(status=410)], id="and expires again"),
        pytest.param(
            [None, None, Fault(status=410), None, Fault(status=410, token="500")], id="the second time with one"
        ),
        pytest.param([Fault(status=410, body=b"gone")], id="in words of a proxy"),
    ],
)
def test_a_list_that_expires_is_read_to_its_end(server: KubernetesServer, tmp_path: Path, faults: list[Any]) -> None:
    """Every pod once."""
    server.fail("pods", *faults)
    assert pods_of(server.kubeconfig(tmp_path)) == ALL


def test_a_list_is_read_again_past_namespaces_whose_names_begin_alike(server: KubernetesServer, tmp_path: Path) -> None:
    """The server sorts by namespace and name as one text, in which `a-b/` comes before `a/`."""
    spaces = [namespace for namespace in ("a-b", "a") for _ in range(500)]
    server.objects["pods"] = encoded(a_pod(f"p{n:04}", namespace=space) for n, space in enumerate(spaces))
    server.fail("pods", None, Fault(status=410))
    assert sorted(pods_of(server.kubeconfig(tmp_path))) == [f"p{number:04}" for number in range(1000)]


@pytest.mark.parametrize("token", ["", "500"], ids=["from the beginning", "with a token"])
def test_a_list_that_expires_without_progress_is_given_up(server: KubernetesServer, tmp_path: Path, token: str) -> None:
    """A cluster that changes so fast cannot be read whole."""
    server.fail("pods", None, *[Fault(status=410, token=token)] * 9)
    assert "expired" in refusal_of(server.kubeconfig(tmp_path)).message
    assert len(server.asked) == 5


def test_a_list_that_begins_again_without_a_new_object_is_given_up(server: KubernetesServer, tmp_path: Path) -> None:
    """Pages that were read before are no progress."""
    server.fail("pods", None, *[Fault(status=410), None] * 9)
    assert "expired" in refusal_of(server.kubeconfig(tmp_path)).message


def test_a_list_that_expires_after_every_page_is_read_to_its_end(server: KubernetesServer, tmp_path: Path) -> None:
    """As each page is progress."""
    server.objects["pods"] = encoded(a_pod(f"web-{number:05}") for number in range(5_000))
    server.fail("pods", *(fault for page in range(1, 10) for fault in (None, Fault(status=410, token=str(500 * page)))))
    assert pods_of(server.kubeconfig(tmp_path)) == [f"web-{number:05}" for number in range(5_000)]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(status=429, headers={"Retry-After": "7"}), id="too many requests"),
        pytest.param(Fault(status=500), id="an error"),
        pytest.param(Fault(status=503), id="not available"),
        pytest.param(Fault(cut=50), id="a connection that breaks off"),
        pytest.param(Fault(body=b'{"items": [{"meta'), id="an answer that breaks off"),
        pytest.param(Fault(body=b"<html>"), id="a page of a proxy"),
    ],
)
def test_what_may_go_better_is_tried_again(
    server: KubernetesServer, tmp_path: Path, fault: Fault, waited: list[float]
) -> None:
    """In the midst, and three times at most, each time after a longer while."""
    server.fail("pods", None, fault, fault, fault)
    assert pods_of(server.kubeconfig(tmp_path)) == ALL
    least = int(fault.headers.get("Retry-After", "0"))
    assert all(max(least, 2**n / 2) <= seconds <= max(least, 2**n) for n, seconds in enumerate(waited))
    assert len(waited) == 3


def test_what_does_not_get_better_is_given_up(server: KubernetesServer, tmp_path: Path) -> None:
    """What was read before was given."""
    server.fail("pods", None, *[Fault(status=503, message="etcd is on holiday")] * 4)
    with connected(kubeconfig=server.kubeconfig(tmp_path)) as cluster:
        pods = cluster.records(PODS)
        assert [next(pods).name for _ in range(500)] == ALL[:500]
        with pytest.raises(UnreadError, match=r"503 Service Unavailable: .*etcd is on holiday"):
            next(pods)
        assert list(cluster.records(NODES))


def test_a_server_that_wants_a_long_wait_is_not_waited_for_at_length(
    server: KubernetesServer, tmp_path: Path, waited: list[float]
) -> None:
    """Half a minute at most."""
    server.fail("pods", Fault(status=429, headers={"Retry-After": "3600"}))
    assert pods_of(server.kubeconfig(tmp_path)) == ALL
    assert waited == [30]


def test_silence_is_not_endured_for_ever(
    server: KubernetesServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that comes in two halves, with a long time between them, is asked for again."""
    monkeypatch.setattr("podspace.live.kubernetes.connection._ANSWER", 0.4)
    server.fail("pods", None, Fault(silence=5))
    assert pods_of(server.kubeconfig(tmp_path)) == ALL
    server.fail("pods", *[Fault(silence=5)] * 4)
    assert "sent nothing more" in refusal_of(server.kubeconfig(tmp_path)).message


def test_a_forbidden_list_is_reported_with_the_missing_rule(server: KubernetesServer, tmp_path: Path) -> None:
    """Other kinds are read."""
    server.forbidden = {"pods"}
    with connected(kubeconfig=server.kubeconfig(tmp_path)) as cluster:
        with pytest.raises(UnreadError) as refusal:
            list(cluster.records(PODS))
        assert list(cluster.records(NODES))
    problem = refusal.value.diagnostic
    assert 'cannot list resource "pods"' in problem.message
    assert '{apiGroups: [""], resources: [pods], verbs: [list]}' in problem.fix


def test_a_missing_kind_is_reported(server: KubernetesServer, tmp_path: Path) -> None:
    """Without EKS Auto Mode there is no NodeClass."""
    del server.objects["nodeclasses"]
    with (
        connected(kubeconfig=server.kubeconfig(tmp_path)) as cluster,
        pytest.raises(KindMissingError, match="Auto Mode"),
    ):
        list(cluster.records(NODE_CLASSES))


def test_credentials_that_are_refused_end_it(server: KubernetesServer, tmp_path: Path) -> None:
    """Nothing can be read with them."""
    problem = refusal_of(server.kubeconfig(tmp_path, user={"token": "old"}))
    assert problem.message.startswith("401 Unauthorized: ")
    assert "access entry" in problem.fix


def test_a_server_with_another_certificate_is_not_trusted(server: KubernetesServer, tmp_path: Path) -> None:
    """It is asked nothing."""
    problem = refusal_of(server.kubeconfig(tmp_path, authority="another"))
    assert "certificate" in problem.message
    assert not server.asked


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With what may be in the way."""
    with KubernetesServer({}) as server:
        kubeconfig = server.kubeconfig(tmp_path)
    problem = refusal_of(kubeconfig)
    assert problem.subject.startswith("https://127.0.0.1:")
    assert "refused" in problem.message
    assert "endpoint" in problem.fix


def test_a_name_that_does_not_resolve_is_reported(server: KubernetesServer, tmp_path: Path) -> None:
    """As that of a cluster that was deleted."""
    kubeconfig = server.kubeconfig(tmp_path)
    kubeconfig.write_text(kubeconfig.read_text().replace("127.0.0.1", "gone.invalid"))
    assert "must have a name that resolves" in refusal_of(kubeconfig).message


def a_plugin(folder: Path, *lines: str) -> dict[str, Any]:
    """A user whose token a command prints."""
    command = folder / "get-token"
    command.write_text("\n".join([f"#!{sys.executable}", "import json, os, sys", *lines]))
    command.chmod(command.stat().st_mode | stat.S_IEXEC)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": str(command), "args": ["-x"]}}


def test_a_plug_in_returns_a_token(server: KubernetesServer, tmp_path: Path) -> None:
    """As `aws eks get-token` prints it."""
    user = a_plugin(tmp_path, f"print(json.dumps({{'status': {{'token': '{TOKEN}'}}}}))")
    assert pods_of(server.kubeconfig(tmp_path, user=user)) == ALL


def test_a_plug_in_of_version_1_is_reported(server: KubernetesServer, tmp_path: Path) -> None:
    """It may refuse to work without."""
    user = a_plugin(
        tmp_path,
        "asked = json.loads(os.environ['KUBERNETES_EXEC_INFO'])",
        "assert asked['apiVersion'] == 'client.authentication.k8s.io/v1'",
        f"print(json.dumps({{'status': {{'token': '{TOKEN}'}}}}))",
    )
    user["exec"]["apiVersion"] = "client.authentication.k8s.io/v1"
    assert pods_of(server.kubeconfig(tmp_path, user=user)) == ALL


def test_a_plug_in_that_is_not_there_is_named(server: KubernetesServer, tmp_path: Path) -> None:
    """With what to do."""
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws-that-is-not-here"}}
    problem = refusal_of(server.kubeconfig(tmp_path, user=user))
    assert "aws-that-is-not-here" in problem.message
    assert "PATH" in problem.fix


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sys.exit('the SSO session has expired')", "the SSO session has expired"),
        ("print('secret, not json')", "did not print JSON"),
        ("print('{}')", "returned no token"),
        ("print('[]')", "returned no token"),
        ("print(json.dumps({'status': {}}))", "returned no token"),
        ("print(json.dumps({'status': {'token': None}}))", "returned no token"),
        ("print(json.dumps({'status': {'token': ''}}))", "returned no token"),
        (
            "print(json.dumps({'status': {'clientCertificateData': 'x', 'clientKeyData': 'secret'}}))",
            "a client certificate",
        ),
        ("print(json.dumps({'status': {'token': 'secret' + chr(10) + 'x'}}))", "not allowed in HTTP headers"),
    ],
)
def test_a_plug_in_that_fails_is_reported(server: KubernetesServer, tmp_path: Path, line: str, says: str) -> None:
    """In its own words, where it has any, and without what may be secret; nothing is asked of the server."""
    problem = refusal_of(server.kubeconfig(tmp_path, user=a_plugin(tmp_path, line)))
    assert says in problem.message
    assert "secret" not in str(problem)
    assert not server.asked


def test_a_plug_in_is_asked_again_where_its_token_is_refused(server: KubernetesServer, tmp_path: Path) -> None:
    """As a token of EKS is valid for 15 minutes."""
    user = a_plugin(
        tmp_path,
        "open(sys.argv[0] + '.ran', 'a').write('x')",
        f"print(json.dumps({{'status': {{'token': '{TOKEN}' + chr(10)}}}}))",
    )
    server.fail("pods", None, Fault(status=401))
    assert pods_of(server.kubeconfig(tmp_path, user=user)) == ALL
    assert (tmp_path / "get-token.ran").read_text() == "xx"


@pytest.mark.parametrize(
    "url",
    [
        "https://me:hunter2@127.0.0.1:1",
        "https://me:hunter2@gone.invalid",
        "https://me:hunter2@127.0.0.1:x",
        "https://me:hunter2/x@gone.invalid",
        "https://me:hunter2@[::1",
        "ftp://me:hunter2@gone.invalid",
        "me:hunter2@gone.invalid",
        "https://gone.invalid/?password=hunter2",
    ],
)
def test_a_password_in_the_url_of_a_server_is_never_shown(server: KubernetesServer, tmp_path: Path, url: str) -> None:
    """Nor a part of it, where the URL cannot be parsed."""
    kubeconfig = server.kubeconfig(tmp_path)
    kubeconfig.write_text(re.sub(r"https://127\.0\.0\.1:[0-9]+", url, kubeconfig.read_text()))
    assert "hunter2" not in str(refusal_of(kubeconfig))


def test_a_password_is_not_shown_where_the_certificate_is_not_trusted(server: KubernetesServer, tmp_path: Path) -> None:
    kubeconfig = server.kubeconfig(tmp_path, authority="another")
    kubeconfig.write_text(kubeconfig.read_text().replace("https://", "https://me:hunter2@"))
    problem = refusal_of(kubeconfig)
    assert problem.subject.startswith("https://127.0.0.1:")
    assert "hunter2" not in str(problem)


def test_a_password_in_the_url_of_a_proxy_is_never_shown(
    server: KubernetesServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url in ("http://me:hunter2@127.0.0.1:1", "http://me:hunter2@127.0.0.1:x", "ftp://me:hunter2@127.0.0.1"):
        monkeypatch.setenv("HTTPS_PROXY", url)
        assert "hunter2" not in str(refusal_of(server.kubeconfig(tmp_path)))


def test_a_token_that_cannot_be_sent_is_not_shown(server: KubernetesServer, tmp_path: Path) -> None:
    problem = refusal_of(server.kubeconfig(tmp_path, user={"token": "hunter2\nx"}))
    assert "hunter2" not in str(problem)
    assert not server.asked


def test_an_answer_that_is_no_list_is_refused(server: KubernetesServer, tmp_path: Path) -> None:
    """Whatever it is; a list of nothing is one."""
    server.fail("pods", Fault(body=b'{"items": [1]}'))
    assert "list of objects" in refusal_of(server.kubeconfig(tmp_path)).message
    server.fail("pods", *[Fault(body=b'{"items": 1}')] * 4)
    assert "must be answered by a list" in refusal_of(server.kubeconfig(tmp_path)).message
    server.fail("pods", Fault(body=b'{"items": null}'))
    assert pods_of(server.kubeconfig(tmp_path)) == []


def test_an_authority_without_a_key_identifier_is_trusted_as_those_of_eks_are(
    server: KubernetesServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the default flags of Python 3.13, in every version."""
    create = ssl.create_default_context

    def strict(*arguments: Any, **keywords: Any) -> ssl.SSLContext:
        context = create(*arguments, **keywords)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", strict)
    assert pods_of(server.kubeconfig(tmp_path)) is not None


def test_without_the_library_the_fix_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And that files do without."""
    monkeypatch.setitem(sys.modules, "lightkube.config.client_adapter", None)
    with pytest.raises(InputError, match=r"eks-podspace\[cluster\]"), connected(kubeconfig=tmp_path / "x"):
        raise AssertionError


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("127.0.0.1:", "127.0.0.1:x", "is no URL"),
        ("https://", "", "is no URL"),
        (
            "certificate-authority-data: ",
            "certificate-authority-data: AAAA",
            "must have a server, certificates and keys",
        ),
        ("certificate-authority-data: ", "certificate-authority: ", "must have a server, certificates and keys"),
    ],
)
def test_what_a_kubeconfig_names_must_be_of_use(
    server: KubernetesServer, tmp_path: Path, before: str, after: str, says: str
) -> None:
    """Its server and its certificates."""
    kubeconfig = server.kubeconfig(tmp_path)
    kubeconfig.write_text(kubeconfig.read_text().replace(before, after))
    assert says in refusal_of(kubeconfig).message
    with warnings.catch_warnings():  # the library leaves a temporary file open where it cannot use what is in it
        warnings.simplefilter("ignore")
        gc.collect()

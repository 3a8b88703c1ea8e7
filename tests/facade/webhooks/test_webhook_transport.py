"""The way out: to the address that was checked and nowhere else, with an end to everything."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from receiving import Says, listening

from service.facade.webhooks.resolving import Resolver
from service.facade.webhooks.targets import Refused
from service.facade.webhooks.transport import SHOWN_BYTES, Transport
from service.networks import parse_networks

HERE = parse_networks("127.0.0.0/8")


def resolver(*answers: list[str]) -> Resolver:
    """Answers one after the other, the last one for good; `asked` counts."""
    left = list(answers)

    def resolve(host: str, port: int) -> list[str]:
        resolve.asked += 1
        return left.pop(0) if len(left) > 1 else left[0]

    resolve.asked = 0
    return Resolver(resolve)


def test_a_name_is_resolved_once_and_the_call_bears_it(receiver):
    names = resolver(["127.0.0.1"], ["10.0.0.1"])
    answer = Transport(HERE, names).post(f"http://hooks.example.com:{receiver.port}/a?b=c", {"X-Is": "there"}, b"{}")

    assert (answer.status_code, answer.error) == (204, None)
    [call] = receiver.calls
    assert call.headers["host"] == f"hooks.example.com:{receiver.port}"
    assert (call.path, call.headers["x-is"], call.body) == ("/a?b=c", "there", b"{}")
    assert names.resolve.asked == 1


def test_dns_that_changes_its_mind_between_registration_and_delivery_leads_nowhere(receiver):
    transport = Transport(resolver=resolver(["8.8.8.8"], ["127.0.0.1"]))
    url = f"https://rebinding.example.com:{receiver.port}/hook"
    transport.check(url)
    answer = transport.post(url, {}, b"{}")
    assert answer.refused
    assert "rebinding.example.com is at 127.0.0.1" in answer.error
    assert receiver.calls == []


def test_dns_that_changes_its_mind_between_check_and_connect_is_not_asked_again(receiver, monkeypatch):
    """Whatever the system would resolve now, the socket goes to the address that was checked."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("the name was resolved a second time"))
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("somebody else connects"))
    answer = Transport(HERE, resolver(["127.0.0.1"])).post(f"http://once.example.com:{receiver.port}/", {}, b"{}")
    assert answer.status_code == 204


def test_of_several_addresses_only_those_that_may_be_are_tried(receiver):
    transport = Transport(parse_networks("127.0.0.1"), resolver(["127.0.0.2", "10.0.0.1", "127.0.0.1"]))
    assert transport.post(f"http://mixed.example.com:{receiver.port}/", {}, b"{}").status_code == 204


def test_an_address_that_takes_no_connection_is_followed_by_the_next(receiver):
    transport = Transport(HERE, resolver(["127.0.0.9", "127.0.0.1"]))
    assert transport.post(f"http://two.example.com:{receiver.port}/", {}, b"{}").status_code == 204


def test_a_redirect_to_a_private_address_is_a_failure_and_nobody_goes_there(receiver):
    with listening() as private:
        receiver.says(Says(307, headers={"Location": private.url}))
        answer = Transport(HERE).post(receiver.url, {}, b"{}")
        assert private.calls == []
    assert answer.status_code == 307
    assert "a redirect; they are not followed" in answer.error


def test_a_proxy_of_the_environment_is_not_taken(receiver, monkeypatch):
    with listening() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert Transport(HERE).post(receiver.url, {}, b"{}").status_code == 204
        assert proxy.calls == []


def test_only_the_beginning_of_an_answer_is_read_and_what_cannot_be_kept_is_replaced(receiver):
    receiver.says(Says(400, b"\0\xff" + b"x" * 10_000_000))
    answer = Transport(HERE).post(receiver.url, {}, b"{}")
    assert answer.beginning == "\N{REPLACEMENT CHARACTER}" * 2 + "x" * (SHOWN_BYTES - 2)
    assert answer.error == "The receiver answered 400."


@pytest.mark.parametrize("spoken", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"no HTTP at all\r\n\r\n"])
def test_a_receiver_that_drips_is_hung_up_on(spoken):
    """Each byte would begin a socket's timeout anew."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def drip() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(spoken)
                while not over.wait(0.05):
                    try:
                        line.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        answer = Transport(HERE, seconds=0.5).post(f"http://127.0.0.1:{port}/", {}, b"{}")
        took = time.monotonic() - began
        over.set()
        thread.join()
    assert took < 5
    assert answer.status_code is None
    assert answer.error


def test_nobody_there_and_no_such_name_are_failures_with_a_sentence(free_port):
    assert "Connection refused" in Transport(HERE).post(f"http://127.0.0.1:{free_port()}/", {}, b"").error

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    nowhere = Transport(HERE, Resolver(unknown))
    assert "cannot be resolved" in nowhere.post("https://nowhere.invalid/", {}, b"").error
    nowhere.check("https://nowhere.invalid/")  # it may be there tomorrow


def test_a_resolver_that_hangs_holds_nobody():
    let_go = threading.Event()
    hanging = Transport(HERE, Resolver(lambda host, port: let_go.wait(20) and []), seconds=0.1)
    assert "not resolved in time" in hanging.post("https://slow.example.com/", {}, b"").error
    let_go.set()


# --- TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a receiver called hooks.example.com shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("hooks.example.com"), x509.IPAddress(ip_address("127.0.0.3"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file: Path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    file.write_bytes(secret + pem)
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(file)
    return shown, ssl.create_default_context(cadata=pem.decode())


@pytest.mark.parametrize(
    ("host", "trusted", "taken"),
    [
        ("hooks.example.com", True, True),
        ("hooks.example.com", False, False),  # nobody we know has signed it
        ("other.example.com", True, False),  # the certificate is somebody else's
    ],
)
def test_the_certificate_has_to_be_trusted_and_the_names_own_whatever_the_address(authority, host, trusted, taken):
    shown, trust = authority
    options = {"trust": lambda: trust} if trusted else {}
    with listening(shown) as receiver:
        transport = Transport(HERE, resolver(["127.0.0.1"]), **options)
        answer = transport.post(f"https://{host}:{receiver.port}/hook", {}, b"{}")
        assert (answer.status_code == 204, len(receiver.calls)) == (taken, int(taken))
    assert taken or "certificate is not trusted" in answer.error


def test_tls_that_never_begins_is_hung_up_on():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        assert "No answer within" in Transport(HERE, seconds=0.3).post(url, {}, b"").error


def test_a_refusal_at_registration_says_which_setting_would_allow_it():
    with pytest.raises(Refused, match="LOOKOUT_WEBHOOK_ALLOWED_NETWORKS"):
        Transport().check("https://10.0.0.1/")

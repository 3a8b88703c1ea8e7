"""Where webhooks may not go: every spelling of every address that is not public, and URLs that try to mislead."""

import pytest

from service.facade.webhooks.addresses import address_of, is_allowed
from service.facade.webhooks.resolving import Resolver, system_resolve
from service.facade.webhooks.targets import Refused, Target, target_of
from service.facade.webhooks.transport import Transport
from service.networks import parse_networks


def words(text: str) -> list[str]:
    return text.split()


NOT_PUBLIC = words("""
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.254 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
    172.31.255.254 192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.254 198.51.100.1 203.0.113.1
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
    :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::169.254.169.254
    64:ff9b:1::1 100::1 2001::1 2001:0:5ef5:79fd::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 3fff::1 5f00::1
    fc00::1 fd00:ec2::254 fe80::1 fe80::1%1 fec0::1 ff02::1
""")
PUBLIC = words(
    "8.8.8.8 1.1.1.1 100.128.0.1 172.32.0.1 ::ffff:8.8.8.8 64:ff9b::808:808 2001:4860:4860::8888 2a00:1450::1"
)
SPELLINGS_OF_LOOPBACK = words("""
    127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0x7f.0.0.1 0177.0.0.1 017700000001 0177.1
    [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1] localhost
""")


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused(text):
    assert not is_allowed(address_of(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_allowed(text):
    assert is_allowed(address_of(text))


def test_allowed_networks_hold_for_every_way_to_write_an_address_and_for_no_more():
    allowed = parse_networks("10.20.0.0/16, fd12::/64")
    assert all(
        is_allowed(address_of(text), allowed) for text in ("10.20.3.4", "::ffff:10.20.3.4", "64:ff9b::10.20.3.4")
    )
    assert is_allowed(address_of("fd12::5"), allowed)
    assert not any(is_allowed(address_of(text), allowed) for text in ("10.21.0.1", "fd12:0:0:1::1", "127.0.0.1"))


@pytest.mark.parametrize("host", SPELLINGS_OF_LOOPBACK)
def test_no_spelling_of_this_machine_gets_past_the_check(host):
    with pytest.raises(Refused, match="no public address"):
        Transport().check(f"https://{host}/hook")
    assert Transport().post(f"https://{host}/hook", {}, b"").refused


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.com/", "begins with https"),
        ("//example.com/", "begins with https"),
        ("https://ana:secret@example.com/", "no user"),
        ("https://127.0.0.1@example.com/", "no user"),
        ("https://example.com@127.0.0.1/", "no user"),
        ("https://example.com:0/", "port"),
        ("https://example.com:/", "port"),
        ("https://example.com:65536/", "Port"),
        ("https://example.com:80a/", "Port"),
        ("https://example.com:-1/", "no URL|port|Port"),
        ("https://example.com/#part", "fragment"),
        ("https:///hook", "no name"),
        ("https://[::1/", "no URL"),
        ("https://[fe80::1%25eth0]/", "no URL|no name|characters"),
        ("https://exa mple.com/", "characters"),
        ("https://example.com\\@127.0.0.1/", "characters"),
        ("https://example.com/\r\nX-Injected: 1", "characters"),
        ("https://example。com/", "characters"),
        ("https://-/", "no name"),
        ("https://example..com/", "no name"),
        ("https://example.com/" + "x" * 2048, "at most 2048"),
    ],
)
def test_a_url_that_could_be_misread_is_refused_with_a_sentence(url, why):
    with pytest.raises(Refused, match=why):
        target_of(url)


def test_a_url_is_read_into_what_is_connected_to():
    assert target_of("https://Hooks.Example.com./a/b?c=d") == Target("https", "hooks.example.com.", 443, "/a/b?c=d")
    assert target_of("http://[2001:db8::1]:8443") == Target("http", "2001:db8::1", 8443, "/")


def test_plain_http_is_for_allowed_networks_only():
    public = Resolver(lambda host, port: ["8.8.8.8"])
    with pytest.raises(Refused, match="https://"):
        Transport(resolver=public).check("http://example.com/")
    Transport(resolver=public).check("https://example.com/")
    Transport(parse_networks("8.8.8.0/24"), resolver=public).check("http://example.com/")


def test_the_systems_resolver_says_each_address_once():
    assert system_resolve("127.0.0.1", 443) == ["127.0.0.1"]

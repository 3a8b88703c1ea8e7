"""The identity provider away: keys of our own go on, and so do tokens whose signature can be checked without it."""

from promises import promised
from support.chaos.issuer import new_signing_key
from support.chaos.rest import Rest


@promised("O1", "O2")
def test_known_signatures_go_on_and_unknown_ones_cannot_be_checked(stack, rest):
    known = Rest(stack.settings.facade_port, stack.issuer.token("default"))
    assert known.get("/v1/models").status == 200
    stack["issuer"].kill()
    stranger = Rest(stack.settings.facade_port, stack.issuer.token("default", new_signing_key("not shown")))

    assert known.get("/v1/models").status == 200
    assert rest.get("/v1/models").status == 200
    answer = stranger.get("/v1/models")
    assert answer.status in (401, 503), answer

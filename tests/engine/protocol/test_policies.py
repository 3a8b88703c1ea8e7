"""What a resource policy may say, and what it then allows."""

import json
from typing import Any

import pytest

from service.engine.protocol.faults import ValidationException
from service.engine.protocol.policies import allows, check_resources, read_policy

OWNER, OTHER, THIRD = "111111111111", "222222222222", "333333333333"
DATASET = f"arn:aws:lookoutequipment:eu-west-1:{OWNER}:dataset/plant/0f"
MODEL = f"arn:aws:lookoutequipment:eu-west-1:{OWNER}:model/pump/1e"
VERSION = f"{MODEL}/model-version/2"
IMPORT_DATASET, IMPORT_VERSION = "lookoutequipment:ImportDataset", "lookoutequipment:ImportModelVersion"


def statement(**members: Any) -> dict[str, Any]:
    usual = {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": IMPORT_DATASET, "Resource": DATASET}
    merged = usual | members
    return {name: value for name, value in merged.items() if value is not None}


def policy(*statements: dict[str, Any], **members: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)} | members)


def is_allowed(*policies: str, account: str = OTHER, action: str = IMPORT_DATASET, arn: str = DATASET) -> bool:
    return allows([read_policy(text) for text in policies], owner_id=OWNER, account_id=account, action=action, arn=arn)


def of_version(effect: str = "Allow", resource: str = VERSION, **members: Any) -> str:
    return policy(statement(Effect=effect, Action=IMPORT_VERSION, Resource=resource, **members))


@pytest.mark.parametrize(
    "principal",
    ["*", {"AWS": "*"}, {"AWS": OTHER}, {"AWS": f"arn:aws:iam::{OTHER}:root"}, {"AWS": [THIRD, OTHER]}],
)
def test_a_principal_is_everybody_or_accounts(principal: Any):
    assert is_allowed(policy(statement(Principal=principal)))


def test_nobody_else_is_let_in():
    assert not is_allowed(policy(statement()), account=THIRD)
    assert not is_allowed(policy(statement()), action=IMPORT_VERSION)
    assert not is_allowed(policy(statement()), arn=DATASET + "0")
    assert not is_allowed()


def test_the_owner_needs_no_policy():
    assert is_allowed(account=OWNER)
    assert is_allowed(policy(statement()), account=OWNER)


def test_an_explicit_deny_wins_in_any_order():
    deny = statement(Effect="Deny", Principal="*")
    assert not is_allowed(policy(statement(), deny))
    assert not is_allowed(policy(deny, statement()))
    assert not is_allowed(policy(statement(), deny), account=OWNER)


def test_a_deny_for_others_leaves_the_allow():
    assert is_allowed(policy(statement(), statement(Effect="Deny", Principal={"AWS": THIRD})))


@pytest.mark.parametrize("action", ["lookoutequipment:*", [IMPORT_VERSION, IMPORT_DATASET]])
def test_an_action_may_be_one_of_several(action: Any):
    assert is_allowed(policy(statement(Action=action)))


@pytest.mark.parametrize("resource", ["*", f"{DATASET[:-2]}*", DATASET[:-1] + "?", [VERSION, DATASET]])
def test_a_resource_may_be_a_pattern(resource: Any):
    assert is_allowed(policy(statement(Resource=resource)))


@pytest.mark.parametrize("resource", [VERSION, MODEL, f"{MODEL}/model-version/*", f"{MODEL[:-2]}*"])
def test_a_version_is_meant_by_its_own_arn_and_by_the_models(resource: str):
    assert is_allowed(of_version(resource=resource), action=IMPORT_VERSION, arn=VERSION)


@pytest.mark.parametrize(
    ("of_the_model", "of_the_version", "expected"),
    [
        ("Allow", None, True),
        (None, "Allow", True),
        ("Allow", "Allow", True),
        ("Allow", "Deny", False),
        ("Deny", "Allow", False),
        (None, None, False),
    ],
)
def test_of_two_policies_the_stricter_wins(of_the_model: str | None, of_the_version: str | None, expected: bool):
    attached = [
        of_version(effect, place) for effect, place in ((of_the_model, MODEL), (of_the_version, VERSION)) if effect
    ]
    assert is_allowed(*attached, action=IMPORT_VERSION, arn=VERSION) is expected


def test_a_policy_that_is_silent_is_stricter_than_one_that_allows():
    silent = of_version(resource=MODEL, Principal={"AWS": THIRD})
    assert not is_allowed(silent, of_version(), action=IMPORT_VERSION, arn=VERSION)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", 'must be an object with "Version" and "Statement"'),
        (policy(statement(), Comment="x"), 'must be an object with "Version"'),
        (policy(statement(), Version="2020-12-15"), 'must have the "Version" 2012-10-17'),
        (policy(), 'must have a list of "Statement" that is not empty'),
        (policy(Statement="x"), 'must have a list of "Statement"'),
        (policy(Statement=["x"]), "Statement[0] must be an object"),
        (policy(statement(), statement(Effect="allow")), "Statement[1].Effect must be Allow or Deny"),
        (policy(statement(Principal=None)), 'Statement[0].Principal must be "*" or an object'),
        (policy(statement(Principal={"Service": "s3.amazonaws.com"})), 'Principal must be "*" or an object'),
        (policy(statement(Principal={"AWS": []})), "Principal.AWS must be a text, or a list"),
        (policy(statement(Principal={"AWS": "12"})), "Principal '12' must be an account"),
        (policy(statement(Principal={"AWS": f"arn:aws:iam::{OTHER}:role/ops"})), "must be an account"),
        (policy(statement(Action=None)), "Statement[0].Action must be a text"),
        (policy(statement(Action="lookoutequipment:DeleteModel")), "Action 'lookoutequipment:DeleteModel' must be one"),
        (policy(statement(Resource=[1])), "Statement[0].Resource must be a text"),
        (policy(statement(Resource="arn:aws:s3:::bucket")), "Resource 'arn:aws:s3:::bucket' must be * or an ARN"),
        (policy(statement(Condition={})), "Statement[0] has Condition, which this service does not heed"),
        (policy(statement(NotPrincipal="*")), "has NotPrincipal"),
    ],
)
def test_what_would_not_be_heeded_is_refused(text: str, said: str):
    with pytest.raises(ValidationException) as caught:
        read_policy(text)
    assert said in str(caught.value)


def test_one_statement_may_stand_without_a_list():
    assert is_allowed(policy(Statement=statement()))


def test_a_statement_about_something_else_is_refused():
    read = read_policy(policy(statement(), statement(Resource=VERSION)))
    with pytest.raises(ValidationException, match=r"Statement\[1\].Resource .* does not match the resource"):
        check_resources(read, DATASET)


@pytest.mark.parametrize("resource", [MODEL, f"{MODEL}/model-version/*", VERSION, "*"])
def test_a_policy_of_a_model_may_speak_of_its_versions(resource: str):
    check_resources(read_policy(of_version(resource=resource)), MODEL)

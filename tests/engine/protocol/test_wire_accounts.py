"""Accounts and regions are separate worlds, told apart by what a request is signed with."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations, product
from typing import Any

import pytest
from engine_world import SCHEMA, refused
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.engine.clock import utc_now
from service.engine.protocol.accounts import read_accounts
from service.engine.resources import Resources

HERE, THERE = "111111111111", "222222222222"
KEYS = {HERE: ("key-here", "secret-here"), THERE: ("key-there", "secret-there")}
LISTED = "; ".join(f"{key}:{secret}:{account}" for account, (key, secret) in KEYS.items())


@pytest.fixture
def two_accounts(engine_resources: Resources) -> Resources:
    """Signatures are verified against the secret of each key, by the time of this machine."""
    settings = replace(engine_resources.settings, verify_signatures=True, engine_credentials=LISTED)
    return replace(engine_resources, settings=settings, clock=utc_now)


@pytest.fixture
def connect(two_accounts: Resources, unique: str) -> Callable[..., Any]:
    """A function that makes a client of an account, in a region of this test."""
    app = create_app(two_accounts.settings, two_accounts)

    def connect(account: str, region: str = "one", **other: str) -> Any:
        key, secret = KEYS[account]
        return led_in_process(equipment_client(f"{region}-{unique}", **{"key": key, "secret": secret} | other), app)

    return connect


def test_a_name_is_unique_in_one_account_and_region_only(connect: Callable):
    worlds = [connect(account, region) for account, region in product(KEYS, ("one", "two"))]
    arns = [client.create_dataset(DatasetName="plant")["DatasetArn"] for client in worlds]
    assert len(set(arns)) == 4
    for client, arn in zip(worlds, arns, strict=True):
        assert refused("ConflictException", client.create_dataset, DatasetName="plant", ClientToken="another")
        assert [found["DatasetArn"] for found in client.list_datasets()["DatasetSummaries"]] == [arn]


def test_an_arn_says_whose_it_is(connect: Callable, unique: str):
    arn = connect(THERE).create_dataset(DatasetName="plant")["DatasetArn"]
    assert arn.startswith(f"arn:aws:lookoutequipment:one-{unique}:{THERE}:dataset/plant/")


def test_what_is_deleted_in_one_world_stays_in_the_others(connect: Callable):
    here, there = connect(HERE), connect(THERE)
    for client in (here, there):
        client.create_dataset(DatasetName="plant")
    here.delete_dataset(DatasetName="plant")
    assert there.describe_dataset(DatasetName="plant")["Status"] == "CREATED"
    refused("ResourceNotFoundException", here.describe_dataset, DatasetName="plant")


def test_an_arn_of_another_world_is_not_found(connect: Callable):
    worlds = [connect(account, region) for account, region in product(KEYS, ("one", "two"))]
    arns = [client.create_dataset(DatasetName="plant")["DatasetArn"] for client in worlds]
    for (client, _), (_, foreign) in permutations(zip(worlds, arns, strict=True), 2):
        refused("ResourceNotFoundException", client.list_tags_for_resource, ResourceArn=foreign)
        refused("ResourceNotFoundException", client.tag_resource, ResourceArn=foreign, Tags=[{"Key": "k", "Value": ""}])


def test_a_model_is_not_made_of_a_dataset_of_another_account(connect: Callable):
    connect(THERE).create_dataset(DatasetName="plant")
    refused("ResourceNotFoundException", connect(HERE).create_model, ModelName="m", DatasetName="plant")


def test_a_client_token_is_remembered_in_its_own_world(connect: Callable):
    arns = {connect(account).create_dataset(DatasetName="plant", ClientToken="t")["DatasetArn"] for account in KEYS}
    assert len(arns) == 2


def test_a_page_goes_on_in_the_account_that_began_it(connect: Callable):
    for account, name in product(KEYS, ("a", "b")):
        connect(account).create_dataset(DatasetName=name)
    token = connect(HERE).list_datasets(MaxResults=1)["NextToken"]
    refused("ValidationException", connect(THERE).list_datasets, MaxResults=1, NextToken=token)


def test_each_key_signs_with_its_own_secret(connect: Callable):
    assert connect(HERE).list_models()["ModelSummaries"] == []
    refused("InvalidSignatureException", connect(HERE, secret=KEYS[THERE][1]).list_models)


def test_a_key_that_is_not_listed_is_refused_when_keys_are_checked(connect: Callable):
    assert "'stranger'" in refused("AccessDeniedException", connect(HERE, key="stranger").list_models)
    refused("AccessDeniedException", connect(HERE, key=THERE).list_models)


def test_the_key_of_the_settings_is_of_the_engines_own_account(two_accounts: Resources, connect: Callable):
    own = connect(HERE, key="lookout", secret="lookout-embedded")
    assert f":{two_accounts.settings.engine_account_id}:" in own.create_dataset(DatasetName="plant")["DatasetArn"]


def test_listed_keys_are_enough_to_verify_signatures(two_accounts: Resources, unique: str):
    settings = replace(two_accounts.settings, aws_access_key_id="", aws_secret_access_key="")
    key, secret = KEYS[HERE]
    client = equipment_client(f"one-{unique}", key=key, secret=secret)
    assert led_in_process(client, create_app(settings, two_accounts)).list_datasets()["DatasetSummaries"] == []


@pytest.mark.parametrize(
    ("key", "account"),
    [("key-here", HERE), ("333333333333", "333333333333"), ("lookout", "123456789012"), ("anybody", "123456789012")],
)
def test_without_verifying_a_key_of_twelve_digits_names_its_account(two_accounts: Resources, key: str, account: str):
    settings = replace(two_accounts.settings, verify_signatures=False)
    assert read_accounts(settings).account_of(key) == account


def test_a_schema_of_one_account_is_never_seen_by_the_other(connect: Callable):
    connect(HERE).create_dataset(DatasetName="plant", DatasetSchema={"InlineDataSchema": json.dumps(SCHEMA)})
    connect(THERE).create_dataset(DatasetName="plant")
    assert "Schema" not in connect(THERE).describe_dataset(DatasetName="plant")

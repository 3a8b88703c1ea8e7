"""Resource policies: who may import a dataset or a model version of ours into an account of theirs.

{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Principal": {"AWS": "222222222222"},
                "Action": "lookoutequipment:ImportDataset", "Resource": "arn:aws:lookoutequipment:…"}]}

A policy is in the grammar of IAM, as far as it has a meaning here; the rest is refused rather than kept and not
heeded (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import orjson

from service.engine.protocol.faults import ValidationException
from service.wire import SERVICE

IMPORT_DATASET = f"{SERVICE}:ImportDataset"
IMPORT_MODEL_VERSION = f"{SERVICE}:ImportModelVersion"
ACTIONS = (IMPORT_DATASET, IMPORT_MODEL_VERSION, f"{SERVICE}:*")
VERSIONS = ("2012-10-17", "2008-10-17")

_MEMBERS = {"Sid", "Effect", "Principal", "Action", "Resource"}
_PRINCIPAL = re.compile(r"(\*|\d{12}|arn:aws[^:]*:iam::(?P<account_id>\d{12}):root)")


@dataclass(frozen=True)
class Statement:
    """One sentence of a policy; principals are account ids or ``*``, resources ARNs that may hold ``*`` and ``?``."""

    effect: str
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def speaks_of(self, account_id: str, action: str, arn: str) -> bool:
        """Whether it says anything about that account doing this to that resource."""
        return (
            any(principal in ("*", account_id) for principal in self.principals)
            and any(fnmatchcase(action, pattern) for pattern in self.actions)
            and any(_matches(arn, pattern) for pattern in self.resources)
        )


def read_policy(text: str) -> tuple[Statement, ...]:
    """The statements of a policy.

    Raises:
        ValidationException: saying which part of it is not one that this service heeds.
    """
    try:
        policy = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _refused(f"is not JSON: {error}") from error
    if not isinstance(policy, dict) or not set(policy) <= {"Version", "Id", "Statement"}:
        raise _refused('must be an object with "Version" and "Statement"')
    if policy.get("Version") not in VERSIONS:
        raise _refused(f'must have the "Version" {" or ".join(VERSIONS)}')
    statements = policy.get("Statement")
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not statements:
        raise _refused('must have a list of "Statement" that is not empty')
    return tuple(_statement(f"Statement[{index}]", value) for index, value in enumerate(statements))


def check_resources(policy: Sequence[Statement], arn: str) -> None:
    """Refuse a statement that says nothing about the resource which the policy is attached to, nor about its versions.

    Raises:
        ValidationException: naming the first one.
    """
    for index, statement in enumerate(policy):
        for pattern in statement.resources:
            if not _matches(arn, pattern) and not pattern.startswith(f"{arn}/model-version/"):
                raise _refused(f"Statement[{index}].Resource {pattern!r} does not match the resource, {arn}")


def allows(policies: Sequence[Sequence[Statement]], *, owner_id: str, account_id: str, action: str, arn: str) -> bool:
    """Whether an account may do this to a resource of the owner.

    An explicit Deny wins, for the owner too. Beyond that the owner needs no policy, and everybody else needs every
    policy to allow it, so that the stricter of two wins.

    Args:
        policies: those that are attached to the resource and to what it belongs to.
        arn: the resource. A policy of a model speaks of its versions by the model's ARN, or with ``/model-version/*``.
    """
    said = [_effects(policy, account_id, action, arn) for policy in policies]
    if any("Deny" in effects for effects in said):
        return False
    return account_id == owner_id or (bool(said) and all(said))


def _effects(policy: Sequence[Statement], account_id: str, action: str, arn: str) -> set[str]:
    return {statement.effect for statement in policy if statement.speaks_of(account_id, action, arn)}


def _matches(arn: str, pattern: str) -> bool:
    literal_brackets = pattern.replace("[", "[[]")
    return any(fnmatchcase(name, literal_brackets) for name in (arn, arn.partition("/model-version/")[0]))


def _statement(where: str, value: Any) -> Statement:
    if not isinstance(value, dict):
        raise _refused(f"{where} must be an object")
    unknown = sorted(set(value) - _MEMBERS)
    if unknown:
        raise _refused(f"{where} has {unknown[0]}, which this service does not heed; it knows {_listed(_MEMBERS)}")
    if value.get("Effect") not in ("Allow", "Deny"):
        raise _refused(f"{where}.Effect must be Allow or Deny")
    actions = tuple(_texts(value, "Action", where))
    for action in actions:
        if action not in ACTIONS:
            raise _refused(f"{where}.Action {action!r} must be one of {', '.join(ACTIONS)}")
    return Statement(value["Effect"], _principals(value, where), actions, tuple(_resources(value, where)))


def _principals(value: dict[str, Any], where: str) -> tuple[str, ...]:
    """``"*"`` or ``{"AWS": …}`` of whole accounts: a key of this engine stands for its account, and who means one role
    must not let in all of them."""
    principal = value.get("Principal")
    if principal == "*":
        return ("*",)
    if not isinstance(principal, dict) or set(principal) != {"AWS"}:
        raise _refused(f'{where}.Principal must be "*" or an object with "AWS" alone')
    return tuple(_account_of(text, where) for text in _texts(principal, "AWS", f"{where}.Principal"))


def _account_of(text: str, where: str) -> str:
    found = _PRINCIPAL.fullmatch(text)
    if not found:
        raise _refused(f"{where}.Principal {text!r} must be an account: 12 digits, arn:aws:iam::<account>:root, or *")
    return found["account_id"] or text


def _resources(value: dict[str, Any], where: str) -> Iterator[str]:
    for text in _texts(value, "Resource", where):
        if text != "*" and not re.fullmatch(rf"arn:[^:]+:{SERVICE}:[^:]*:[^:]*:.+", text):
            raise _refused(f"{where}.Resource {text!r} must be * or an ARN of {SERVICE}")
        yield text


def _texts(value: dict[str, Any], member: str, where: str) -> list[str]:
    """A text or a list of texts, as a list."""
    found = value.get(member)
    texts = [found] if isinstance(found, str) else found
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise _refused(f"{where}.{member} must be a text, or a list of texts that is not empty")
    return texts


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _refused(said: str) -> ValidationException:
    return ValidationException(f"The resource policy {said}.")

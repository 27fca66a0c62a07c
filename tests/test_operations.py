"""Operations and contracts agree: every name is registered, and every signature is its shape."""

import inspect

import pytest

from kempelen import contract, operations
from kempelen.app import KEMPELEN
from kempelen.operation import REGISTER

operations.load()
SHAPES = {
    name: shape
    for file in (contract.MTURK, KEMPELEN)
    for name, shape in contract.load(file).operations.items()
}


def test_every_operation_of_the_contracts_is_registered_and_no_other() -> None:
    assert set(REGISTER) == set(SHAPES)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_function_takes_what_its_shape_says(name: str) -> None:
    parameters = dict(inspect.signature(REGISTER[name].function).parameters)
    assert next(iter(parameters)) == "call"
    del parameters["call"]
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in parameters.values())
    assert set(parameters) == SHAPES[name].keyword_names
    required = {each for each, facts in parameters.items() if facts.default is inspect.Parameter.empty}
    assert required == SHAPES[name].required_keyword_names


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_function_says_what_its_caller_gets(name: str) -> None:
    assert inspect.getdoc(REGISTER[name].function)

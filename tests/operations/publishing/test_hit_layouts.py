"""Layouts, and HITs made from them."""

import pytest

from kempelen.errors import ParameterValidationError
from kempelen.store.layouts import HITLayoutDoesNotExist
from people import Requester

HTML = '<p>Is ${animal} in <img src="${url}">?</p>'


def made(rosa: Requester, html: str = HTML, **members: object) -> str:
    """A layout's id."""
    layout: str = rosa("CreateHITLayout", HTML=html, **members)["Layout"]["HITLayoutId"]
    return layout


def filled(**values: str) -> list[dict[str, str]]:
    """Layout parameters."""
    return [{"Name": name, "Value": value} for name, value in values.items()]


def test_a_layout_is_kept_with_its_parameters(rosa: Requester) -> None:
    answer = rosa("CreateHITLayout", HTML=HTML, FrameHeight=450)["Layout"]
    assert (answer["HTML"], answer["FrameHeight"]) == (HTML, 450)
    assert answer["Parameters"] == ["animal", "url"]
    assert rosa("GetHITLayout", HITLayoutId=answer["HITLayoutId"])["Layout"] == answer


def test_a_hit_from_a_layout_has_the_filled_question_and_names_the_layout(rosa: Requester) -> None:
    layout = made(rosa, FrameHeight=450)
    hit = rosa.create_hit(
        HITLayoutId=layout, HITLayoutParameters=filled(animal="a <b>cat</b>", url="https://a.example/1")
    )
    assert hit["HITLayoutId"] == layout
    assert '<p>Is a <b>cat</b> in <img src="https://a.example/1">?</p>' in hit["Question"]
    assert "<FrameHeight>450</FrameHeight>" in hit["Question"]
    assert rosa.hit(hit["HITId"])["Question"] == hit["Question"]
    again = rosa(
        "CreateHITWithHITType",
        HITTypeId=hit["HITTypeId"],
        LifetimeInSeconds=60,
        HITLayoutId=layout,
        HITLayoutParameters=filled(animal="dog", url=""),
    )["HIT"]
    assert again["HITGroupId"] == hit["HITGroupId"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (filled(animal="cat"), "no value is given for"),
        (filled(animal="cat", url="", color="red"), "no placeholder"),
        (filled(animal="cat", url="") + filled(url="x"), "given twice"),
        (filled(animal="\x01", url=""), "cannot stand in XML"),
        (filled(animal="x" * 65_500, url=""), "more than"),
        ([], "no value is given for"),
    ],
)
def test_a_layout_that_is_not_filled_makes_no_hit(
    rosa: Requester, values: list[dict[str, str]], said: str
) -> None:
    with pytest.raises(ParameterValidationError, match=said):
        rosa.create_hit(HITLayoutId=made(rosa), HITLayoutParameters=values)
    assert rosa("ListHITs")["NumResults"] == 0


def test_a_question_and_a_layout_exclude_each_other(rosa: Requester) -> None:
    hit = rosa.create_hit()
    of_type = {"HITTypeId": hit["HITTypeId"], "LifetimeInSeconds": 60}
    with pytest.raises(ParameterValidationError, match="cannot be given together"):
        rosa("CreateHITWithHITType", HITLayoutId=made(rosa), Question=hit["Question"], **of_type)
    with pytest.raises(ParameterValidationError, match="Exactly one of"):
        rosa("CreateHITWithHITType", **of_type)
    with pytest.raises(ParameterValidationError, match="only together with HITLayoutId"):
        rosa("CreateHITWithHITType", Question=hit["Question"], HITLayoutParameters=filled(a="b"), **of_type)


@pytest.mark.parametrize("html", ["", "  \n", "\x01", "x" * 65_530])
def test_html_of_which_no_question_could_be_made_is_refused(rosa: Requester, html: str) -> None:
    with pytest.raises(ParameterValidationError):
        made(rosa, html)


def test_a_foreign_layout_is_a_missing_one(rosa: Requester, omar: Requester) -> None:
    layout = made(rosa)
    with pytest.raises(HITLayoutDoesNotExist, match=f"HITLayout {layout} does not exist"):
        omar("GetHITLayout", HITLayoutId=layout)
    with pytest.raises(HITLayoutDoesNotExist):
        omar.create_hit(HITLayoutId=layout, HITLayoutParameters=filled(animal="cat", url=""))


def test_layouts_are_listed_in_pages(rosa: Requester, omar: Requester) -> None:
    ids = [made(rosa, f"<p>{number}</p>") for number in range(3)]
    first = rosa("ListHITLayouts", MaxResults=2)
    rest = rosa("ListHITLayouts", NextToken=first["NextToken"])
    shown = [layout["HITLayoutId"] for layout in first["Layouts"] + rest["Layouts"]]
    assert (first["NumResults"], rest["NumResults"]) == (2, 1)
    assert sorted(shown) == sorted(ids)
    assert rosa("ListHITLayouts", NextToken=rest["NextToken"]) == {"Layouts": [], "NumResults": 0}
    assert omar("ListHITLayouts")["NumResults"] == 0

"""Sentences that rules make up in English, and that a page can say in another language.

A sentence remembers the template it was made of and what was put into its places; the templates are keys of
the catalogues, and what is put in may be sentences again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


class Sentence(str):
    """A text in English: `Sentence("at least {number}", number=5)`. In an answer it must be a plain `str`."""

    template: str
    facts: dict[str, object]

    def __new__(cls, template: str, /, **facts: object) -> Sentence:
        """The template with its places filled; without facts it is taken as it stands."""
        made = super().__new__(cls, template.format(**facts) if facts else template)
        made.template, made.facts = template, facts
        return made

    def said(self, translate: Callable[[str], str]) -> str:
        """The sentence in another language, whose templates `translate` answers."""
        return said(self.template, self.facts, translate)


def said(template: str, facts: dict[str, object], translate: Callable[[str], str]) -> str:
    """A template in another language, with its places filled."""
    text = translate(template) if template else template
    if not facts:
        return text
    return text.format(
        **{name: one.said(translate) if isinstance(one, Sentence) else one for name, one in facts.items()}
    )


def together(sentences: Sequence[str], *, between: str = " ") -> Sentence:
    """Several as one."""
    places = {f"part{number}": each for number, each in enumerate(sentences)}
    return Sentence(between.join(f"{{{name}}}" for name in places), **places)

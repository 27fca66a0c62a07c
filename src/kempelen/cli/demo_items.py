"""What the demo asks about: short reviews of our own writing, with the sentiment their writer meant."""

from __future__ import annotations

REVIEWS: tuple[tuple[str, str], ...] = (
    ("The kettle boils in two minutes and pours without a drip.", "positive"),
    ("It arrived with a cracked lid, and nobody answers my mails.", "negative"),
    ("A good lamp, but the switch broke within a week.", "mixed"),
    ("I bought two more for my sisters.", "positive"),
    ("The zip stuck on the first day and tore on the second.", "negative"),
    ("Soft, warm and exactly the green in the picture.", "positive"),
    ("Fine sound, poor battery: it lasts one evening.", "mixed"),
    ("My grandmother sets it up alone, and that says everything.", "positive"),
    ("The instructions are for another model.", "negative"),
    ("It does what it should. The smell takes a week to go.", "mixed"),
    ("Three years of daily use and it still looks new.", "positive"),
    ("Refund refused, although the box was never opened.", "negative"),
    ("Lovely colours, but half of the pens are dry.", "mixed"),
    ("The handle gets so hot that I need a cloth.", "negative"),
    ("I was sceptical. I am not any more.", "positive"),
    ("Great for short walks; after ten kilometres my heels bleed.", "mixed"),
    ("It rusted in the dishwasher that it is advertised for.", "negative"),
    ("Quiet enough to run while the baby sleeps.", "positive"),
    ("The app wants my location to switch on a light. No.", "negative"),
    ("Beautiful print, thin paper.", "mixed"),
    ("Fits every bottle we own.", "positive"),
    ("Two of the six glasses came as sand.", "negative"),
    ("Easy to clean, hard to close.", "mixed"),
    ("Best forty dollars I have spent on this kitchen.", "positive"),
)

LABELS = ("positive", "negative", "mixed")

FORM = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sentiment of a review</title></head>
<body><form name="mturk_form" id="mturk_form" method="post"
 action="https://www.mturk.com/mturk/externalSubmit">
<input type="hidden" name="assignmentId" id="assignmentId">
<fieldset><legend>What does the writer feel about the product?</legend>
<blockquote>${review}</blockquote>
<label><input type="radio" name="sentiment" value="positive" required> Positive</label>
<label><input type="radio" name="sentiment" value="negative"> Negative</label>
<label><input type="radio" name="sentiment" value="mixed"> Mixed: some good, some bad</label>
</fieldset><button type="submit" id="submitButton">Submit</button></form></body></html>"""

"""HTML documents in a real browser: every formula is drawn, nothing is wider than the page, no TeX is seen."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.documents import ODD_TITLE, ODD_WORDS, written

from symlstm.proof.claims import Verdict
from symlstm.render.documents.html import HtmlWriter, parted
from symlstm.render.documents.inline import runs
from symlstm.render.formulas import mathml
from symlstm.render.formulas.formula import row

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
browser = pytest.mark.skipif(BROWSER is None, reason="needs chromium")
PROBE = """<iframe id="f" src="{page}" style="width:{width}px;height:900px;border:0"></iframe>
<pre id="out"></pre><script>
document.getElementById("f").onload = e => {{
  const page = e.target.contentDocument, box = x => x.getBoundingClientRect();
  const all = s => [...page.querySelectorAll(s)];
  document.getElementById("out").textContent = JSON.stringify({{
    formulas: all("math").length,
    invisible: all("math").filter(x => box(x).width < 1 || box(x).height < 1).length,
    errors: all("merror, parsererror").length,
    too_wide: all("body *").filter(x => box(x).right > {width} + 1 && !x.closest(".wide, pre")).map(x => x.tagName),
    scrolls: page.documentElement.scrollWidth > page.documentElement.clientWidth,
    text: page.body.innerText }}) }}
</script>"""


def seen(page: bytes, width: int, folder: Path) -> dict[str, object]:
    """What a browser makes of a page in a window of that many pixels."""
    (folder / "page.html").write_bytes(page)
    (folder / "probe.html").write_text(PROBE.format(page=(folder / "page.html").as_uri(), width=width))
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--allow-file-access-from-files",
        "--virtual-time-budget=9000",
    ]
    command = [BROWSER, *options, f"--user-data-dir={folder / 'profile'}", "--window-size=1400,1000", "--dump-dom"]
    done = subprocess.run([*command, (folder / "probe.html").as_uri()], capture_output=True, check=True, timeout=120)
    [found] = re.findall(r'<pre id="out">(.*?)</pre>', done.stdout.decode(), re.DOTALL)
    [text] = HtmlText.of(found)
    return json.loads(text)


class HtmlText(HTMLParser):
    """The text of HTML, with what is in `annotation` left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("annotation", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("annotation", "style")

    def handle_data(self, data: str) -> None:
        self.pieces += [] if self.hidden else [data]

    @classmethod
    def of(cls, source: str) -> list[str]:
        """The pieces of text."""
        parser = cls()
        parser.feed(source)
        parser.close()
        return ["".join(parser.pieces)]


@pytest.mark.slow
@browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["odd", "proofs", "wide"])
def test_a_browser_draws_every_formula_within_the_page(name: str, width: int, tmp_path: Path) -> None:
    page = seen(written(name, "html"), width, tmp_path)
    text = str(page.pop("text"))
    formulas = written(name, "html").count(b"<math")
    assert page == {"formulas": formulas, "invisible": 0, "errors": 0, "too_wide": [], "scrolls": False}
    assert name != "proofs" or "\\" not in text


@pytest.mark.slow
@browser
def test_what_is_too_wide_is_seen(tmp_path: Path) -> None:
    bad = b'<!DOCTYPE html><body><p style="width:500px">\\alpha<math></math></p></body>'
    page = seen(bad, 390, tmp_path)
    assert (page["scrolls"], page["too_wide"], page["invisible"], page["text"]) == (True, ["P"], 1, "\\alpha")


@pytest.mark.slow
def test_nothing_comes_from_elsewhere_and_nothing_runs() -> None:
    source = written("proofs", "html").decode()
    assert not re.search(r"<(script|link|img|iframe)|\bon\w+=|https?://(?!www\.w3\.org)|url\(", source)


def test_odd_words_and_titles_are_text() -> None:
    [text] = HtmlText.of(written("odd", "html").decode())
    read = text.replace("\u00a0", " ")
    assert [word for word in (*ODD_WORDS, ODD_TITLE) if word not in read] == []


@pytest.mark.slow
def test_every_formula_has_its_tex() -> None:
    source = written("sentiment", "html")
    assert source.count(b"<math") == source.count(b'<annotation encoding="application/x-tex">') > 100


def test_each_claim_is_marked_with_its_verdict() -> None:
    marks = re.findall(
        r'<section class="claim (\w+)"[^>]*>\s*<h3>([\w ]+?) ?(?:<small|</h3)', written("odd", "html").decode()
    )
    claims = [(kind, heading) for kind, heading in marks if heading != "Lemma"]
    kinds = {Verdict.PROVED.value: "Theorem", Verdict.REFUTED.value: "Refuted claim", Verdict.OPEN.value: "Open claim"}
    assert [kind for kind, _ in claims] == ["proved", "proved", "refuted", "proved", "refuted", "open"]
    assert all(heading.startswith(kinds[kind]) for kind, heading in claims)


def test_a_sign_after_a_comma_belongs_to_its_number() -> None:
    signs = re.findall(
        r"<mo[^>]*>−", mathml.inline(row("kappa", "-", "1", "=", "-", "2", ",", "thin", "-", "3", "-", "4"))
    )
    assert signs == ["<mo>−", '<mo form="prefix">−', '<mo form="prefix">−', "<mo>−"]


def test_a_fragment_has_no_head() -> None:
    assert b"<html" not in written("odd", "html", fragment=True)


def test_a_long_formula_in_a_line_may_be_broken_before_its_relations() -> None:
    [formula] = runs("h_0 = r_0 = 1/2 + c_0 = tanh(1) + 2 c_1 = 0")
    assert len(parted(formula)) == 5
    assert HtmlWriter().formula(formula).count("<wbr>") == 4

"""What members write in Markdown, as HTML that can do nothing but be read."""

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

# No pictures: one from another host would tell that host who looks.
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
# Beyond it nobody reads on, and nesting by the thousand takes its time.
_LONGEST = 20_000


def render_markdown(text: str | None) -> Markup:
    """Write Markdown as HTML; tags in it are shown as they were typed.

    A page has one h1, its own, so a text's headings begin below it.
    """
    html = _parser().render((text or "")[:_LONGEST])
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative="deny",  # in a letter or a calendar it would lead nowhere
        link_rel="noopener nofollow ugc",
    )
    return Markup(clean)  # noqa: S704  (only what is on the list is left)


def excerpt(text: str | None, most: int) -> str:
    """The beginning of a text without its marks: whole sentences, or whole words.

    What announces a list that is not there, with a colon, is left out with it.
    """
    html = render_markdown(text)
    first = re.search(r"<p>(.*?)</p>", html, re.DOTALL)
    words = Markup(first[1] if first else html).striptags()  # noqa: S704  (made clean above)
    is_cut = len(words) > most
    if is_cut:
        words = words[:most].rpartition(" ")[0]
    ends = [end.end() for end in re.finditer(r"[.!?…][”’\")]*(?=\s|$)", words)]
    if ends and (words.endswith(":") or (is_cut and ends[-1] > most // 2)):
        return words[: ends[-1]]
    return words.rstrip(" :;,–—-") + "…" if is_cut or words.endswith(":") else words


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20})
    parser.enable(["table", "strikethrough"]).disable(["image"])

    def begin_below_the_title(state: object) -> None:
        for token in state.tokens:  # type: ignore[attr-defined]
            if token.type in {"heading_open", "heading_close"}:
                token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"

    parser.core.ruler.push("begin_below_the_title", begin_below_the_title)
    return parser

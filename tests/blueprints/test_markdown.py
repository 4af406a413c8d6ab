import re
import time
from html.parser import HTMLParser

import pytest

from matchmaker.blueprints.markdown import excerpt, render_markdown

# What has got through elsewhere: raw tags, addresses that run, attributes that fire,
# HTML within Markdown and the reverse, and bytes that hide one of them.
PAYLOADS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<a href='javascript:alert(1)'>x</a>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java%0ascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.example/1)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example "x\\" onmouseover=\\"alert(1)")',
    "[x](https://a.example'onmouseover='alert(1))",
    '[x](https://a.example"onmouseover="alert(1))',
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.gif)",
    '![x" onerror="alert(1)](https://a.example/x.png)',
    "[![x](x onerror=alert(1))](javascript:alert(1))",
    "`<script>alert(1)</script>`",
    "```\n<script>alert(1)</script>\n```",
    "```html onload=alert(1)\n<img src=x onerror=alert(1)>\n```",
    '```"><img src=x onerror=alert(1)>\nx\n```',
    "    <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "| <img src=x onerror=alert(1)> |\n|:-:|\n| <script>alert(1)</script> |",
    "# <img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script\\>alert(1)\\</script\\>",
    "<x onclick=alert(1)>x</x>",
    "<a\x00href=javascript:alert(1)>x</a>",
    "\u202e<script>alert(1)</script>",
    "<\u017fcript>alert(1)</\u017fcript>",
    "{{ 7 * 7 }}{% include 'base.html' %}",
]
TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "li", "ol"),
    *("p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}


class Reader(HTMLParser):
    """Reads HTML as a browser would, and notes what could do anything."""

    def __init__(self):
        super().__init__()
        self.bad = []

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.bad.append(tag)
        for name, value in attrs:
            if name not in {"href", "title", "rel", "start"}:
                self.bad.append((tag, name))
            if name == "href" and not re.match(r"(https?://|mailto:)", value or ""):
                self.bad.append((tag, value))

    def handle_comment(self, data):
        self.bad.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def harm_in(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.bad


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("around", ["{}", "Hello {} there", "- a\n- {}\n\n> {}"])
def test_nothing_that_is_written_does_anything(payload, around):
    html = str(render_markdown(around.replace("{}", payload)))

    assert harm_in(html) == []


@pytest.mark.parametrize(
    "html",
    ["<img src=x>", '<a href="javascript:x">', '<p style="x">', "<!-- x -->", "<x>"],
)
def test_what_does_something_is_noticed(html):
    assert harm_in(html)


def test_words_are_set_as_they_were_meant():
    html = render_markdown(
        "# Soup\n\nBring **a bowl** and *time*.\nSee [us](https://a.example).\n\n"
        "1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n~~no~~ <b>x</b>"
    )

    for part in (
        "<h2>Soup</h2>",
        "<strong>a bowl</strong>",
        '<a href="https://a.example" rel="noopener nofollow ugc">us</a>',
        "<li>one</li>",
        "<td>1</td>",
        "<s>no</s>",
        "&lt;b&gt;x&lt;/b&gt;",
        "<br>",
    ):
        assert part in html


def test_a_page_keeps_its_one_h1():
    html = render_markdown("# a\n\n## b\n\n### c\n\n###### d\n\ne\n=\n")

    assert re.findall(r"<(h\d)>", html) == ["h2", "h3", "h4", "h4", "h2"]


def test_nothing_is_nothing():
    assert render_markdown("") == render_markdown(None) == ""


@pytest.mark.parametrize(
    "bomb",
    [
        ">" * 20_000,
        "[" * 20_000,
        "*" * 20_000,
        "`" * 19_999,
        "![[]()" * 3_000,
        "- " * 10_000,
        "<" * 20_000,
        "a\n" * 10_000,
        "|" * 20_000 + "\n" + "|-" * 10_000,
        "x" * 2_000_000,
    ],
)
def test_a_text_made_to_take_long_does_not(bomb):
    began = time.process_time()

    render_markdown(bomb)

    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We **glazed** mugs.", "We glazed mugs."),
        ("It was full. Seen there:\r\n\r\n- a wheel\r\n- a kiln", "It was full."),
        ("Seen there:\n\n- a wheel", "Seen there…"),
        ("# Mugs\n\nWe glazed them.", "We glazed them."),
        ("One two three. Four five six seven eight", "One two three."),
        ("One two three four five six", "One two three four…"),
        ("One two three four: five six", "One two three four…"),
        ("- one\n- two", "one two"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_excerpt_ends_where_people_pause(text, said):
    assert excerpt(text, 22) == said

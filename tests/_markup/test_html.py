from lamina._markup._html import Markup, bullets, element, number, percent, rows_table, share

HOSTILE = "<script>alert('1')</script>&\""


def test_all_text_is_escaped_and_markup_is_not():
    found = element("p", HOSTILE, element("b", 3), None, title=HOSTILE, class_="x", text_anchor="end", hidden=None)
    assert found == (
        "<p title=\"&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&amp;&quot;\" class=\"x\" text-anchor=\"end\">"
        "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&amp;&quot;<b>3</b></p>"
    )  # fmt: skip


def test_a_table():
    found = rows_table(["a", HOSTILE], [("x", 1), (HOSTILE, Markup('<td class="heat">7</td>'))])
    assert "<script" not in found and found.count("<tr>") == 3
    assert '<td>x</td><td class="n">1</td>' in found and '<td class="heat">7</td>' in found


def test_a_cell_of_text_that_looks_like_a_cell_is_text():
    assert "&lt;td&gt;" in rows_table(["a"], [("<td>",)])


def test_a_list():
    assert bullets([]) is None and bullets(["a<b"], "warn") == '<ul class="warn"><li>a&lt;b</li></ul>'


def test_numbers():
    assert [share(v) for v in (0.5, 1, float("nan"))] == ["0.500", "1.000", ""]
    assert [number(v) for v in (0.123456, 12345.678, None, float("nan"))] == ["0.1235", "1.235e+04", "", ""]
    assert [percent(v) for v in (0, 0.034, 0.5)] == ["0%", "3.4%", "50%"]

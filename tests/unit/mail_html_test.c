/* SPDX-License-Identifier: ISC */
/* Html: lines as a reader sees them. */
#include "tests/test.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/span.h"
#include "mail/html.h"

struct html_row {
	const char *name;
	const char *html;
	const char *text;
};

static const struct html_row rows[] = {
	{ "nothing", "", "" },
	{ "plain", "hello", "hello\n" },
	{ "white space", "  a \r\n\t b  ", "a b\n" },
	{ "inline tags", "a<b>b</b>c <i>d</i>", "abc d\n" },
	{ "paragraphs", "<p>a</p>\n<p>b</p>", "a\nb\n" },
	{ "empty paragraph", "<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb\n" },
	{ "line break", "a<br>b<BR/>c", "a\nb\nc\n" },
	{ "two line breaks", "a<br><br>b", "a\n\nb\n" },
	{ "break in an empty line", "<div>a</div><div><br></div><div>b</div>",
	    "a\n\nb\n" },
	{ "table", "<table><tr><td>Date:</td><td>11 Jan</td></tr>"
	    "<tr><td>Time:</td></tr></table>", "Date: 11 Jan\nTime:\n" },
	{ "list", "<ul><li>a</li><li>b</li></ul>", "- a\n- b\n" },
	{ "head and style are no text", "<head><title>t</title><style>"
	    "p { a > b }</style></head><body>x</body>", "x\n" },
	{ "script", "<script>if (a<b) c();</script>x", "x\n" },
	{ "style without end", "a<style>b", "a\n" },
	{ "comment", "a<!-- <b> -->b", "ab\n" },
	{ "comment without end", "a<!-- b>c", "ac\n" },
	{ "entities", "&lt;a&gt; &amp; &quot;&eacute;&#8364;&#x20AC;&copy;",
	    "<a> & \"\xC3\xA9\xE2\x82\xAC\xE2\x82\xAC\xC2\xA9\n" },
	{ "no entities", "a&b &c; &#; &#xZ; &#1114112; &#0;",
	    "a&b &c; &#; &#xZ; &#1114112; &#0;\n" },
	{ "controls as entities", "a&#27;b&#10;c&#x9B;d&#127;", "a?b cd\n" },
	{ "surrogate", "&#xD800;", "\xEF\xBF\xBD\n" },
	{ "quoted", "a<blockquote>b<br>c<blockquote>d</blockquote>"
	    "</blockquote>e", "a\n> b\n> c\n> > d\ne\n" },
	{ "link", "<a href=\"https://x.example/a?b&amp;c\">Join</a> now",
	    "Join <https://x.example/a?b&c> now\n" },
	{ "link that says so", "<a href='https://x.example/'>"
	    "https://x.example/</a>", "https://x.example/\n" },
	{ "link to nowhere", "<a href=\"#x\">a</a><a href=mailto:a@b>b</a>",
	    "ab\n" },
	{ "link around an image", "<a href=\"https://x.example/\">"
	    "<img src=y></a>z", "z\n" },
	{ "preformatted", "<pre>a\n  b\r\n\nc</pre>d", "a\n  b\n\nc\nd\n" },
	{ "greater in an attribute", "<p title=\"a>b\">c</p>", "c\n" },
	{ "open quote in a tag", "<p title=\"a>b</p>c", "b\nc\n" },
	{ "less-than in text", "1 < 2 <3", "1 < 2 <3\n" },
	{ "tag without end", "a<b", "a\n" },
	{ "namespace tags", "<o:p>a</o:p>", "a\n" },
	{ "more than fits", "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"
	    "eeeeeeeeeeffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjjjjjjjjjk",
	    "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"
	    "eeeeeeeeeeffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjjjjjjjjj" },
};

static void
test_html(void **state)
{
	const struct html_row *row = *state;
	struct arena *a = arena_new();
	bool cut = false;

	assert_string_equal(html_text(a, span_of(row->html), 100, &cut),
	    row->text);
	assert_int_equal(cut, strlen(row->text) >= 100);
	arena_free(a);
}

int
main(void)
{
	return test_exit(TEST_ROWS("html", rows, test_html));
}

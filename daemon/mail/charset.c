/* SPDX-License-Identifier: ISC */
/*
 * Conversion to UTF-8 by iconv(3), behind a table of names. UTF-7 and the
 * charsets whose converters had holes or endless loops in the C library are
 * left out on purpose; mail does not use them. Invariant: output grows by at
 * most four bytes for one byte of input.
 */
#include "mail/charset.h"

#include <errno.h>
#include <iconv.h>

#include "base/str.h"
#include "base/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD"

struct charset {
	const char *label;	/* as in mails */
	const char *iconv;	/* NULL: it is UTF-8 already */
};

/* Supersets stand in for the smaller sets that senders wrongly name. */
static const struct charset table[] = {
	{ "utf-8", NULL }, { "utf8", NULL }, { "unicode-1-1-utf-8", NULL },
	{ "us-ascii", "WINDOWS-1252" }, { "ascii", "WINDOWS-1252" },
	{ "ansi_x3.4-1968", "WINDOWS-1252" }, { "646", "WINDOWS-1252" },
	{ "iso-8859-1", "WINDOWS-1252" }, { "iso8859-1", "WINDOWS-1252" },
	{ "iso_8859-1", "WINDOWS-1252" }, { "latin1", "WINDOWS-1252" },
	{ "8859-1", "WINDOWS-1252" }, { "x-ansi", "WINDOWS-1252" },
	{ "iso-8859-2", "ISO-8859-2" }, { "latin2", "ISO-8859-2" },
	{ "iso-8859-3", "ISO-8859-3" }, { "iso-8859-4", "ISO-8859-4" },
	{ "iso-8859-5", "ISO-8859-5" }, { "iso-8859-6", "ISO-8859-6" },
	{ "iso-8859-6-i", "ISO-8859-6" }, { "iso-8859-7", "ISO-8859-7" },
	{ "iso-8859-8", "ISO-8859-8" }, { "iso-8859-8-i", "ISO-8859-8" },
	{ "iso-8859-9", "WINDOWS-1254" }, { "latin5", "WINDOWS-1254" },
	{ "iso-8859-10", "ISO-8859-10" }, { "iso-8859-11", "TIS-620" },
	{ "iso-8859-13", "ISO-8859-13" }, { "iso-8859-14", "ISO-8859-14" },
	{ "iso-8859-15", "ISO-8859-15" }, { "latin9", "ISO-8859-15" },
	{ "latin-9", "ISO-8859-15" }, { "iso-8859-16", "ISO-8859-16" },
	{ "windows-1250", "WINDOWS-1250" }, { "cp1250", "WINDOWS-1250" },
	{ "windows-1251", "WINDOWS-1251" }, { "cp1251", "WINDOWS-1251" },
	{ "windows-1252", "WINDOWS-1252" }, { "cp1252", "WINDOWS-1252" },
	{ "windows-1253", "WINDOWS-1253" }, { "cp1253", "WINDOWS-1253" },
	{ "windows-1254", "WINDOWS-1254" }, { "cp1254", "WINDOWS-1254" },
	{ "windows-1255", "WINDOWS-1255" }, { "windows-1256", "WINDOWS-1256" },
	{ "windows-1257", "WINDOWS-1257" }, { "windows-1258", "WINDOWS-1258" },
	{ "windows-874", "TIS-620" }, { "tis-620", "TIS-620" },
	{ "koi8-r", "KOI8-R" }, { "koi8-u", "KOI8-U" },
	{ "cp437", "IBM437" }, { "ibm437", "IBM437" }, { "cp850", "IBM850" },
	{ "ibm850", "IBM850" }, { "cp852", "IBM852" }, { "ibm852", "IBM852" },
	{ "cp866", "IBM866" }, { "ibm866", "IBM866" },
	{ "macintosh", "MACINTOSH" }, { "x-mac-roman", "MACINTOSH" },
	{ "gb2312", "GB18030" }, { "gbk", "GB18030" }, { "cp936", "GB18030" },
	{ "gb18030", "GB18030" }, { "x-gbk", "GB18030" },
	{ "hz-gb-2312", "HZ" },
	{ "big5", "BIG5" }, { "x-big5", "BIG5" }, { "cp950", "BIG5" },
	{ "big5-hkscs", "BIG5-HKSCS" },
	{ "euc-kr", "UHC" }, { "ks_c_5601-1987", "UHC" }, { "cp949", "UHC" },
	{ "ksc5601", "UHC" }, { "windows-949", "UHC" },
	{ "iso-2022-kr", "ISO-2022-KR" },
	{ "euc-jp", "EUC-JP" }, { "x-euc-jp", "EUC-JP" },
	{ "shift_jis", "CP932" }, { "shift-jis", "CP932" },
	{ "sjis", "CP932" }, { "x-sjis", "CP932" }, { "cp932", "CP932" },
	{ "windows-31j", "CP932" }, { "iso-2022-jp", "ISO-2022-JP" },
	{ "utf-16", "UTF-16" }, { "utf-16le", "UTF-16LE" },
	{ "utf-16be", "UTF-16BE" },
};

static const struct charset *
find(struct span name)
{
	size_t i;

	name = span_trim(name);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (span_isi(name, table[i].label))
			return &table[i];
	}
	return NULL;
}

bool
charset_is_known(struct span name)
{
	return find(name) != NULL;
}

/* One pass of iconv over in; never fails. */
static void
run(iconv_t cd, struct span in, struct str *out)
{
	char buf[4096];
	/* iconv takes char ** for historical reasons and does not write. */
	char *from = (char *)(uintptr_t)in.p, *to;
	size_t left = in.n, room;
	int why;

	while (left > 0) {
		to = buf;
		room = sizeof(buf);
		why = 0;
		if (iconv(cd, &from, &left, &to, &room) == (size_t)-1)
			why = errno;
		str_add(out, buf, sizeof(buf) - room);
		if (why == 0 || left == 0)
			break;
		if (why == E2BIG && room < sizeof(buf))
			continue;
		/* EILSEQ; EINVAL: cut off at the end. */
		str_adds(out, REPLACEMENT);
		from++;
		left--;
	}
	to = buf;
	room = sizeof(buf);
	if (iconv(cd, NULL, NULL, &to, &room) != (size_t)-1)
		str_add(out, buf, sizeof(buf) - room);
}

bool
charset_convert(struct span name, struct span in, struct str *out)
{
	const struct charset *c = find(name);
	iconv_t cd;

	if (c == NULL)
		return false;
	if (c->iconv == NULL || (utf8_is_ascii(in) &&
	    span_is(span_of(c->iconv), "WINDOWS-1252"))) {
		str_addspan(out, in);
		return true;
	}
	cd = iconv_open("UTF-8", c->iconv);
	if (cd == (iconv_t)-1)
		return false;	/* this system lacks the converter */
	run(cd, in, out);
	(void)iconv_close(cd);	/* cannot fail for an open descriptor */
	return true;
}

void
charset_guess(struct span in, struct str *out)
{
	if (utf8_is_valid(in) ||
	    !charset_convert(span_of("windows-1252"), in, out))
		str_addspan(out, in);
}

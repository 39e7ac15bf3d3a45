#include "webpage.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>

#include "asset.h"
#include "limits.h"

static struct str asset_str(const struct asset *a)
{
	return (struct str){.at = (const char *)a->at, .len = a->len};
}

static void put(struct webpage *w, struct str s)
{
	fwrite(s.at, 1, s.len, w->out);
}

static void put_escaped(struct webpage *w, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		switch (s.at[i]) {
		case '<':
			fputs("&lt;", w->out);
			break;
		case '>':
			fputs("&gt;", w->out);
			break;
		case '&':
			fputs("&amp;", w->out);
			break;
		case '"':
			fputs("&quot;", w->out);
			break;
		default:
			fputc(s.at[i], w->out);
		}
	}
}

/* `'sha256-…'` of an element's text (Content Security Policy Level 3, 2.3.1). */
static void put_digest(struct webpage *w, const struct asset *a)
{
	struct sha256_ctx sha;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char base64[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE)];

	sha256_init(&sha);
	sha256_update(&sha, a->len, a->at);
	sha256_digest(&sha, sizeof(digest), digest);
	base64_encode_raw(base64, sizeof(digest), digest);
	fprintf(w->out, "'sha256-%.*s'", (int)sizeof(base64), base64);
}

static void put_policy(struct webpage *w)
{
	fputs("default-src 'none'; script-src ", w->out);
	put_digest(w, &asset_report_js);
	fputs("; style-src ", w->out);
	put_digest(w, &asset_report_css);
	fputs("; base-uri 'none'; form-action 'none'", w->out);
}

/* What stands for a `@WORD@` of the template; false: the data. */
static bool put_word(struct webpage *w, struct str word)
{
	if (str_is(word, "DATA"))
		return false;
	if (str_is(word, "TITLE"))
		put_escaped(w, w->title);
	else if (str_is(word, "POLICY"))
		put_policy(w);
	else if (str_is(word, "STYLE"))
		put(w, asset_str(&asset_report_css));
	else if (str_is(word, "SCRIPT"))
		put(w, asset_str(&asset_report_js));
	return true;
}

/* The template up to the data, or to its end. */
static void put_template(struct webpage *w)
{
	while (w->rest.len > 0) {
		size_t at = str_find(w->rest, STR("@"));
		size_t end;
		struct str word;

		if (at == SIZE_MAX)
			break;
		put(w, (struct str){w->rest.at, at});
		w->rest = str_from(w->rest, at + 1);
		end = str_find(w->rest, STR("@"));
		if (end == SIZE_MAX)
			break;
		word = (struct str){w->rest.at, end};
		w->rest = str_from(w->rest, end + 1);
		if (!put_word(w, word))
			return;
	}
	put(w, w->rest);
	w->rest = (struct str){0};
}

void webpage_begin(struct webpage *w, FILE *out, struct str title)
{
	*w = (struct webpage){
		.out = out,
		.line = text_make(LIMIT_OUTPUT_LINE),
		.rest = asset_str(&asset_report_html),
		.title = title,
	};
	put_template(w);
}

void webpage_data(struct webpage *w, const char *id)
{
	fprintf(w->out, "<script type=\"application/json\" id=\"%s\">", id);
	w->json = writer_into(&w->line);
}

static bool is_plain(char c)
{
	return c != '<' && c != '>' && c != '&' && c != '\xe2';
}

void webpage_flush(struct webpage *w)
{
	static const char line_separator[] = "\xe2\x80\xa8", paragraph_separator[] = "\xe2\x80\xa9";
	struct str s = text_str(&w->line);

	w->octets += s.len;
	for (size_t i = 0, begins = 0; i < s.len; begins = ++i) {
		struct str here;

		while (i < s.len && is_plain(s.at[i]))
			i++;
		put(w, (struct str){s.at + begins, i - begins});
		if (i == s.len)
			break;
		here = str_from(s, i);
		if (s.at[i] == '<' || s.at[i] == '>' || s.at[i] == '&') {
			fprintf(w->out, "\\u%04x", (unsigned)s.at[i]);
		} else if (str_starts(here, line_separator) ||
			   str_starts(here, paragraph_separator)) {
			fprintf(w->out, "\\u202%c", s.at[i + 2] == '\xa8' ? '8' : '9');
			i += 2;
		} else {
			fputc(s.at[i], w->out);
		}
	}
	text_clear(&w->line);
}

void webpage_data_end(struct webpage *w)
{
	webpage_flush(w);
	fputs("</script>\n", w->out);
}

void webpage_end(struct webpage *w)
{
	put_template(w);
	text_free(&w->line);
}

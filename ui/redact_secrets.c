#include "redact_secrets.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "must.h"
#include "whole_file.h"

static const struct {
	enum secret_kind kind;
	const char *word;
} kinds[] = {{SECRET_TUNNEL, "tunnel"}, {SECRET_USER, "user"}, {SECRET_RADIUS, "radius"}};

/* "…" for blanks and marks that mean something in the file. */
static void who_put(struct text *t, struct redact_map *m, struct str who)
{
	if (str_is(who, "*")) {
		text_putc(t, '*');
		return;
	}
	text_putc(t, '"');
	redact_name_text(m, who, t);
	text_putc(t, '"');
}

static void secret_put(struct text *t, struct redact_map *m, const char *word,
		       const struct secret *s)
{
	size_t n = s->value.len;
	uint8_t *copy = must_alloc(n + 1, 1);

	if (n > 0)
		memcpy(copy, s->value.at, n);
	redact_octets(m, REDACT_SECRET, copy, n);
	text_printf(t, "%s ", word);
	who_put(t, m, s->who);
	text_puts(t, " hex:");
	text_hex(t, span_of(copy, n), 0);
	text_putc(t, '\n');
	free(copy);
}

static bool file_write(struct run *run, const struct text *lines, struct text *why_not)
{
	struct text name = text_make(8192);
	struct whole_file file;
	mode_t mask = umask(077);
	bool ok;

	text_printf(&name, "%s.secrets", run->options->output);
	ok = whole_open(&file, name.at, run->options->force, why_not);
	if (ok) {
		(void)fwrite(lines->at, 1, lines->len, file.out);
		ok = whole_close(&file, why_not);
	}
	(void)umask(mask);
	text_free(&name);
	return ok;
}

bool redact_secrets_write(struct run *run, struct redact_map *map, struct text *why_not)
{
	struct text lines = text_make(1 << 24);
	bool ok = true;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct secret *s;
		size_t at = 0;

		while ((s = secrets_any(run->secrets, kinds[i].kind, &at)) != NULL)
			if (!s->is_learned)
				secret_put(&lines, map, kinds[i].word, s);
	}
	if (lines.len > 0 && strcmp(run->options->output, "-") == 0)
		run_warn(run, "the secrets as they are now are written beside a file only");
	else if (lines.len > 0)
		ok = file_write(run, &lines, why_not);
	text_free(&lines);
	return ok;
}

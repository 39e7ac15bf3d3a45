/* A whole input, of whatever kind: probed, read to its end, replayed, reported. */
#include <stdio.h>
#include <unistd.h>

#include "fuzz.h"
#include "limits.h"
#include "replay.h"

static void read_all(struct source *s, struct secrets *secrets)
{
	const struct replay_options options = {.keep_steps = true, .secrets = secrets};
	struct replay *r = replay_new(&options);
	const struct vantage *vantages;
	const struct report *report;
	uint64_t events = 0;
	struct event e;
	size_t n;

	while (source_next(s, &e) == PULLED) {
		/* No event without an octet of input behind it: an endless source shows here. */
		fuzz_must(++events <= 16 + 2 * (source_stats(s)->bytes + source_stats(s)->packets));
		replay_feed(r, &e);
	}
	n = source_vantages(s, &vantages);
	replay_end(r, vantages, n);
	report = replay_report(r);
	for (const struct finding *f = report->findings; f != NULL; f = f->next)
		fuzz_must(f->rule != NULL && f->text.len > 0);
	replay_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text why_not = text_make(LIMIT_OUTPUT_LINE);
	struct secrets *secrets = secrets_new();
	uint16_t vantages = 0;
	const struct source_options options = {
		.name = "fuzz", .secrets = secrets, .vantages = &vantages};
	char path[32];
	FILE *file = tmpfile();
	struct source *s;

	fuzz_must(file != NULL);
	fuzz_must(fwrite(data, 1, size, file) == size && fflush(file) == 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(file));
	s = source_open(path, &options, &why_not);
	if (s != NULL) {
		read_all(s, secrets);
		source_close(s);
	} else {
		fuzz_must(why_not.len > 0);
	}
	fclose(file);
	secrets_free(secrets);
	text_free(&why_not);
	return 0;
}

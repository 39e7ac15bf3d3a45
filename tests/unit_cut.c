/* A recording that begins late or ends early shows less, and nothing that is not so: at every
 * packet, from either end, no `error` that the whole does not have, and no more calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <glob.h>

#include "shown_kit.h"

enum { PCAP_HEADER = 24, RECORD_HEADER = 16, MAX_PACKETS = 100000 };

/* A pcap file, and where its packets begin; the last one ends at [n]. */
struct recording {
	uint8_t *octets;
	size_t len;
	size_t *packets, n;
	uint8_t *side; /* 0: sent by the address that is seen first; 1: by another */
};

static uint32_t length_at(const struct recording *r, size_t at)
{
	const uint8_t *p = r->octets + at;
	bool is_big = r->octets[0] == 0xa1;

	return is_big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
		      : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static bool recording_read(struct recording *r, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t at = PCAP_HEADER;
	long len;

	*r = (struct recording){0};
	if (!file)
		return false;
	fseek(file, 0, SEEK_END);
	len = ftell(file);
	rewind(file);
	r->octets = malloc((size_t)len + 1);
	r->packets = calloc(MAX_PACKETS + 1, sizeof(*r->packets));
	assert_non_null(r->octets);
	assert_non_null(r->packets);
	r->side = calloc(MAX_PACKETS + 1, 1);
	assert_non_null(r->side);
	r->len = fread(r->octets, 1, (size_t)len, file);
	fclose(file);
	while (at + RECORD_HEADER <= r->len && r->n < MAX_PACKETS) {
		size_t next = at + RECORD_HEADER + length_at(r, at + 8);

		if (next > r->len)
			break;
		r->packets[r->n++] = at;
		at = next;
	}
	r->packets[r->n] = at;
	return r->n > 0;
}

static void recording_free(struct recording *r)
{
	free(r->octets);
	free(r->packets);
	free(r->side);
}

/* What the whole says with a more special rule, because it shows more of the same fault. */
static bool is_excused(const struct shown *whole, const char *rule)
{
	static const struct {
		const char *part, *whole;
	} pairs[] = {
		{"ack-missing", "hello-lost"},
		{"sccrq-no-reply", "icmp-port-unreachable-1701"},
		/* the Response was the packet that is missing */
		{"chap-no-response", "auth-timeout"},
		/* the Challenge was */
		{"stopccn-result-auth", "challenge-no-response"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (strcmp(pairs[i].part, rule) == 0 && has_error(whole, pairs[i].whole))
			return true;
	}
	return has_error(whole, rule);
}

static struct shown shown_by(const char *path)
{
	struct replay *replay = replay_of(path);
	const struct report *report;
	struct shown shown = {0};

	assert_non_null(replay);
	report = replay_report(replay);
	for (const struct tunnel *t = report->tunnels; t; t = t->next) {
		shown.tunnels++;
		/* a call of several legs may fall apart when its setup is not seen */
		for (const struct session *s = t->sessions; s; s = s->next)
			shown.calls++;
	}
	/* without the reason the end is told, by the rule of what no other explains */
	for (const struct finding *f = report->findings; f; f = f->next)
		if (f->rule->when != ON_END)
			error_add(&shown, f);
	replay_free(replay);
	return shown;
}

static void sides_learn(struct recording *r, const char *path)
{
	struct text why = text_make(256);
	uint16_t vantages = 0;
	struct source_options options = {.name = "cut", .vantages = &vantages};
	struct source *source = source_open(path, &options, &why);
	struct address first = {0};
	struct event e;

	text_free(&why);
	while (source_next(source, &e) == PULLED) {
		if (!first.family)
			first = e.from.address;
		if (e.origin.frame && e.origin.frame <= r->n)
			r->side[e.origin.frame - 1] = !address_equal(&first, &e.from.address);
	}
	source_close(source);
}

/* Some of the packets, up to `snap` octets of each, as a file of their own. */
struct part {
	const struct recording *whole;
	const char *path, *scratch;
	bool (*keeps)(const struct recording *r, size_t packet, size_t from, size_t to);
	size_t from, to;
	uint32_t snap;
	bool only_calls; /* too little is left of each packet to tell what follows from it */
	bool all_calls;  /* nor may one be lost */
	bool any_calls;  /* a window of data may not tell which two directions are one tunnel */
	const char *what;
};

static void put_length(const struct recording *r, uint8_t *at, uint32_t value)
{
	bool is_big = r->octets[0] == 0xa1;

	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (is_big ? 24 - 8 * i : 8 * i));
}

static void part_write(const struct part *p)
{
	const struct recording *r = p->whole;
	FILE *file = fopen(p->scratch, "wb");

	assert_non_null(file);
	fwrite(r->octets, 1, PCAP_HEADER, file);
	for (size_t i = 0; i < r->n; i++) {
		uint8_t header[RECORD_HEADER];
		uint32_t len = length_at(r, r->packets[i] + 8);

		if (!p->keeps(r, i, p->from, p->to))
			continue;
		memcpy(header, r->octets + r->packets[i], RECORD_HEADER);
		if (p->snap && len > p->snap)
			len = p->snap;
		put_length(r, header + 8, len);
		fwrite(header, 1, RECORD_HEADER, file);
		fwrite(r->octets + r->packets[i] + RECORD_HEADER, 1, len, file);
	}
	fclose(file);
}

static unsigned part_check(const struct part *p, const struct shown *whole)
{
	unsigned wrong = 0;
	struct shown part;

	part_write(p);
	part = shown_by(p->scratch);
	if (part.calls > whole->calls && !p->any_calls) {
		print_message("%s, %s %zu %zu: %zu calls, not %zu\n", p->path, p->what, p->from,
			      p->to, part.calls, whole->calls);
		wrong++;
	}
	if (part.tunnels > whole->tunnels && !p->any_calls) {
		print_message("%s, %s %zu %zu: %zu tunnels, not %zu\n", p->path, p->what, p->from,
			      p->to, part.tunnels, whole->tunnels);
		wrong++;
	}
	if (p->all_calls && (part.calls != whole->calls || part.tunnels != whole->tunnels)) {
		print_message("%s, %s: %zu calls in %zu tunnels, not %zu in %zu\n", p->path,
			      p->what, part.calls, part.tunnels, whole->calls, whole->tunnels);
		wrong++;
	}
	for (size_t i = 0; i < part.n_errors && !p->only_calls; i++) {
		if (is_excused(whole, part.errors[i]))
			continue;
		print_message("%s, %s %zu %zu: %s\n", p->path, p->what, p->from, p->to,
			      part.errors[i]);
		wrong++;
	}
	return wrong;
}

static bool keeps_range(const struct recording *r, size_t packet, size_t from, size_t to)
{
	(void)r;
	return packet >= from && packet < to;
}

/* All but each `from`-th, beginning with number `to`. */
static bool keeps_most(const struct recording *r, size_t packet, size_t from, size_t to)
{
	(void)r;
	return packet % from != to;
}

/* Only what one side sends: `from` is 0 or 1. */
static bool keeps_side(const struct recording *r, size_t packet, size_t from, size_t to)
{
	(void)to;
	return r->side[packet] == from;
}

/* From either end, and windows in the middle. */
static unsigned check_ranges(struct part part, const struct shown *whole, size_t cuts)
{
	size_t n = part.whole->n, step = n / cuts + 1, width = n / 3 + 1;
	bool any_calls = part.any_calls;
	unsigned wrong = 0;

	part.keeps = keeps_range;
	part.what = "packets";
	for (size_t i = 1; i < n; i += step) {
		part.from = i;
		part.to = n;
		wrong += part_check(&part, whole);
		part.to = i + width < n ? i + width : n;
		part.any_calls = true;
		wrong += part_check(&part, whole);
		part.any_calls = any_calls;
		part.from = 0;
		part.to = i;
		wrong += part_check(&part, whole);
	}
	return wrong;
}

static unsigned check_holes(struct part part, const struct shown *whole, size_t phases)
{
	unsigned wrong = 0;

	part.keeps = keeps_most;
	part.what = "without each";
	for (part.from = 2; part.from < 8; part.from++) {
		for (part.to = 0; part.to < part.from && part.to < phases; part.to++)
			wrong += part_check(&part, whole);
	}
	return wrong;
}

static unsigned check_sides(struct part part, const struct shown *whole)
{
	unsigned wrong = 0;

	part.keeps = keeps_side;
	part.what = "side";
	for (part.from = 0; part.from < 2; part.from++)
		wrong += part_check(&part, whole);
	return wrong;
}

/* A snapshot length loses options and AVPs, and no tunnel or call. */
static unsigned check_snaps(struct part part, const struct shown *whole)
{
	static const struct {
		uint32_t length;
		const char *name;
	} snaps[] = {{64, "snap 64"}, {96, "snap 96"}, {128, "snap 128"}, {200, "snap 200"}};
	unsigned wrong = 0;

	part.keeps = keeps_range;
	part.to = part.whole->n;
	part.all_calls = true;
	for (size_t i = 0; i < sizeof(snaps) / sizeof(snaps[0]); i++) {
		part.snap = snaps[i].length;
		part.what = snaps[i].name;
		/* of 64 octets nothing is left that an ICMP error quotes */
		part.only_calls = snaps[i].length == 64;
		wrong += part_check(&part, whole);
	}
	return wrong;
}

/* Situations in which ids or places are used by several tunnels at once or in turn: which one a
 * packet is of hangs on the very message that a cut or a hole takes away. */
static bool hangs_on_one_message(const char *path)
{
	static const char *const names[] = {
		"/behind-nat", "/id-reuse", "/lns-other-address", "/nat-", "/paths", "/tie-",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strstr(path, names[i]))
			return true;
	}
	return false;
}

static unsigned check_parts(const char *path, size_t cuts)
{
	char scratch[] = "/tmp/l2tpscope-cut-XXXXXX";
	struct recording r;
	struct part part = {.whole = &r, .path = path, .scratch = scratch};
	struct shown whole;
	bool names_in_avps;
	unsigned wrong = 0;
	int fd;

	if (!recording_read(&r, path)) {
		recording_free(&r);
		return 0;
	}
	fd = mkstemp(scratch);
	assert_true(fd >= 0);
	close(fd);
	whole = shown_by(path);
	sides_learn(&r, path);
	part.any_calls = hangs_on_one_message(path);
	wrong += check_ranges(part, &whole, cuts);
	/* L2TPv3 names both ids of a session in AVPs only: which call a message is of cannot be
	 * known where they are cut off, or the message that told them is missing. */
	names_in_avps = strstr(path, "/v3-") != NULL;
	if (!names_in_avps)
		wrong += check_holes(part, &whole, cuts);
	wrong += check_sides(part, &whole);
	if (!names_in_avps && !part.any_calls)
		wrong += check_snaps(part, &whole);
	remove(scratch);
	recording_free(&r);
	return wrong;
}

/* Known to go wrong. A RADIUS exchange that is cut off no longer shows that the failure is due to
 * it; ids used again while the StopCCN and the SCCRP between are both missing are one tunnel's;
 * who sent a packet of a bare line hangs on what it answers; a cut L2TPv3 message loses ids that
 * nothing else names, and a cut tie which tunnel won. */
static bool is_known(const char *path)
{
	static const char *const names[] = {
		"/v3-late.pcap", "/v3-tie.pcap",  "/v3-udp.pcap", "/pppoe-radius-silent.",
		"/id-reuse.",    "/line-redial.", "/behind-nat."};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strstr(path, names[i])) {
			print_message("not yet: %s\n", path);
			return true;
		}
	}
	return false;
}

static unsigned check_all(const char *pattern, size_t cuts, size_t *ret_files)
{
	unsigned wrong = 0;
	glob_t found;

	*ret_files = 0;
	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (!is_known(found.gl_pathv[i]))
			wrong += check_parts(found.gl_pathv[i], cuts);
	}
	*ret_files = found.gl_pathc;
	globfree(&found);
	return wrong;
}

/* The scripted situations, woven beside the scratch files. */
static bool weave_all(const char *into)
{
	const char *weaver = getenv("WEAVER");
	glob_t found;
	bool is_done = weaver != NULL;

	if (!weaver || glob(SOURCE_DIR "/tests/woven/*.weave", 0, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc && is_done; i++) {
		struct text command = text_make(4096);
		const char *path = found.gl_pathv[i], *name = strrchr(path, '/') + 1;

		text_printf(&command, "'%s' '%s' '%s/%s.pcap'", weaver, path, into, name);
		is_done = system(command.at) == 0;
		text_free(&command);
	}
	globfree(&found);
	return is_done;
}

static void remove_all(const char *pattern)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		remove(found.gl_pathv[i]);
	globfree(&found);
}

static size_t cuts_wanted(size_t usual)
{
	const char *all = getenv("CUTS");

	return all ? strtoul(all, NULL, 10) : usual;
}

static void a_cut_sample_invents_nothing(void **unused)
{
	size_t files;

	(void)unused;
	assert_int_equal(check_all(SOURCE_DIR "/samples/*.pcap", cuts_wanted(1000), &files), 0);
	assert_true(files > 0);
}

static void a_cut_lab_capture_invents_nothing(void **unused)
{
	size_t files;

	(void)unused;
	assert_int_equal(
		check_all(SOURCE_DIR "/../shared/captures/lab/*/*.pcap", cuts_wanted(4), &files),
		0);
	if (files == 0) {
		print_message("skipped: ../shared is not there\n");
		skip();
	}
}

static void a_cut_situation_invents_nothing(void **unused)
{
	char into[] = "/tmp/l2tpscope-woven-XXXXXX", pattern[64];
	unsigned wrong;
	size_t files;

	(void)unused;
	if (!getenv("WEAVER")) {
		print_message("skipped: WEAVER is the program that weaves\n");
		skip();
	}
	assert_non_null(mkdtemp(into));
	snprintf(pattern, sizeof(pattern), "%s/*.pcap", into);
	assert_true(weave_all(into));
	wrong = check_all(pattern, cuts_wanted(4), &files);
	remove_all(pattern);
	remove(into);
	assert_int_equal(wrong, 0);
	assert_true(files > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_sample_invents_nothing),
		cmocka_unit_test(a_cut_lab_capture_invents_nothing),
		cmocka_unit_test(a_cut_situation_invents_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

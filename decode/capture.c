#include "capture.h"

#include <stdlib.h>

#include "alike.h"
#include "digest.h"
#include "lease.h"
#include "limits.h"
#include "linktype.h"
#include "silence.h"

struct capture *capture_new(const char *path, const char *kind, const struct source_options *o,
			    struct capture_reader reader)
{
	struct capture *c = must_alloc(1, sizeof(*c));

	*c = (struct capture){
		.reader = reader,
		.scratch = arena_new(LIMIT_SCRATCH),
		.cut_text = text_make(1024),
		.dialect = text_make(1024),
		.vantage = {.input = o->input},
		.glance = o->glance,
		.digest = o->digest,
		.is_filtered = o->bpf != NULL,
		.stats = {.path = path,
			  .name = o->name ? o->name : path,
			  .kind = SOURCE_CAPTURE,
			  .kind_name = kind,
			  .dialect = ""},
	};
	if (o->glance.leave && !reader.lends)
		c->alikes = alikes_new();
	c->frames = frame_decoder_new(c->scratch, o->secrets, o->with_noise);
	if (o->vantages)
		c->vantage.number = (*o->vantages)++;
	if (o->digest)
		digest_begin(o->digest, c);
	return c;
}

void capture_close(void *self)
{
	struct capture *c = self;

	c->reader.free(c->reader.self);
	frame_decoder_free(c->frames);
	alikes_free(c->alikes);
	arena_free(c->scratch);
	text_free(&c->cut_text);
	text_free(&c->dialect);
	free(c);
}

void capture_cut(struct capture *c, uint64_t offset, const char *why)
{
	if (c->stats.is_cut)
		return;
	text_printf(&c->cut_text, "after frame %llu, octet %llu: %s",
		    (unsigned long long)c->stats.packets, (unsigned long long)offset, why);
	c->stats.is_cut = true;
	c->stats.cut_text = text_str(&c->cut_text);
}

void capture_dialect(struct capture *c, int dlt)
{
	const char *name = link_name(dlt);
	struct str known = text_str(&c->dialect);

	if (!name)
		name = "unknown";
	if (str_find(known, str_of(name)) != SIZE_MAX)
		return;
	text_printf(&c->dialect, "%s%s", known.len ? ", " : "", name);
	c->stats.dialect = c->dialect.at;
}

static void moment_note(struct capture *c, struct moment when)
{
	if (!moment_known(when))
		return;
	c->now = when;
	input_stats_widen(&c->stats, when);
}

static void others_note(struct capture *c)
{
	const struct other_count *others;

	c->stats.n_other = frame_others(c->frames, &others);
	memcpy(c->stats.other, others, c->stats.n_other * sizeof(*others));
	c->stats.n_ipsec = frame_ipsec(c->frames, &c->stats.ipsec);
}

static void frame_note(struct capture *c, struct frame *f)
{
	c->stats.packets++;
	c->stats.bytes += f->octets.len;
	f->origin.input = c->vantage.input;
	f->origin.vantage = c->vantage.number;
	f->origin.frame = c->stats.packets;
	if (f->original < f->octets.len)
		f->original = (uint32_t)f->octets.len;
	moment_note(c, f->when);
}

/* A filter on ports passes only the first fragment of a datagram: what it lost was not lost on
 * the way, and the frame is just not whole. */
static void filter_excuse(struct capture *c, struct event *e)
{
	struct defect *excused;

	if (!c->is_filtered || e->n_defects == 0)
		return;
	excused = arena_array(c->scratch, e->n_defects, sizeof(*excused));
	if (!excused)
		return;
	memcpy(excused, e->defects, e->n_defects * sizeof(*excused));
	for (size_t i = 0; i < e->n_defects; i++) {
		if (excused[i].id != DEFECT_IP_FRAGMENT_LOST)
			continue;
		excused[i].id = DEFECT_FRAME_CUT;
		c->stats.filter_cut++;
	}
	e->defects = excused;
}

/* May a glance at the packet be enough? */
static bool has_glance(struct capture *c)
{
	if (c->is_no_glance || !c->glance.take || !c->glance.wants(c->glance.self) ||
	    !glance_read(&c->frame, &c->seen))
		return false;
	c->seen.lease = c->lease;
	if (c->alikes && !c->lease) {
		struct alike *a = alikes_add(c->alikes, &c->frame, &c->seen);

		c->seen.lease = a ? &a->lease : NULL;
	}
	return true;
}

static bool waits(struct capture *c, struct event *ret)
{
	if (!c->glance.is_turn || c->glance.is_turn(c->glance.self, &c->seen))
		return false;
	*ret = (struct event){.when = c->frame.when};
	return true;
}

/* Was it? */
static bool is_glanced(struct capture *c)
{
	if (!c->glance.take(c->glance.self, &c->seen))
		return false;
	c->stats.l2tp++;
	return true;
}

void capture_counted(struct capture *c, const struct glance_lease *newest)
{
	moment_note(c, newest->when);
	c->glance.counted(c->glance.self, newest);
}

/* What is still to be said before the next frame. */
static bool is_waiting(struct capture *c, struct event *ret)
{
	if (frame_is_idle(c->frames))
		return false;
	if (frame_more(c->frames, ret))
		return true;
	if (!frame_lost(c->frames, c->now, c->is_end, ret))
		return false;
	filter_excuse(c, ret);
	return true;
}

static bool frame_read(struct capture *c, struct event *ret)
{
	bool is_looked_at = c->digest || c->is_sample;
	bool was_idle = is_looked_at && frame_is_idle(c->frames);
	bool is_event = frame_decode(c->frames, &c->frame, ret), is_silent;

	if (!is_looked_at)
		return is_event;
	is_silent = !is_event && was_idle && frame_is_idle(c->frames) &&
		    frame_left_nothing(c->frames) && silence_of(ret) < SILENCES;
	if (c->digest)
		digest_frame(c->digest, ret, is_silent);
	c->is_silent = is_silent;
	return is_event;
}

/* What is counted by lease, until somebody has to know. */
struct tally {
	bool is_begun;
	size_t n;
	struct glance_leave leave;
	struct glance_lease *newest;
};

static bool may_count(struct capture *c, struct tally *t)
{
	enum { AT_ONCE = 8192 }; /* then somebody may want to stop */

	if (!t->is_begun)
		t->is_begun = frame_is_idle(c->frames) &&
			      c->glance.leave(c->glance.self, &c->vantage, &t->leave);
	return t->is_begun && t->n < AT_ONCE;
}

static bool is_counted(struct capture *c, struct tally *t)
{
	const struct frame *f = &c->frame;
	struct alike_seen seen;
	struct alike *a = alikes_find(c->alikes, f, &seen);

	if (!a || !a->lease.is_open || !may_count(c, t) ||
	    !lease_count(&a->lease, &t->leave, f->origin.frame, f->when.ns, seen.has_ns, seen.ns,
			 seen.length))
		return false;
	c->stats.l2tp++;
	t->newest = &a->lease;
	t->n++;
	return true;
}

static bool is_digested(struct capture *c)
{
	if (!digest_alike(c->digest))
		return false;
	c->stats.l2tp++;
	return true;
}

/* The next frame that is to be looked at. */
static enum taken frame_take(struct capture *c)
{
	struct tally t = {.n = 0};
	enum taken taken;

	do {
		taken = c->reader.take(c->reader.self, c, &c->frame);
		if (taken != TAKEN_END)
			frame_note(c, &c->frame);
	} while (taken == TAKEN &&
		 ((c->alikes && !c->lease && is_counted(c, &t)) || (c->digest && is_digested(c))));
	if (t.newest)
		capture_counted(c, t.newest);
	return taken;
}

enum pull capture_next(void *self, struct event *ret)
{
	struct capture *c = self;

	for (;;) {
		enum taken taken = TAKEN;
		bool has_waited = c->has_waited;

		c->has_waited = false;
		if (!has_waited) {
			arena_reset(c->scratch);
			if (is_waiting(c, ret))
				return PULLED;
			if (c->is_end) {
				others_note(c);
				return SOURCE_END;
			}
			taken = frame_take(c);
			c->is_end = taken == TAKEN_END;
			if (c->is_end)
				continue;
		}
		if (taken != TAKEN)
			continue;
		if (has_glance(c)) {
			c->has_waited = !has_waited && waits(c, ret);
			if (c->has_waited)
				return SOURCE_WAITS;
			if (is_glanced(c))
				continue;
		}
		if ((c->digest && digest_plain(c->digest)) || !frame_read(c, ret))
			continue;
		c->stats.l2tp += ret->l2tp.is_present || ret->kind == EVENT_ICMP;
		return PULLED;
	}
}

/* What is known of the whole input stays what it was. */
bool capture_back(void *self, uint64_t offset, uint64_t frame)
{
	struct capture *c = self;

	if (!c->reader.seek || !c->reader.seek(c->reader.self, c, offset))
		return false;
	if (!c->has_gone_back)
		c->whole = c->stats;
	c->has_gone_back = true;
	c->has_waited = false;
	c->stats.packets = frame - 1;
	c->is_end = false;
	return true;
}

bool capture_next_frame(void *self, struct frame *ret)
{
	struct capture *c = self;
	enum taken taken;

	do {
		*ret = (struct frame){0};
		taken = c->reader.take(c->reader.self, c, ret);
		if (taken != TAKEN_END)
			frame_note(c, ret);
	} while (taken == TAKEN_SKIPPED);
	return taken == TAKEN;
}

const struct input_stats *capture_stats(const void *self)
{
	const struct capture *c = self;

	return c->has_gone_back ? &c->whole : &c->stats;
}

size_t capture_vantages(const void *self, const struct vantage **ret)
{
	const struct capture *c = self;

	*ret = &c->vantage;
	return 1;
}

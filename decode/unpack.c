#include "unpack.h"

#include <errno.h>
#include <stdlib.h>

#include "arena.h"
#include "codec.h"

enum { CHUNK = 65536 };

static const struct codec *const codecs[] = {&codec_gzip, &codec_xz, &codec_zstd};

const struct codec *unpack_codec(struct span head)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		struct span magic = codecs[i]->magic;

		if (head.len >= magic.len && memcmp(head.at, magic.at, magic.len) == 0)
			return codecs[i];
	}
	return NULL;
}

const char *codec_name(const struct codec *c)
{
	return c->name;
}

struct str unpacked_name(struct str name)
{
	static const char *const packed[] = {".gz", ".xz", ".zst", ".bz2", ".lz4"};

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (name.len > strlen(packed[i]) && str_ends(name, packed[i]))
			return (struct str){name.at, name.len - strlen(packed[i])};
	return name;
}

struct unpacking {
	const struct codec *codec;
	void *state;
	FILE *from;
	struct stream *to;
	size_t limit;
	uint64_t total;
	struct turn turn;
	uint8_t in[CHUNK], out[CHUNK];
};

/* What a turn gave, up to the limit. False: it is reached, or the disk is full. */
static bool keep(struct unpacking *u, size_t n)
{
	size_t room = u->limit - (size_t)u->total;
	size_t some = n < room ? n : room;

	if (fwrite(u->out, 1, some, u->to->file) != some) {
		stream_cut(u->to, "after %llu octets the temporary file is full: %s",
			   (unsigned long long)u->total, strerror(errno));
		u->to->is_limited = true;
		return false;
	}
	u->total += some;
	if (n <= room)
		return true;
	stream_cut(u->to, "limit-spool: it unpacks to more than %zu octets", u->limit);
	u->to->is_limited = true;
	return false;
}

static void input_fill(struct unpacking *u)
{
	if (u->turn.in_left > 0 || u->turn.is_last)
		return;
	u->turn.in = u->in;
	u->turn.in_left = fread(u->in, 1, sizeof(u->in), u->from);
	u->turn.is_last = u->turn.in_left == 0;
}

/* False at the end, whether good or bad. */
static bool turn_take(struct unpacking *u)
{
	struct turn *t = &u->turn;
	size_t before;
	size_t made;
	bool is_fine;

	input_fill(u);
	before = t->in_left;
	t->out = u->out;
	t->out_left = sizeof(u->out);
	is_fine = u->codec->step(u->state, t);
	made = sizeof(u->out) - t->out_left;
	if (!keep(u, made))
		return false;
	if (!is_fine || (made == 0 && before > 0 && t->in_left == before))
		stream_cut(u->to, "the %s data is damaged after %llu unpacked octets",
			   u->codec->name, (unsigned long long)u->total);
	else if (t->is_last && made == 0 && !t->is_whole)
		stream_cut(u->to, "the %s data ends too soon, after %llu unpacked octets%s%s",
			   u->codec->name, (unsigned long long)u->total,
			   ferror(u->from) ? ": " : "", ferror(u->from) ? strerror(errno) : "");
	return !u->to->is_cut && !(t->is_last && made == 0);
}

bool unpack(struct stream *s, const struct codec *c, size_t limit, struct text *why_not)
{
	struct stream to;
	struct unpacking *u;
	bool is_made;

	if (!c->load(why_not) || !stream_temporary(&to, why_not))
		return false;
	u = must_alloc(1, sizeof(*u));
	u->codec = c;
	u->state = c->open();
	u->from = s->file;
	u->to = &to;
	u->limit = limit;
	u->total = 0;
	u->turn = (struct turn){0};
	if (!u->state)
		text_puts(why_not, "no memory to unpack it");
	while (u->state && turn_take(u))
		;
	is_made = u->state && stream_rewind(&to);
	if (u->state)
		c->close(u->state);
	free(u);
	if (!is_made) {
		stream_close(&to);
		return false;
	}
	if (s->is_cut)
		stream_cut(&to, "%s", s->damage.at);
	stream_close(s);
	*s = to;
	return true;
}

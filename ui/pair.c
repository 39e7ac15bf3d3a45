#include "pair.h"

#include <unistd.h>

/* `a.pcap:3`: what stands before the number, and the number; number 0 where there is none. */
struct asked {
	struct str what;
	uint64_t number;
};

/* A file that is really called so is a file. */
static struct asked asked_of(const struct input_name *in)
{
	struct str path = str_of(in->path);
	struct asked a = {.what = path};
	const char *colon = strrchr(in->path, ':');
	uint64_t number;

	if (colon == NULL || colon == in->path || access(in->path, F_OK) == 0 ||
	    !str_u64(str_of(colon + 1), &number) || number == 0)
		return a;
	a.what = str_range(in->path, colon);
	a.number = number;
	return a;
}

static bool refuse(struct text *why_not, const char *words)
{
	text_printf(why_not,
		    "%s: `diff 3 7 FILE...`, `diff a.pcap b.pcap`, or `diff a.pcap:3 b.pcap:1`",
		    words);
	return false;
}

/* The inputs that one side names: those NAME=FILE with this name, else the file itself. */
static size_t add_inputs(struct options *o, unsigned side, const struct asked *a,
			 struct input_name *to)
{
	char *path = o->pair.path[side];
	size_t n = 0;

	for (size_t i = 2; i < o->n_inputs && a->number != 0; i++) {
		if (str_equal(o->inputs[i].name, a->what))
			to[n++] = o->inputs[i];
	}
	if (n > 0)
		return n;
	*to = o->inputs[side];
	if (a->number == 0)
		return 1;
	if (a->what.len >= PAIR_PATH)
		return 0;
	memcpy(path, a->what.at, a->what.len);
	path[a->what.len] = '\0';
	to->path = path;
	return 1;
}

/* Is every input behind the first two named by one of them? */
static bool are_all_named(const struct options *o, const struct asked *asked)
{
	for (size_t i = 2; i < o->n_inputs; i++) {
		struct str name = o->inputs[i].name;

		if (name.len == 0 ||
		    (!str_equal(name, asked[0].what) && !str_equal(name, asked[1].what)))
			return false;
	}
	return true;
}

static bool resolve_inputs(struct options *o, struct text *why_not)
{
	struct input_name found[2][OPTION_INPUTS];
	struct asked asked[2];
	bool is_one;
	size_t n[2];

	for (unsigned i = 0; i < 2; i++) {
		asked[i] = asked_of(&o->inputs[i]);
		o->pair.number[i] = asked[i].number;
	}
	if (!are_all_named(o, asked))
		return refuse(why_not, "it is not clear which two calls are meant");
	for (unsigned i = 0; i < 2; i++) {
		n[i] = add_inputs(o, i, &asked[i], found[i]);
		if (n[i] == 0)
			return refuse(why_not, "the path of an input is too long");
	}
	is_one = asked[0].number != 0 && asked[1].number != 0 &&
		 str_equal(asked[0].what, asked[1].what);
	if (is_one)
		n[1] = 0;
	if (n[0] + n[1] > OPTION_INPUTS)
		return refuse(why_not, "too many inputs for one comparison");
	memcpy(o->inputs, found[0], n[0] * sizeof(*o->inputs));
	memcpy(o->inputs + n[0], found[1], n[1] * sizeof(*o->inputs));
	o->n_inputs = n[0] + n[1];
	o->pair.n_left = is_one ? 0 : n[0];
	return true;
}

bool pair_resolve(struct options *o, struct text *why_not)
{
	if (o->pair.n == 1 && o->messages)
		return text_puts(why_not,
				 "`diff --messages` needs two, frames of a capture or lines of a "
				 "log: `diff --messages 5 9 FILE`"),
		       false;
	if (o->pair.n == 1)
		return refuse(why_not, "`diff` needs two calls, of those that `calls FILE` lists");
	if (o->pair.n == 2 || o->n_inputs < 2)
		return true;
	return resolve_inputs(o, why_not);
}

void pair_half(const struct options *o, unsigned side, struct options *ret)
{
	size_t n_left = o->pair.n_left;

	*ret = *o;
	ret->n_inputs = side == 0 ? n_left : o->n_inputs - n_left;
	memmove(ret->inputs, ret->inputs + (side == 0 ? 0 : n_left),
		ret->n_inputs * sizeof(*ret->inputs));
	if (side == 1) /* which prints nothing */
		ret->output = NULL;
}

#include "consequences.h"

#include <stdlib.h>

struct consequence {
	const struct finding *root, *finding;
	size_t order;
};

struct consequences {
	struct run *run;
	struct consequence *rows;        /* by root, then as the report has them */
	const struct finding **findings; /* of them */
	size_t n;
};

struct consequences *consequences_new(struct run *r)
{
	struct consequences *x = must_alloc(1, sizeof(*x));

	x->run = r;
	return x;
}

void consequences_free(struct consequences *x)
{
	free(x->rows);
	free(x->findings);
	free(x);
}

static int by_root(const void *left, const void *right)
{
	const struct consequence *a = left, *b = right;

	if (a->root != b->root)
		return (uintptr_t)a->root < (uintptr_t)b->root ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static void find_all(struct consequences *x)
{
	const struct report *r = x->run->report;
	size_t i = 0;

	x->rows = must_alloc(r->n_findings, sizeof(*x->rows));
	for (const struct finding *f = r->findings; f != NULL && x->n < r->n_findings;
	     f = f->next) {
		run_rest(x->run, i++);
		if (f->root != NULL) {
			x->rows[x->n] = (struct consequence){f->root, f, x->n};
			x->n++;
		}
	}
	qsort(x->rows, x->n, sizeof(*x->rows), by_root);
	x->findings = must_alloc(x->n, sizeof(*x->findings));
	for (i = 0; i < x->n; i++)
		x->findings[i] = x->rows[i].finding;
}

const struct finding *const *consequences_of(struct consequences *x, const struct finding *root,
					     size_t *ret_n)
{
	size_t low = 0, high, end;

	*ret_n = 0;
	if (root->consequences == 0)
		return NULL;
	if (x->rows == NULL)
		find_all(x);
	high = x->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((uintptr_t)x->rows[middle].root < (uintptr_t)root)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < x->n && x->rows[end].root == root;)
		end++;
	*ret_n = end - low;
	return x->findings + low;
}

#include "defect.h"

#include "arena.h"
#include "limits.h"

static const struct defect_row rows[] = {
#define DEFECT(symbol, id, severity, title, ref) {id, severity, title, ref},
#include "defect.def"
#undef DEFECT
};

const struct defect_row *defect_row(enum defect_id id)
{
	return &rows[id];
}

struct defect *defect_add(struct defect_list *list, enum defect_id id, size_t offset)
{
	struct defect *fresh;

	if (list->n == LIMIT_DEFECTS)
		return NULL;
	if (list->n == list->room) {
		size_t room = list->room ? list->room * 2 : 4;
		struct defect *more = arena_array(list->arena, room, sizeof(*more));

		if (!more)
			return NULL;
		if (list->n)
			memcpy(more, list->at, list->n * sizeof(*more));
		list->at = more;
		list->room = room;
	}
	fresh = &list->at[list->n++];
	*fresh = (struct defect){.id = id,
				 .offset = offset > UINT32_MAX ? UINT32_MAX : (uint32_t)offset};
	return fresh;
}

void defect_add_all(struct defect_list *list, const struct defect *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct defect *d = defect_add(list, all[i].id, 0);

		if (d)
			*d = all[i];
	}
}

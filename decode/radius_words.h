/* RADIUS packets in words, as FreeRADIUS and IOS print them: one line for the packet, one for
 * each attribute. Kept until the next line is of something else. */
#ifndef L2TPSCOPE_RADIUS_WORDS_H
#define L2TPSCOPE_RADIUS_WORDS_H

#include "speech.h"

enum { RADIUS_WORDS = 64, RADIUS_WORDS_TEXT = 8192 };

struct radius_words {
	bool is_open;
	struct spoken line;
	enum sense sense;
	uint8_t code, id;
	uint16_t length;
	struct party from, to;
	struct {
		struct str name, value;
	} attributes[RADIUS_WORDS]; /* in `text` */
	size_t n;
	char text[RADIUS_WORDS_TEXT];
	size_t used;
};

/* `message` is `Access-Request` …; a name that is none gives code 0. */
void radius_words_begin(struct radius_words *p, const struct spoken *line, struct str message,
			enum sense sense);
void radius_words_add(struct radius_words *p, struct str name, struct str value);
/* Gives the packet that is held, if any, as an event. */
void radius_words_give(struct speech *s, struct radius_words *p);

/* 0 when it is no packet of RADIUS. */
uint8_t radius_words_code(struct str message);
/* One attribute by its name (`User-Name`, `Framed-IP-Address`) as a value; quotes come off. */
void radius_words_value(struct value_list *list, struct arena *a, struct str name,
			struct str value);

#endif

/* What a character is, whatever the locale says. */
#ifndef L2TPSCOPE_CHARACTER_H
#define L2TPSCOPE_CHARACTER_H

#include <stdbool.h>

static inline bool char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool char_is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool char_is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool char_is_letter(char c)
{
	return char_is_lower(c) || char_is_upper(c);
}

static inline bool char_is_hex(char c)
{
	return char_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline char char_lower(char c)
{
	return char_is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

static inline bool char_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

#endif

/* What printf formats, without its cost: text, integers and decimals are most of what is printed.
 * Whatever else a format holds is left to vsnprintf; the octets are the same. */
#ifndef L2TPSCOPE_TEXT_FORMAT_H
#define L2TPSCOPE_TEXT_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* As vsnprintf. */
int text_format(char *room, size_t size, const char *format, va_list list)
	__attribute__((format(printf, 3, 0)));

/* A number in decimal, without a NUL; how many octets. */
enum { DECIMAL_ROOM = 20, REAL_ROOM = 40 };
size_t decimal_write(char room[DECIMAL_ROOM], uint64_t number);
/* Two digits of a number below 100. */
extern const char digit_pairs[200];
static inline void pair_write(char at[2], unsigned number)
{
	memcpy(at, digit_pairs + 2 * (size_t)number, 2);
}
/* Its last `width` digits, with zeros before. */
void digits_write(char *at, uint64_t number, size_t width);

/* As `%.*f`, rounded as it rounds; 0 when the number is not one for this (too large, no number,
 * more than nine digits). */
size_t real_write(char room[REAL_ROOM], double number, int digits);

#endif

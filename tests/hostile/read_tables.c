/* Rows for databases. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "readers.h"

enum { FIELD_MOST = 65536 };

/* ---- COPY ---- */

/* A field up to a tab or the end of the line; its length. */
static size_t read_field(const struct output *o, size_t at)
{
	static char field[FIELD_MOST];
	size_t i = at, n = 0;

	for (; i < o->len && o->at[i] != '\t' && o->at[i] != '\n' && n < FIELD_MOST; i++) {
		if (o->at[i] != '\\') {
			field[n++] = o->at[i];
			continue;
		}
		i++;
		if (i == o->len || strchr("\\N", o->at[i]) == NULL ||
		    (o->at[i] == 'N' && i != at + 1))
			o->complain("a backslash that begins nothing", o->at + at, o->len - at);
		if (i < o->len)
			field[n++] = o->at[i];
	}
	o->found(field, n);
	return i - at;
}

void read_copy(const struct output *o)
{
	size_t columns = 0, here = 1;

	for (size_t i = 0; i < o->len; i++) {
		i += read_field(o, i);
		if (i < o->len && o->at[i] == '\t') {
			here++;
			continue;
		}
		if (columns != 0 && here != columns)
			o->complain("a row of another length", o->at, o->len);
		columns = here;
		here = 1;
	}
}

/* ---- SQLite ---- */

static void read_rows(const struct output *o, sqlite3 *db, const char *table)
{
	char query[256];
	sqlite3_stmt *row;

	snprintf(query, sizeof(query), "SELECT * FROM \"%s\"", table);
	if (sqlite3_prepare_v2(db, query, -1, &row, NULL) != SQLITE_OK) {
		o->complain("no table", table, strlen(table));
		return;
	}
	while (sqlite3_step(row) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(row); i++) {
			struct output cell = *o;

			if (sqlite3_column_type(row, i) == SQLITE_BLOB)
				o->complain("octets instead of text", table, strlen(table));
			if (sqlite3_column_type(row, i) != SQLITE_TEXT)
				continue;
			cell.at = (const char *)sqlite3_column_text(row, i);
			cell.len = (size_t)sqlite3_column_bytes(row, i);
			read_terminal(&cell, false, false);
		}
	}
	sqlite3_finalize(row);
}

void read_sqlite(const struct output *o, const char *path)
{
	sqlite3_stmt *tables;
	sqlite3 *db;
	size_t n = 0;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table'", -1,
			       &tables, NULL) != SQLITE_OK) {
		o->complain("no database", path, strlen(path));
		return;
	}
	for (; sqlite3_step(tables) == SQLITE_ROW; n++)
		read_rows(o, db, (const char *)sqlite3_column_text(tables, 0));
	if (n == 0)
		o->complain("a database without tables", path, strlen(path));
	sqlite3_finalize(tables);
	sqlite3_close(db);
}

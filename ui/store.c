#include "store.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "check_sum.h"
#include "cmd_common.h"
#include "command.h"
#include "limits.h"
#include "pick.h"
#include "store_cell.h"
#include "store_schema.h"

#define LIBRARY_TABLE "sqlite_library.def"
#define LIBRARY_FILE  "libsqlite3.so.0"
#include "lazy_table.h"

enum { CALLS, TUNNELS, FINDINGS };

struct store {
	sqlite3 *db;
	sqlite3_stmt *insert[STORE_TABLES];
	size_t by_severity[SEVERITY_ERROR + 1];
	struct text trouble; /* the first one; nothing is done after it */
};

const char *store_library_version(struct text *why_not)
{
	return lazy_load(&library, why_not) ? lib.sqlite3_libversion() : NULL;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; s->db && i < STORE_TABLES; i++)
		lib.sqlite3_finalize(s->insert[i]);
	if (s->db)
		lib.sqlite3_close(s->db);
	text_free(&s->trouble);
	free(s);
}

static bool is_fine(const struct store *s)
{
	return s->trouble.len == 0;
}

static void check(struct store *s, bool is_done)
{
	if (!is_done && is_fine(s))
		text_printf(&s->trouble, "SQLite: %s",
			    s->db ? lib.sqlite3_errmsg(s->db) : "no memory");
}

static void execute(struct store *s, const char *statements)
{
	if (is_fine(s))
		check(s, lib.sqlite3_exec(s->db, statements, NULL, NULL, NULL) == SQLITE_OK);
}

static sqlite3_stmt *prepare(struct store *s, const char *table, size_t columns)
{
	struct text t = text_make(4096);
	sqlite3_stmt *made = NULL;

	text_printf(&t, "INSERT INTO %s VALUES (?", table);
	for (size_t i = 1; i < columns; i++)
		text_puts(&t, ", ?");
	text_puts(&t, ")");
	if (is_fine(s))
		check(s, lib.sqlite3_prepare_v2(s->db, t.at, -1, &made, NULL) == SQLITE_OK);
	text_free(&t);
	return made;
}

static void put_text(sqlite3_stmt *to, int column, struct str text)
{
	lib.sqlite3_bind_text(to, column, text.len ? text.at : "", (int)text.len, NULL);
}

static void step(struct store *s, sqlite3_stmt *row)
{
	check(s, lib.sqlite3_step(row) == SQLITE_DONE);
	lib.sqlite3_reset(row);
	lib.sqlite3_clear_bindings(row);
}

/* ---- the beginning ---- */

static void make_tables(struct store *s)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	store_print_tables(&t, STORE_SQLITE);
	text_puts(&t, "CREATE TABLE schema (\"table\" TEXT, \"column\" TEXT, about TEXT);\n"
		      "CREATE TABLE inputs (name TEXT, path TEXT, kind TEXT, packets INTEGER, "
		      "cut TEXT);\n");
	execute(s, t.at);
	text_free(&t);
}

/* What each column says, and which program says it. */
static void fill_schema(struct store *s)
{
	sqlite3_stmt *row = prepare(s, "schema", 3);

	for (size_t i = 0; i < STORE_TABLES && is_fine(s); i++) {
		struct store_column columns[STORE_COLUMNS];
		size_t n = store_columns(store_tables[i].set, columns);

		s->insert[i] = prepare(s, store_tables[i].name, n);
		for (size_t k = 0; k < n && is_fine(s); k++) {
			put_text(row, 1, str_of(store_tables[i].name));
			put_text(row, 2, str_of(columns[k].name));
			put_text(row, 3, str_of(columns[k].field->about));
			step(s, row);
		}
	}
	if (is_fine(s)) {
		put_text(row, 3, STR("l2tpscope/1, of l2tpscope " L2TPSCOPE_VERSION));
		step(s, row);
	}
	lib.sqlite3_finalize(row);
}

/* command.prepare: the library is loaded while files may still be opened by name. */
static void store_begin(struct run *r)
{
	struct store *s = r->store = must_alloc(1, sizeof(*s));
	sqlite3_int64 most = LIMIT_STORE;
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

	*s = (struct store){.trouble = text_make(4096)};
	if (!store_library_version(&s->trouble))
		return;
	check(s, lib.sqlite3_open_v2("calls", &s->db, flags, "memdb") == SQLITE_OK);
	if (!is_fine(s))
		return;
	lib.sqlite3_file_control(s->db, "main", SQLITE_FCNTL_SIZE_LIMIT, &most);
	execute(s, "PRAGMA journal_mode = OFF; PRAGMA temp_store = MEMORY; BEGIN;");
	make_tables(s);
	fill_schema(s);
}

/* ---- rows ---- */

static void put_row(struct store *s, size_t table, const struct subject *subject)
{
	struct store_cell cells[STORE_COLUMNS];
	sqlite3_stmt *row = s->insert[table];
	size_t n = store_cells(store_tables[table].set, subject, cells);

	for (size_t i = 0; i < n; i++) {
		int column = (int)i + 1;

		switch (cells[i].type) {
		case STORE_NUMBER:
		case STORE_TRUTH:
			lib.sqlite3_bind_int64(row, column, (sqlite3_int64)cells[i].number);
			break;
		case STORE_REAL:
			lib.sqlite3_bind_double(row, column, cells[i].real);
			break;
		case STORE_TEXT:
		case STORE_TIME:
			put_text(row, column, cells[i].text);
			break;
		case STORE_NULL:
			break;
		}
	}
	step(s, row);
}

static void put_calls(struct run *r, struct store *s)
{
	for (const struct call *c = r->report->calls; c && is_fine(s);
	     c = call_after(r->report, c)) {
		struct subject subject;

		if (!run_shows_call(r, c))
			continue;
		subject = run_subject(r);
		subject.call = c;
		subject.tunnel = c->tunnel;
		put_row(s, CALLS, &subject);
	}
}

static void put_tunnels(struct run *r, struct store *s)
{
	for (const struct tunnel *t = r->report->tunnels; t && is_fine(s);
	     t = tunnel_after(r->report, t)) {
		struct subject subject;

		if (!run_shows_tunnel(r, t))
			continue;
		subject = run_subject(r);
		subject.tunnel = t;
		put_row(s, TUNNELS, &subject);
	}
}

static void put_findings(struct run *r, struct store *s)
{
	for (const struct finding *f = r->report->findings; f && is_fine(s);
	     f = finding_after(r->report, f)) {
		struct subject subject;

		if (!run_shows_finding(r, f) || pick_drops(r->pick, f))
			continue;
		s->by_severity[f->severity]++;
		subject = run_subject(r);
		subject.finding = f;
		put_row(s, FINDINGS, &subject);
	}
}

static void store_rows(struct run *r)
{
	put_calls(r, r->store);
	put_tunnels(r, r->store);
	put_findings(r, r->store);
}

/* ---- the end ---- */

static void fill_inputs(struct run *r, struct store *s)
{
	sqlite3_stmt *row = prepare(s, "inputs", 5);

	for (size_t i = 0; i < r->n_inputs && is_fine(s); i++) {
		const struct input *in = &r->inputs[i];
		const struct input_stats *about = in->source ? source_stats(in->source) : NULL;

		arena_reset(r->scratch);
		put_text(row, 1, common_untrusted(r, in->name));
		put_text(row, 2, common_untrusted(r, str_of(in->path)));
		if (about)
			put_text(row, 3, str_of(about->kind_name));
		if (about && about->kind == SOURCE_CAPTURE)
			lib.sqlite3_bind_int64(row, 4, (sqlite3_int64)about->packets);
		if (about && about->is_cut)
			put_text(row, 5, about->cut_text);
		step(s, row);
	}
	lib.sqlite3_finalize(row);
}

static void make_indexes(struct store *s)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	store_print_indexes(&t, STORE_SQLITE);
	text_puts(&t, "COMMIT;");
	execute(s, t.at);
	text_free(&t);
}

static bool write_file(struct run *r, struct store *s, struct text *why_not)
{
	sqlite3_int64 size = 0;
	unsigned char *octets;
	struct whole_file file;

	octets = lib.sqlite3_serialize(s->db, "main", &size, SQLITE_SERIALIZE_NOCOPY);
	check(s, octets != NULL);
	if (!is_fine(s)) {
		text_add(why_not, text_str(&s->trouble));
		return false;
	}
	if (!whole_open(&file, r->options->output, r->options->force, why_not)) {
		run_raise(r, STATUS_USAGE);
		return false;
	}
	fwrite(octets, 1, (size_t)size, file.out);
	return whole_close(&file, why_not);
}

static enum exit_status judge(const struct run *r, const struct store *s)
{
	return r->options->command->bit == COMMAND_CHECK ? check_status(r->options, s->by_severity)
							 : STATUS_DONE;
}

static enum exit_status store_run(struct run *r)
{
	struct text why_not = text_make(4096);
	struct store *s = r->store;
	enum exit_status status;
	bool is_written;

	if (is_fine(s))
		store_rows(r);
	if (is_fine(s))
		fill_inputs(r, s);
	make_indexes(s);
	if (!is_fine(s))
		text_add(&why_not, text_str(&s->trouble));
	is_written = is_fine(s) && !run_is_interrupted(r) && write_file(r, s, &why_not);
	status = is_written ? judge(r, s) : STATUS_LIMIT;
	if (why_not.len > 0)
		term_complain(text_str(&why_not));
	text_free(&why_not);
	return r->is_interrupted ? STATUS_DONE : status;
}

/* ---- the commands ---- */

/* clang-format off */
static const struct command stores[] = {
	{.bit = COMMAND_CALLS, .name = "calls", .needs = NEEDS_REPLAY | NEEDS_STEPS | WRITES_FILE,
	 .prepare = store_begin, .run = store_run, .rows = store_rows, .has_rows = common_has_rows},
	{.bit = COMMAND_TUNNELS, .name = "tunnels", .needs = NEEDS_REPLAY | NEEDS_STEPS | WRITES_FILE,
	 .prepare = store_begin, .run = store_run, .rows = store_rows, .has_rows = common_has_rows},
	{.bit = COMMAND_CHECK, .name = "check", .needs = NEEDS_REPLAY | NEEDS_STEPS | WRITES_FILE,
	 .prepare = store_begin, .run = store_run, .rows = store_rows, .has_rows = common_has_rows},
};
/* clang-format on */

const struct command *store_command(const struct command *c, const char *output)
{
	for (size_t i = 0; output && i < sizeof(stores) / sizeof(stores[0]); i++)
		if (stores[i].bit == c->bit && str_ends(str_of(output), ".sqlite"))
			return &stores[i];
	return c;
}

/* The page of `report`: a document whose only script and style are ours (their digests stand in the
 * policy), and whose data is JSON that fits together.
 *
 *   report PROGRAM FILE... */
#include <jansson.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_MAX = 4096, PAGE_MAX = 64 << 20, ID_MAX = 64 };

static const char *file;
static int failures;

static void complain(const char *what, const char *where)
{
	printf("%s: %s: %.200s\n", file, what, where);
	failures++;
}

static char *page_of(const char *program, char *room)
{
	char command[COMMAND_MAX];
	FILE *pipe;
	size_t n;

	snprintf(command, sizeof(command), "'%s' report --secrets samples/secrets '%s' 2>/dev/null",
		 program, file);
	pipe = popen(command, "r");
	n = pipe == NULL ? 0 : fread(room, 1, PAGE_MAX - 1, pipe);
	room[n] = '\0';
	if (pipe != NULL)
		pclose(pipe);
	return room;
}

/* ---- the document ---- */

/* The digest of what stands between the tags is in the policy. */
static void check_digest(const char *page, const char *open, const char *close)
{
	const char *from = strstr(page, open);
	const char *to = from == NULL ? NULL : strstr(from, close);
	struct sha256_ctx sha;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char base64[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "";

	if (to == NULL) {
		complain("no element", open);
		return;
	}
	from += strlen(open);
	sha256_init(&sha);
	sha256_update(&sha, (size_t)(to - from), (const uint8_t *)from);
	sha256_digest(&sha, sizeof(digest), digest);
	base64_encode_raw(base64, sizeof(digest), digest);
	if (strstr(page, base64) == NULL)
		complain("the policy does not name the digest of", open);
}

static size_t count(const char *page, const char *what)
{
	size_t n = 0;

	for (const char *at = strstr(page, what); at != NULL; at = strstr(at + 1, what))
		n++;
	return n;
}

static void check_document(const char *page)
{
	static const char *const outside[] = {"http:", "https:",    " src=", "@import",
					      "url(",  "innerHTML", "eval("};
	const char *ours = strstr(page, "<script>");

	check_digest(page, "<script>", "</script>");
	check_digest(page, "<style>", "</style>");
	if (strncmp(page, "<!DOCTYPE html>", 15) != 0 || strstr(page, "</html>") == NULL)
		complain("no whole document", page);
	if (count(page, "<script") != count(page, "</script>"))
		complain("a text of the input ends or begins a script", "");
	if (count(page, "<style") != 1 || count(page, "<script>") != 1)
		complain("more than one script or style", "");
	for (size_t i = 0; ours != NULL && i < sizeof(outside) / sizeof(outside[0]); i++) {
		if (strstr(ours, outside[i]) != NULL)
			complain("the script could reach outside", outside[i]);
	}
}

/* ---- the data ---- */

static json_t *data(const char *page, const char *id)
{
	char tag[ID_MAX + 64];
	json_error_t error;
	const char *from, *to;
	json_t *root;

	snprintf(tag, sizeof(tag), "<script type=\"application/json\" id=\"%s\">", id);
	from = strstr(page, tag);
	to = from == NULL ? NULL : strstr(from, "</script>");
	if (to == NULL) {
		complain("no data", id);
		return NULL;
	}
	from += strlen(tag);
	root = json_loadb(from, (size_t)(to - from), 0, &error);
	if (root == NULL)
		complain(error.text, id);
	for (; from < to; from++) {
		if (*from == '<' || *from == '>' || *from == '&') {
			complain("markup in data", from);
			break;
		}
	}
	return root;
}

static bool is_below(json_t *number, size_t n)
{
	return json_is_integer(number) && json_integer_value(number) >= 0 &&
	       (size_t)json_integer_value(number) < n;
}

static void check_rows(json_t *call, const char *id)
{
	size_t parties = json_array_size(json_object_get(call, "parties"));
	size_t findings = json_array_size(json_object_get(call, "findings"));
	size_t i, k;
	json_t *row, *note;

	json_array_foreach(json_object_get(call, "rows"), i, row)
	{
		if (!is_below(json_object_get(row, "from"), parties) ||
		    !is_below(json_object_get(row, "to"), parties))
			complain("a message of nobody", id);
		json_array_foreach(json_object_get(row, "notes"), k, note)
		{
			if (json_array_size(note) == 4 &&
			    !is_below(json_array_get(note, 3), findings))
				complain("a note without its finding", id);
		}
	}
}

static void check_findings(json_t *call, json_t *run, const char *id)
{
	size_t rows = json_array_size(json_object_get(call, "rows"));
	size_t i, k;
	json_t *finding, *evidence, *rule;

	json_array_foreach(json_object_get(call, "findings"), i, finding)
	{
		json_t *name = json_object_get(finding, "rule");
		bool is_known = false;

		json_array_foreach(json_object_get(run, "rules"), k, rule) is_known =
			is_known || json_equal(json_object_get(rule, "rule"), name);
		if (!is_known)
			complain("a rule that the page does not explain", json_string_value(name));
		json_array_foreach(json_object_get(finding, "evidence"), k, evidence)
		{
			if (json_array_size(evidence) == 3 &&
			    !is_below(json_array_get(evidence, 2), rows))
				complain("evidence in no row", id);
		}
	}
}

/* Every row of a table can be opened, and has what its columns say. */
static void check_list(const char *page, json_t *list, json_t *run, const char *kind)
{
	json_t *table = json_object_get(list, kind);
	size_t columns = json_array_size(json_object_get(table, "columns"));
	size_t facts = json_array_size(json_object_get(json_object_get(run, "facts"), kind));
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(table, "rows"), i, row)
	{
		char id[ID_MAX];
		json_t *call;

		snprintf(id, sizeof(id), "%s-%s", kind, json_string_value(json_array_get(row, 0)));
		call = data(page, id);
		if (json_array_size(row) != columns)
			complain("a row without all columns", id);
		if (json_array_size(json_object_get(call, "facts")) != facts)
			complain("facts without their names", id);
		check_rows(call, id);
		check_findings(call, run, id);
		json_decref(call);
	}
}

int main(int argc, char **argv)
{
	char *room = malloc(PAGE_MAX);

	for (int i = 2; room != NULL && i < argc; i++) {
		const char *page;
		json_t *run, *list;

		file = argv[i];
		page = page_of(argv[1], room);
		run = data(page, "run");
		list = data(page, "list");
		check_document(page);
		check_list(page, list, run, "call");
		check_list(page, list, run, "tunnel");
		json_decref(run);
		json_decref(list);
	}
	free(room);
	return room == NULL || failures > 0;
}

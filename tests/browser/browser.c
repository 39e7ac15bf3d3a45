/* Opens a page in a browser that nobody sees, does what a walk says, and fails when the page
 * complains, asks for anything from anywhere, or is not what the walk expects.
 *
 *   browser PAGE WALK [SHOT.png]      BROWSER_WIDTH, BROWSER_HEIGHT, BROWSER_SCHEME (light, dark)
 *
 * A walk is JavaScript that runs inside the page, in steps: a line `//// key NAME` ends a step and
 * presses a key. What a step's last expression gives, a list of texts, is what is wrong. The
 * browser is Chromium, over the pipes of its DevTools protocol: file descriptors 3 and 4, messages
 * that end with NUL. */
#include <jansson.h>
#include <nettle/base64.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, WALK_MAX = 1 << 20, FROM_PAGE = 4, TO_PAGE = 3, URL_MAX = 4400 };

struct browser {
	pid_t pid;
	int in, out; /* what it reads, what it writes */
	char *text;  /* what it wrote so far */
	size_t len, room;
	json_int_t id;
	char session[128];
	const char *page; /* its URL */
	bool is_loaded;
	int failures;
};

static void fail(struct browser *b, const char *what, const char *detail)
{
	printf("%s: %.600s\n", what, detail == NULL ? "" : detail);
	b->failures++;
}

static void give_up(struct browser *b, const char *what)
{
	printf("%s\n", what);
	if (b->pid > 0) {
		kill(b->pid, SIGKILL);
		waitpid(b->pid, NULL, 0);
	}
	exit(1);
}

/* ---- messages ---- */

static void start(struct browser *b, const char *folder)
{
	int to[2], from[2];
	char profile[URL_MAX];

	snprintf(profile, sizeof(profile), "--user-data-dir=%s", folder);
	if (pipe(to) != 0 || pipe(from) != 0)
		give_up(b, "no pipe");
	b->pid = fork();
	if (b->pid == 0) {
		int in = dup(to[0]), out = dup(from[1]); /* out of the way of 3 and 4 */

		while (in >= 0 && in <= FROM_PAGE)
			in = dup(in);
		while (out >= 0 && out <= FROM_PAGE)
			out = dup(out);
		dup2(in, TO_PAGE);
		dup2(out, FROM_PAGE);
		/* it goes when this program goes, and holds nothing of it open */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (freopen("/dev/null", "w", stderr) == NULL ||
		    freopen("/dev/null", "w", stdout) == NULL)
			_exit(126);
		execlp("chromium", "chromium", "--headless", "--no-sandbox", "--disable-gpu",
		       "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
		       "--remote-debugging-pipe", profile, (char *)NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	b->in = to[1];
	b->out = from[0];
}

static void hear(struct browser *b, json_t *message)
{
	const char *method = json_string_value(json_object_get(message, "method"));
	json_t *p = json_object_get(message, "params");
	char *words = json_dumps(p, JSON_COMPACT);

	if (method == NULL) {
		free(words);
		return;
	}
	if (strcmp(method, "Page.loadEventFired") == 0)
		b->is_loaded = true;
	if (strcmp(method, "Runtime.exceptionThrown") == 0 ||
	    strcmp(method, "Runtime.consoleAPICalled") == 0 ||
	    strcmp(method, "Log.entryAdded") == 0 ||
	    strcmp(method, "Page.javascriptDialogOpening") == 0)
		fail(b, method, words);
	if (strcmp(method, "Network.requestWillBeSent") == 0) {
		const char *url =
			json_string_value(json_object_get(json_object_get(p, "request"), "url"));

		if (url == NULL || strcmp(url, b->page) != 0)
			fail(b, "the page asks for", url);
	}
	free(words);
}

static json_t *receive(struct browser *b)
{
	char *end = NULL;
	json_t *message;

	while (b->len == 0 || (end = memchr(b->text, '\0', b->len)) == NULL) {
		struct pollfd ready = {.fd = b->out, .events = POLLIN};
		ssize_t n;

		if (b->room - b->len < 65536) {
			b->room = b->room * 2 + 65536;
			b->text = realloc(b->text, b->room);
			if (b->text == NULL)
				give_up(b, "no memory");
		}
		if (poll(&ready, 1, PATIENCE_MS) <= 0)
			give_up(b, "the browser does not answer");
		n = read(b->out, b->text + b->len, b->room - b->len);
		if (n <= 0)
			give_up(b, "the browser is gone");
		b->len += (size_t)n;
	}
	message = json_loads(b->text, 0, NULL);
	b->len -= (size_t)(end + 1 - b->text);
	memmove(b->text, end + 1, b->len);
	return message;
}

/* `params` is taken over. The result, to be released. */
static json_t *call(struct browser *b, const char *method, json_t *params)
{
	json_t *request = json_pack("{s:I,s:s,s:o}", "id", ++b->id, "method", method, "params",
				    params == NULL ? json_object() : params);
	char *text;

	if (b->session[0] != '\0')
		json_object_set_new(request, "sessionId", json_string(b->session));
	text = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	if (text == NULL || write(b->in, text, strlen(text) + 1) != (ssize_t)strlen(text) + 1)
		give_up(b, "the browser does not listen");
	free(text);
	for (;;) {
		json_t *message = receive(b);

		if (json_integer_value(json_object_get(message, "id")) == b->id) {
			json_t *result = json_incref(json_object_get(message, "result"));

			if (result == NULL) {
				char *words = json_dumps(message, JSON_COMPACT);

				fail(b, method, words);
				free(words);
			}
			json_decref(message);
			return result;
		}
		hear(b, message);
		json_decref(message);
	}
}

static void order(struct browser *b, const char *method, json_t *params)
{
	json_decref(call(b, method, params));
}

/* ---- what is done ---- */

static long number_of(const char *name, long otherwise)
{
	const char *value = getenv(name);

	return value == NULL ? otherwise : strtol(value, NULL, 10);
}

static void attach(struct browser *b)
{
	const char *scheme = getenv("BROWSER_SCHEME");
	json_t *target = call(b, "Target.createTarget", json_pack("{s:s}", "url", "about:blank"));
	json_t *session = call(b, "Target.attachToTarget",
			       json_pack("{s:O,s:b}", "targetId",
					 json_object_get(target, "targetId"), "flatten", 1));

	snprintf(b->session, sizeof(b->session), "%s",
		 json_string_value(json_object_get(session, "sessionId")));
	json_decref(target);
	json_decref(session);
	order(b, "Runtime.enable", NULL);
	order(b, "Log.enable", NULL);
	order(b, "Page.enable", NULL);
	order(b, "Network.enable", NULL);
	order(b, "Emulation.setDeviceMetricsOverride",
	      json_pack("{s:i,s:i,s:i,s:b}", "width", (int)number_of("BROWSER_WIDTH", 1400),
			"height", (int)number_of("BROWSER_HEIGHT", 1000), "deviceScaleFactor", 1,
			"mobile", 0));
	order(b, "Emulation.setEmulatedMedia",
	      json_pack("{s:[{s:s,s:s},{s:s,s:s}]}", "features", "name", "prefers-color-scheme",
			"value", scheme == NULL ? "light" : scheme, "name",
			"prefers-reduced-motion", "value", "reduce"));
}

static void open_page(struct browser *b)
{
	order(b, "Page.navigate", json_pack("{s:s}", "url", b->page));
	while (!b->is_loaded) {
		json_t *message = receive(b);

		hear(b, message);
		json_decref(message);
	}
}

static void run_step(struct browser *b, const char *step)
{
	json_t *result = call(b, "Runtime.evaluate",
			      json_pack("{s:s,s:b,s:b}", "expression", step, "awaitPromise", 1,
					"returnByValue", 1));
	json_t *wrong = json_object_get(json_object_get(result, "result"), "value");
	size_t i;
	json_t *one;

	if (!json_is_array(wrong)) {
		char *words = json_dumps(result, JSON_COMPACT);

		fail(b, "a step does not come to its end", words);
		free(words);
	}
	json_array_foreach(wrong, i, one) fail(b, "wrong", json_string_value(one));
	json_decref(result);
}

static void press(struct browser *b, const char *key)
{
	bool is_enter = strcmp(key, "Enter") == 0;
	int code = is_enter ? 13 : strcmp(key, "Tab") == 0 ? 9 : 0;

	for (int up = 0; up < 2; up++) {
		json_t *p = json_pack("{s:s,s:s,s:s,s:i}", "type", up ? "keyUp" : "keyDown", "key",
				      key, "code", key, "windowsVirtualKeyCode", code);

		if (is_enter && !up)
			json_object_set_new(p, "text", json_string("\r"));
		order(b, "Input.dispatchKeyEvent", p);
	}
}

static void walk(struct browser *b, char *text)
{
	static const char mark[] = "//// key ";

	for (char *step = text; step != NULL && *step != '\0';) {
		char *next = strstr(step, mark);
		char *end = next == NULL ? NULL : strchr(next, '\n');

		if (next != NULL)
			*next = '\0';
		run_step(b, step);
		if (next == NULL || end == NULL)
			return;
		*end = '\0';
		press(b, next + strlen(mark));
		step = end + 1;
	}
}

/* ---- what a screen reader is told ---- */

static const char *text_of(json_t *node, const char *key)
{
	const char *text = json_string_value(json_object_get(json_object_get(node, key), "value"));

	return text == NULL ? "" : text;
}

static bool is_told_by_name(const char *role)
{
	static const char *const roles[] = {"button",   "link",   "searchbox",    "textbox",
					    "heading",  "region", "columnheader", "checkbox",
					    "combobox", "tab"};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(roles[i], role) == 0)
			return true;
	}
	return false;
}

static int level_of(json_t *node)
{
	json_t *property;
	size_t i;

	json_array_foreach(json_object_get(node, "properties"), i, property)
	{
		json_t *value = json_object_get(json_object_get(property, "value"), "value");

		if (strcmp(json_string_value(json_object_get(property, "name")), "level") == 0)
			return (int)json_integer_value(value);
	}
	return 0;
}

/* The accessibility tree: what can be used or leads somewhere has a name, there is one title and
 * one main part, and no level of headings is left out. */
static void check_accessibility(struct browser *b)
{
	json_t *result, *node;
	int titles = 0, mains = 0, level = 0;
	size_t i;

	order(b, "Accessibility.enable", NULL);
	result = call(b, "Accessibility.getFullAXTree", NULL);
	json_array_foreach(json_object_get(result, "nodes"), i, node)
	{
		const char *role = text_of(node, "role");

		if (json_is_true(json_object_get(node, "ignored")))
			continue;
		if (is_told_by_name(role) && *text_of(node, "name") == '\0')
			fail(b, "a screen reader has no name for a", role);
		mains += strcmp(role, "main") == 0;
		if (strcmp(role, "heading") != 0)
			continue;
		titles += level_of(node) == 1;
		if (level_of(node) > level + 1)
			fail(b, "a level of headings is left out before", text_of(node, "name"));
		level = level_of(node);
	}
	if (i == 0 || titles != 1 || mains != 1)
		fail(b, "not one title and one main part", NULL);
	json_decref(result);
}

static void shoot(struct browser *b, const char *path)
{
	json_t *result = call(b, "Page.captureScreenshot", NULL);
	const char *text = json_string_value(json_object_get(result, "data"));
	size_t len = text == NULL ? 0 : strlen(text);
	uint8_t *octets = malloc(BASE64_DECODE_LENGTH(len) + 1);
	size_t n = BASE64_DECODE_LENGTH(len);
	struct base64_decode_ctx base64;
	FILE *out = fopen(path, "wb");

	base64_decode_init(&base64);
	if (octets == NULL || out == NULL || len == 0 ||
	    !base64_decode_update(&base64, &n, octets, len, text) || fwrite(octets, 1, n, out) != n)
		fail(b, "no picture", path);
	if (out != NULL)
		fclose(out);
	free(octets);
	json_decref(result);
}

static char *read_walk(const char *path)
{
	char *text = calloc(1, WALK_MAX);
	FILE *in = fopen(path, "rb");

	if (text == NULL || in == NULL || fread(text, 1, WALK_MAX - 1, in) == 0) {
		printf("cannot read %s\n", path);
		exit(1);
	}
	fclose(in);
	return text;
}

int main(int argc, char **argv)
{
	struct browser b = {.pid = 0};
	char url[URL_MAX], path[URL_MAX - 200], folder[] = "/tmp/browser.XXXXXX", remove[128];
	char *text;

	if (argc < 3 || realpath(argv[1], path) == NULL || mkdtemp(folder) == NULL)
		return 2;
	text = read_walk(argv[2]);
	snprintf(url, sizeof(url), "file://%s", path);
	b.page = url;
	signal(SIGPIPE, SIG_IGN);
	start(&b, folder);
	attach(&b);
	open_page(&b);
	walk(&b, text);
	check_accessibility(&b);
	if (argc > 3)
		shoot(&b, argv[3]);
	b.session[0] = '\0';
	order(&b, "Browser.close", NULL);
	waitpid(b.pid, NULL, 0);
	free(text);
	free(b.text);
	snprintf(remove, sizeof(remove), "rm -rf '%s'", folder);
	if (system(remove) != 0)
		return 1;
	return b.failures > 0;
}

/* How the sanitizers are to behave in the program under test. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

/* An exit status of their own: theirs is 1, with which `check` and `diff` say what they found. */
const char *__asan_default_options(void)
{
	return "exitcode=98";
}

const char *__ubsan_default_options(void)
{
	return "exitcode=98";
}

/* fontconfig keeps a pattern when the program ends. Its FcFini() is no way out, for pango (1.50)
 * still looks for faces in a thread of its own. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}

/* What LeakSanitizer need not tell: fontconfig keeps a pattern when the program ends. Its FcFini()
 * is no way out, for pango (1.50) still looks for faces in a thread of its own. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}

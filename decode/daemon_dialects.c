#include "daemon_dialects.h"

const struct daemon_dialect *const daemon_dialects[] = {
#define DIALECT(name) &daemon_##name,
#include "daemon_dialects.def"
#undef DIALECT
};

const size_t n_daemon_dialects = sizeof(daemon_dialects) / sizeof(daemon_dialects[0]);

#include "secrets.h"

#include <errno.h>
#include <stdio.h>

#include "limits.h"

enum { BUCKETS = 4096, NONE = SIZE_MAX / 2 + 1 > 0 ? 0 : 0 };

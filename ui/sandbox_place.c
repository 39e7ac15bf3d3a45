/* Landlock: which files may be opened, created, renamed, removed; asked of the kernel directly.
 * What a later edition can restrict is numbered here, for headers that do not know it yet. */
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

/* linux/landlock.h of Linux 6.12. */
struct ruleset {
	uint64_t files, network, scope;
};

enum { EDITION_REFER = 2, EDITION_TRUNCATE, EDITION_NETWORK, EDITION_DEVICES, EDITION_SCOPE };

#define FILES_TRUNCATE (UINT64_C(1) << 14)
#define FILES_DEVICES  (UINT64_C(1) << 15)
#define FILES_FIRST    ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1) /* of the first edition: all */
#define NETWORK_ALL    UINT64_C(3)
#define SCOPE_ALL      UINT64_C(3) /* sockets without a file, and signals, of other processes */

unsigned places_edition(void)
{
	long edition =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return edition < 0 ? 0 : (unsigned)edition;
}

static struct ruleset ruleset_of(unsigned edition)
{
	struct ruleset r = {.files = FILES_FIRST};

	if (edition >= EDITION_REFER)
		r.files |= LANDLOCK_ACCESS_FS_REFER;
	if (edition >= EDITION_TRUNCATE)
		r.files |= FILES_TRUNCATE;
	if (edition >= EDITION_NETWORK)
		r.network = NETWORK_ALL;
	if (edition >= EDITION_DEVICES)
		r.files |= FILES_DEVICES;
	if (edition >= EDITION_SCOPE)
		r.scope = SCOPE_ALL;
	return r;
}

/* As much of it as the edition knows. */
static size_t size_of(unsigned edition)
{
	if (edition < EDITION_NETWORK)
		return sizeof(uint64_t);
	return edition < EDITION_SCOPE ? 2 * sizeof(uint64_t) : sizeof(struct ruleset);
}

static uint64_t files_of(unsigned rights)
{
	uint64_t files = 0;

	if ((rights & SANDBOX_READ) != 0)
		files |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	if ((rights & SANDBOX_CREATE) != 0)
		files |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
			 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE |
			 FILES_TRUNCATE;
	if ((rights & SANDBOX_TERMINAL) != 0)
		files |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
			 FILES_DEVICES;
	if ((rights & SANDBOX_FOLDERS) != 0)
		files |= LANDLOCK_ACCESS_FS_MAKE_DIR;
	return files;
}

/* Of a file that is no folder only what can be done to a file. */
static bool is_folder(int file)
{
	struct stat st;

	return fstat(file, &st) == 0 && S_ISDIR(st.st_mode);
}

static void file_add(int rules, int file, unsigned rights, uint64_t known)
{
	const uint64_t of_files = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
				  FILES_TRUNCATE | FILES_DEVICES;
	struct landlock_path_beneath_attr beneath = {
		.allowed_access =
			files_of(rights) & known & (is_folder(file) ? ~UINT64_C(0) : of_files),
		.parent_fd = file,
	};

	(void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

/* One after the other: of many inputs not all can be open once more. */
static void place_add(int rules, const struct sandbox_place *p, uint64_t known)
{
	int file = p->path == NULL ? p->folder : open(p->path, O_PATH | O_CLOEXEC);

	if (file < 0)
		return;
	file_add(rules, file, p->rights, known);
	if (p->path != NULL)
		close(file);
}

void places_lock(const struct sandbox *s)
{
	unsigned edition = places_edition();
	struct ruleset ruleset = ruleset_of(edition);
	int rules;

	if (edition == 0)
		return;
	rules = (int)syscall(SYS_landlock_create_ruleset, &ruleset, size_of(edition), 0);
	if (rules < 0)
		return;
	for (size_t i = 0; i < s->n; i++)
		place_add(rules, &s->places[i], ruleset.files);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		(void)syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
}

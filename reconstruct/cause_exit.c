/* What the exit status of a pppd says, where its own log is missing. */
#include <string.h>

#include "cause_ppp.h"

/* pppd(8), EXIT STATUS: it ended before a network protocol was running. A signal (5), a hangup (16)
 * or a peer that fell silent (15) say nothing of how far it had come. */
bool exit_is_of_a_start(const struct session_told *told)
{
	static const uint8_t of_a_start[] = {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 17, 18, 19};

	return told->exited.is_set && memchr(of_a_start, told->exit_status, sizeof(of_a_start));
}

/* Echoes are sent from when LCP is open: that pppd missed them tells no more of PPP. */
bool trial_fell_silent(const struct trial *f)
{
	const struct session_told *told = session_told(f->s);

	return !f->came_up && told->exited.is_set && told->exit_status == 15;
}

/* pppd(8), EXIT STATUS: all that the log of its daemon says of PPP. */
bool judge_exit(struct trial *f)
{
	static const struct {
		uint8_t status;
		const char *cause, *also, *says;
	} rows[] = {
		{2, "no-resources", NULL, "it did not take the options it was given"},
		{4, "no-resources", NULL, "the kernel there has no PPP"},
		{10, "ncp-no-agreement", "lcp-no-answer",
		 "PPP came to no agreement, or was not answered"},
		{11, "auth-rejected", "auth-method-refused",
		 "its peer did not authenticate itself"},
		{12, "idle-timeout", NULL, "the link was idle too long"},
		{13, "session-timeout", NULL, "the time that the link may last was over"},
		{15, "echo-lost", NULL, "its peer no longer answered echo requests"},
		{17, "lcp-loopback", NULL, "the line is looped back"},
		{19, "auth-rejected", "auth-method-refused", "it could not authenticate itself"},
	};
	const struct session_told *told = session_told(f->s);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && told->exited.is_set; i++) {
		if (rows[i].status != told->exit_status)
			continue;
		f->cause = rows[i].cause;
		if (rows[i].also)
			trial_also(f, rows[i].also);
		if (told->exit_status == 15)
			f->by = ROLE_NETWORK;
		else if (told->exit_status == 19)
			f->by = told->exited_at == CLIENT ? ROLE_LNS : ROLE_CLIENT;
		else
			f->by = told->exited_at == CLIENT ? ROLE_CLIENT : ROLE_LNS;
		return trial_say(
			f, "The pppd of %s ended with status %u%s: %s%s.",
			str_c(side_words(f, told->exited_at == CLIENT ? ROLE_CLIENT : ROLE_LNS)),
			told->exit_status, str_c(time_words(f->r, &told->exited)), rows[i].says,
			trial_fell_silent(f)
				? ", and its log does not tell whether the call was up by then"
				: "");
	}
	return false;
}

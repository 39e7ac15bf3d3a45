/* Whether a call came up, where that was not seen: what a recording that shows only a part of it
 * can say, and what not. Nothing merely unseen is a fault: such a call's outcome is unknown, not
 * failed. */
#ifndef L2TPSCOPE_CAUSE_UNSEEN_H
#define L2TPSCOPE_CAUSE_UNSEEN_H

#include "cause.h"

/* A LAC's log follows a call only until it is forwarded: whether PPP came up is not told. */
bool trial_ppp_out_of_sight(const struct trial *f);
/* The session went on for longer than PPP waits, and the capture has nothing of its PPP. */
bool trial_goes_on_without_ppp(const struct trial *f);
/* The log leaves out how the call came up, as people cut them. */
bool trial_log_leaves_out(const struct trial *f);

/* All of these, holes of the recording, and causes that only a call has that is up. The cause is
 * known (trial_judge), and that it came up was not seen. */
bool trial_may_have_come_up(const struct trial *f);

/* How often end `from` sent the request, if nobody acknowledged it: its peer has not even got it,
 * as far as anybody knows. Else 0. */
uint32_t copies_in_vain(const struct tunnel *t, unsigned from, const struct seen *request);

/* An end asked for PPP again and again for as long as an answer may take, and had none. A recording
 * may end with the last of these: nothing else comes of such a call. */
bool trial_asked_in_vain_for_long(const struct trial *f);

/* It ended, or nothing came any more although the vantage point went on watching. */
bool trial_given_up(const struct trial *f);

/* The ends of the tunnel have IPsec between them in the same capture: it may hide what they say. */
bool trial_has_ipsec(const struct trial *f);
/* " in clear; …", and what was concluded from silence is only possible; else empty. */
const char *trial_ipsec_words(struct trial *f);

/* A log begins so late that nothing shows the tunnel but its end. */
bool tunnel_is_end_alone(const struct tunnel *t);
/* The end `from` gave it up, which may have been while it was set up. */
bool trial_say_end_alone(struct trial *f, unsigned from, const struct mark *mark);

#endif

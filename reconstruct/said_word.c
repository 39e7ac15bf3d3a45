#include "said_word.h"

#include "machine.h"

enum { MEANINGS = 4 };

struct state_word {
	const char *word;
	uint8_t states[MEANINGS + 1];
};

static const struct state_word tunnel_words[] = {
	{"idle", {TUNNEL_IDLE, TUNNEL_REQUEST_RECEIVED}},
	{"wait-ctl-reply", {TUNNEL_WAIT_CTL_REPLY, TUNNEL_WAIT_CTL_CONN, TUNNEL_REPLY_RECEIVED}},
	{"wait-ctl-conn", {TUNNEL_WAIT_CTL_CONN}},
	{"established", {TUNNEL_ESTABLISHED, TUNNEL_REPLY_RECEIVED}},
	{"no-sessions-left", {TUNNEL_ESTABLISHED}},
	{"shutting-down", {TUNNEL_IDLE}},
	/* `FSM-CC A->B` of IOS 12.4T and later, printed around its messages */
	{"Wt-SCCRP", {TUNNEL_WAIT_CTL_REPLY, TUNNEL_REPLY_RECEIVED, TUNNEL_ESTABLISHED}},
	{"Proc-SCCRP", {TUNNEL_REPLY_RECEIVED, TUNNEL_WAIT_CTL_REPLY, TUNNEL_ESTABLISHED}},
	{"Proc-SCCRQ", {TUNNEL_REQUEST_RECEIVED, TUNNEL_WAIT_CTL_CONN, TUNNEL_IDLE}},
	{"Wt-SCCCN", {TUNNEL_WAIT_CTL_CONN, TUNNEL_REQUEST_RECEIVED, TUNNEL_ESTABLISHED}},
	{"Proc-SCCCN", {TUNNEL_WAIT_CTL_CONN, TUNNEL_ESTABLISHED}},
	{"Wt-StopCCN-ack", {TUNNEL_IDLE}},
	{"dead", {TUNNEL_IDLE}},
};

static const struct state_word session_words[] = {
	{"idle", {SESSION_IDLE, SESSION_REQUEST_RECEIVED}},
	{"wait-for-tunnel", {SESSION_WAIT_TUNNEL}},
	{"wait-tunnel", {SESSION_WAIT_TUNNEL}},
	{"wait-reply", {SESSION_WAIT_REPLY, SESSION_REPLY_RECEIVED}},
	/* IOS says so before it prints the ICRP that makes it true */
	{"wait-connect", {SESSION_WAIT_CONNECT, SESSION_REQUEST_RECEIVED}},
	{"wait-cs-answer", {SESSION_WAIT_CS_ANSWER, SESSION_ANSWERED}},
	{"established", {SESSION_ESTABLISHED}},
	/* `FSM-Sn A->B` of IOS 12.4T and later, printed around its messages */
	{"Wt-for-CC", {SESSION_WAIT_TUNNEL, SESSION_WAIT_REPLY, SESSION_IDLE}},
	{"Wt-Rx-ICRP", {SESSION_WAIT_REPLY, SESSION_REPLY_RECEIVED, SESSION_ESTABLISHED}},
	{"Proc-ICRP", {SESSION_REPLY_RECEIVED, SESSION_WAIT_REPLY, SESSION_ESTABLISHED}},
	{"Proc-ICRQ", {SESSION_REQUEST_RECEIVED, SESSION_WAIT_CONNECT, SESSION_IDLE}},
	{"Wt-Tx-ICRP", {SESSION_REQUEST_RECEIVED, SESSION_WAIT_CONNECT}},
	{"Wt-Rx-ICCN", {SESSION_WAIT_CONNECT, SESSION_REQUEST_RECEIVED, SESSION_ESTABLISHED}},
	{"Proc-ICCN", {SESSION_WAIT_CONNECT, SESSION_ESTABLISHED}},
	{"Wt-Tx-ICCN", {SESSION_REPLY_RECEIVED, SESSION_WAIT_REPLY, SESSION_ESTABLISHED}},
	{"dead", {SESSION_IDLE}},
};

/* RFC 1661 4.2. */
static const struct state_word cp_words[] = {
	{"open", {CP_STATE_OPENED}},
	{"opened", {CP_STATE_OPENED}},
	{"closed", {CP_STATE_CLOSED}},
	{"listen", {CP_STATE_STOPPED}},
	{"stopped", {CP_STATE_STOPPED}},
	{"initial", {CP_STATE_INITIAL}},
	{"not negotiated", {CP_STATE_INITIAL}},
	{"starting", {CP_STATE_STARTING}},
	{"closing", {CP_STATE_CLOSING}},
	{"stopping", {CP_STATE_STOPPING}},
	{"reqsent", {CP_STATE_REQ_SENT}},
	{"ackrcvd", {CP_STATE_ACK_RCVD}},
	{"acksent", {CP_STATE_ACK_SENT}},
};

/* RFC 1661 3.2. */
static const struct state_word phase_words[] = {
	{"establishing", {LINK_ESTABLISH}},
	{"authenticating", {LINK_AUTHENTICATE}},
	{"forwarding", {LINK_AUTHENTICATE}},
	{"forwarded", {LINK_AUTHENTICATE}},
	{"up", {LINK_NETWORK}},
	{"network", {LINK_NETWORK}},
	{"terminating", {LINK_TERMINATE}},
	{"down", {LINK_DEAD}},
	{"dead", {LINK_DEAD}},
};

static const uint8_t *states_of(const struct state_word *words, size_t n, struct str word)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal_nocase(word, str_of(words[i].word)))
			return words[i].states;
	return NULL;
}

const uint8_t *said_tunnel_word(struct str word)
{
	return states_of(tunnel_words, sizeof(tunnel_words) / sizeof(tunnel_words[0]), word);
}

const uint8_t *said_session_word(struct str word)
{
	return states_of(session_words, sizeof(session_words) / sizeof(session_words[0]), word);
}

const uint8_t *said_cp_word(struct str word)
{
	return states_of(cp_words, sizeof(cp_words) / sizeof(cp_words[0]), word);
}

const uint8_t *said_phase_word(struct str word)
{
	return states_of(phase_words, sizeof(phase_words) / sizeof(phase_words[0]), word);
}

bool said_word_means(const uint8_t *states, uint8_t state)
{
	for (; states && *states; states++)
		if (*states == state)
			return true;
	return false;
}

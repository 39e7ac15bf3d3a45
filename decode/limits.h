/* Every ceiling of the program, one line each, with its reason.
 * Reaching one is a `limit-…` finding, never silent. */
#ifndef L2TPSCOPE_LIMITS_H
#define L2TPSCOPE_LIMITS_H

enum {
	LIMIT_PACKET = 262144, /* libpcap's own largest snapshot length */
	LIMIT_AVPS =
		256, /* a 64 KiB message of 6-octet AVPs is an attack; RFC messages have < 30 */
	LIMIT_OPTIONS = 128, /* a PPP packet has at most 255 options; real ones < 16 */
	LIMIT_VALUES = 1024, /* named values of one packet: 4096 octets of RADIUS in 2-octet TLVs */
	LIMIT_PPTP_STREAMS = 16384,   /* directions of PPTP control connections; 4 KiB each */
	LIMIT_PPTP_SEGMENT = 4096,    /* octets of a TCP segment or message; the longest have 220 */
	LIMIT_IPSEC_PAIRS = 256,      /* of hosts that have IPsec between them, known by address */
	LIMIT_SIGHTS = 65536,         /* PPPoE sessions, IPsec and PPTP pairs counted once each */
	LIMIT_RADIUS_REQUESTS = 4096, /* RADIUS requests waiting for their response */
	LIMIT_DEFECTS = 32,           /* per message: the first ones say it all */
	LIMIT_RECORD = 65536, /* text of one log record: a candidate longer than this is prose */
	LIMIT_LINE_LOOK =
		1048576, /* how far the end of a line is looked for: records of a longer one too */
	LIMIT_PATTERN =
		1000000, /* steps of an expression of --where on one value: it is given up */
	LIMIT_RECORD_VALUES = 24, /* captures of one grammar row */
	LIMIT_HEX_DUMP =
		65536, /* octets of one dump in a log: an L2TP message has a 16-bit length */
	LIMIT_LOG_WINDOW = 8192, /* records held back while a console is told apart */
	LIMIT_PEERS = 65536,     /* addresses, names and ports that carried L2TP, of one source */
	LIMIT_V3_ENDS =
		65536, /* ids of L2TPv3 connections and sessions of which something is known */
	LIMIT_PEER_NAMES = 1024,   /* host names of one address: a test set is many LACs at once */
	LIMIT_TUNNEL_SECRETS = 64, /* secrets tried on one message */
	LIMIT_NAME = 255,          /* a host, user or interface name */
	LIMIT_FRAGMENTS = 4096,    /* IP fragments waiting, over all datagrams */
	LIMIT_DATAGRAM =
		512, /* IP fragments of one datagram: 128 octets each, no path is as narrow */
	LIMIT_MEMBERS = 1024,     /* files of one directory or bundle; each is one open file */
	LIMIT_ROTATION = 1048576, /* ids and packets remembered to find rotated inputs; then anew */
	LIMIT_SHARDS = 1048576,   /* of a set, and so parts of one `reduce` */
	LIMIT_PART_INPUTS = 65535, /* of all parts: an event names its input in 16 bits */
	LIMIT_JOBS = 256,          /* processes of one run: no machine reads files with more */
	LIMIT_RANGES = 65536,      /* of one capture, for them: 1 TiB in ranges of 16 MiB */
	LIMIT_NESTING = 3,         /* bundles inside bundles: log.gz inside a tar.gz is two */
	LIMIT_FOLDERS = 32,        /* directories inside directories */
	LIMIT_INTERFACES = 65536,  /* of one pcapng section; `any` captures have < 1000 */
	LIMIT_REORDER = 32,        /* control messages held for a gap, per direction */
	LIMIT_AHEAD = 16,          /* events behind an answer that waits for what it answers */
	LIMIT_RADIUS_LOOK = 512,   /* latest RADIUS requests among which an answer is looked for */
	LIMIT_TUNNELS = 65536,     /* live tunnels of one vantage point */
	LIMIT_HALF_OPEN = 2048,    /* tunnels of which one end was heard: more are a flood */
	LIMIT_HALF_CALLS = 2048,   /* calls of which one end was heard: likewise */
	LIMIT_HALF_LOOK = 256, /* of either, between the same ends, among which one is looked for */
	LIMIT_UNBOUND_LOOK =
		1024,           /* tunnels of a text without an id, among which one is looked for */
	LIMIT_LONE_LOOK = 4096, /* calls of a daemon among which one is alone of its kind */
	LIMIT_KIN_LOOK = 1024,  /* later tunnels of an initiator, among which one is looked for */
	LIMIT_SESSIONS = 1048576, /* live sessions of one vantage point */
	LIMIT_METERS = 1048576,   /* directions of calls whose data is only counted: two of each */
	LIMIT_MIRRORS = 64,       /* paths of one vantage point that mirror another */
	LIMIT_CLOCK_JUMPS = 16,   /* of one vantage point; then its times are taken as they are */
	/* Calls and tunnels that failed, and tunnels that were up, are remembered after they were
	 * told: what comes later is compared with the latest of them. */
	LIMIT_TOLD_CALLS = 512,
	LIMIT_TOLD_TUNNELS = 512,
	LIMIT_TOLD_IDS = 2048, /* a power of two; session ids of calls that were told just now */
	/* Words of messages that are kept: of the first ones, and then of the latest. */
	LIMIT_SPOKEN_FIRST = 24,
	LIMIT_SPOKEN_OF_CALL = 32,
	LIMIT_SPOKEN_OF_TUNNEL = 96,
	LIMIT_REREAD =
		200000, /* messages read again for what is looked at: a tunnel of 50,000 calls */
	LIMIT_READ_CALLS = 256,       /* of a filter, whose messages are read again */
	LIMIT_STEPS = 1000000,        /* steps kept for timeline, show, diagram */
	LIMIT_FINDINGS_PER_RULE = 64, /* evidence rows kept per rule and call; more are counted */
	LIMIT_DIFF_MESSAGES = 2048, /* of one call, that `diff` aligns: the cost is their square */
	LIMIT_APART =
		1 << 20, /* hosts' pairs and ids, and offers, by which captures are told apart */
	LIMIT_VANTAGES = 256, /* consoles and captures of one run */
	LIMIT_ATTEMPTS = 64,  /* failed attempts listed before a call; its text tells of more */
	/* Sessions with one challenge or magic number that each is compared with: legs of one call,
	 * tries of one caller. */
	LIMIT_SAME_LINKS = 64,
	/* Calls and tunnels of a daemon's log that come while lines may still name a closed one. */
	LIMIT_KNOWN_CLOSED = 1024,
	LIMIT_CONSOLE_FACTS = 1048576, /* ids, names, interfaces that tell consoles apart */
	LIMIT_LADDER_PARTIES = 16,     /* columns of a diagram: more do not fit any page */
	LIMIT_LADDER_CLIENTS = 3,      /* callers with a column of their own; more share one */
	LIMIT_LADDER_CALLS = 24,       /* calls drawn message by message; more are a row each */
	LIMIT_LADDER_ROWS = 20000,  /* rows of a diagram: nobody reads more; the rest is counted */
	LIMIT_LADDER_TEXT = 480,    /* octets of one label: what matters stands in front */
	LIMIT_PAPER_LISTED = 20000, /* calls and tunnels of a `report` page: a browser bears them */
	LIMIT_PAPER_FULL = 500,     /* of them with their messages, the failed ones first */
	LIMIT_PAPER_ROWS = 1000,    /* messages of one of them */
	LIMIT_PAPER_OCTETS = 2048,  /* octets of one message: longer than any control message */
	LIMIT_PAPER_UNREAD = 200,   /* kinds of records of an input that nothing read */
	LIMIT_PAPER_FINDINGS = 64,  /* findings and evidence rows listed in one place */
};

#define LIMIT_FRAGMENT_OCTETS ((size_t)64 << 20)  /* octets of IP fragments waiting */
#define LIMIT_BLOCK           ((size_t)16 << 20)  /* one block of a pcapng file, as in libpcap */
#define LIMIT_SPOOL           ((size_t)16 << 30)  /* one temporary file: piped or unpacked input */
#define LIMIT_UNPACK_MEMORY   ((size_t)256 << 20) /* of a decompressor: xz -9 needs 65 MiB */
#define LIMIT_SCRATCH         ((size_t)64 << 20)  /* arena of one source, reset at each event */
#define LIMIT_SECRETS_FILE    ((size_t)64 << 20)  /* a file of --secrets; an ISP's chap-secrets */
#define LIMIT_SECRETS         ((size_t)256 << 20) /* arena of all secrets */
#define LIMIT_GROWING         ((size_t)1 << 38)   /* of a text that is followed: addresses only */
#define LIMIT_REPLAY_ARENA    ((size_t)8 << 30)   /* facts, steps and findings of one run */
#define LIMIT_TOLD_MEMORY     ((size_t)8 << 20)   /* of what screens were told: more is in a file */
#define LIMIT_TABLE_MEMORY    ((size_t)1 << 20)   /* of a table's rows: more are in a file */
#define LIMIT_ASIDE_MEMORY    ((size_t)1 << 20)   /* of rows put aside: more are in a file */
#define LIMIT_STEPS_MEMORY    ((size_t)64 << 20)  /* of steps, joined or not: more is in a file */
#define LIMIT_FACTS_MEMORY    ((size_t)64 << 20)  /* of what is known of calls: more is in a file */
#define LIMIT_KEPT_MEMORY     ((size_t)256 << 20) /* the same, where steps are kept with it */
#define LIMIT_REPORT_ARENA    ((size_t)1 << 30)   /* more, to judge and tell what came before */
#define LIMIT_OUTPUT_LINE     ((size_t)16 << 20)  /* one line of output */
#define LIMIT_LADDER          ((size_t)256 << 20) /* texts and rows of one diagram */
#define LIMIT_COMPLETION      ((size_t)64 << 20) /* inputs read for numbers that a shell completes */
#define LIMIT_STORE           ((int64_t)64 << 30) /* of a database that is made in memory */
#define LIMIT_PAPER           ((size_t)32 << 20)  /* messages of one `report` page */

#endif

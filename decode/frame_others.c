#include "frame_parts.h"

#include "sights.h"

const char pppoe_session[] = "PPPoE session";

size_t frame_others(const struct frame_decoder *d, const struct other_count **ret)
{
	*ret = d->others.at;
	return d->others.n;
}

size_t frame_ipsec(const struct frame_decoder *d, const struct host_pair **ret)
{
	*ret = d->ipsec;
	return d->n_ipsec;
}

void frame_others_add(struct frame_decoder *d, const char *what, uint64_t n)
{
	others_add(&d->others, what, n);
}

bool climb_count_once(struct climb *c, const char *what, uint64_t key)
{
	struct frame_decoder *d = c->d;

	switch (sights_take(d->sights, key)) {
	case SIGHT_NEW:
		others_add(&d->others, what, 1);
		return true;
	case SIGHT_LIMIT: /* each packet counts from here on */
		d->has_left = true;
		others_add(&d->others, "beyond limit-sights", 1);
		return false;
	case SIGHT_KNOWN:
		return false;
	}
	return false;
}

bool climb_is_other(struct climb *c, const char *what)
{
	c->e->kind = EVENT_OTHER;
	c->e->text = str_of(what);
	return c->d->with_noise;
}

void climb_count(struct climb *c, const char *what)
{
	if (c->outer && strcmp(c->outer, pppoe_session) == 0)
		climb_count_once(c, c->outer, sight_of_session(c->outer, &c->e->path));
	else
		others_add(&c->d->others, c->outer ? c->outer : what, 1);
}

bool climb_other(struct climb *c, const char *what)
{
	climb_count(c, what);
	return climb_is_other(c, c->outer ? c->outer : what);
}

bool climb_ipsec(struct climb *c, const char *what)
{
	struct frame_decoder *d = c->d;

	if (c->outer)
		return climb_other(c, what);
	if (climb_count_once(c, what, sight_of_pair(what, &c->e->from, &c->e->to)) &&
	    d->n_ipsec < LIMIT_IPSEC_PAIRS)
		d->ipsec[d->n_ipsec++] = (struct host_pair){c->e->from.address, c->e->to.address};
	return climb_is_other(c, what);
}

const char *udp_name(const struct event *e)
{
	static const struct {
		uint16_t port;
		const char *what;
	} ports[] = {
		{1812, "RADIUS"}, {1813, "RADIUS"}, {1645, "RADIUS"}, {1646, "RADIUS"},
		{3799, "RADIUS"}, {1700, "RADIUS"}, {53, "DNS"},      {67, "DHCP"},
		{68, "DHCP"},     {546, "DHCPv6"},  {547, "DHCPv6"},  {1723, "PPTP in UDP"},
	};

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (e->from.port == ports[i].port || e->to.port == ports[i].port)
			return ports[i].what;
	return "other UDP";
}

bool udp_is_ipsec(const struct party *from, const struct party *to)
{
	enum { IKE = 500, NAT_TRAVERSAL = 4500 }; /* RFC 7296, RFC 3948 */

	return to->port == IKE || from->port == IKE || to->port == NAT_TRAVERSAL ||
	       from->port == NAT_TRAVERSAL;
}

/* The pair is one whatever its ports are; they come back for whoever asks what is alike
 * (silence.h). */
bool climb_ipsec_udp(struct climb *c)
{
	struct party *from = &c->e->from, *to = &c->e->to;
	uint16_t from_port = from->port, to_port = to->port;
	bool is_event;

	from->port = to->port = 0;
	is_event = climb_ipsec(c, "host pair with IKE or ESP in UDP");
	if (!is_event) {
		from->port = from_port;
		to->port = to_port;
	}
	return is_event;
}

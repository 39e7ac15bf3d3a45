"use strict";
/* The page of `report`: makes what is seen from the JSON in it (paper.h). Text becomes text and
 * nothing else: elements are made by make() alone, which knows no markup. Calls are drawn as they
 * are asked for, a call's messages when it is opened, a message's octets when it is clicked. */
(() => {
	const ROWS = 200; /* of a table, drawn at once */
	const LETTERS = 40; /* of a cell that is not wrapped at any letter */
	const LINE = 16; /* octets in a line of a dump */

	const data = (id) => {
		const element = document.getElementById(id);
		return element === null ? null : JSON.parse(element.textContent);
	};
	const run = data("run");
	const list = data("list");
	const rules = new Map(run.rules.map((rule) => [rule.rule, rule]));

	const make = (name, traits, ...inside) => {
		const element = document.createElement(name);
		for (const [key, value] of Object.entries(traits || {})) {
			if (key === "click")
				element.addEventListener("click", value);
			else if (value !== null && value !== undefined && value !== false)
				element.setAttribute(key, value === true ? "" : value);
		}
		for (const one of inside)
			if (one !== null && one !== undefined && one !== "")
				element.append(one);
		return element;
	};
	const section = (id) => document.getElementById(id);
	const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
	const bdi = (text) => make("bdi", {}, text);

	/* ---- places: links to calls and tunnels ---- */

	const tables = {};
	const knows = (kind, number) => tables[kind].places.has(String(number));
	const link = (kind, number) => knows(kind, number)
		? make("a", { href: `#${kind}-${number}` }, `${kind} ${number}`)
		: make("span", {}, `${kind} ${number}`);
	const places = (kind, numbers, more) => make("div", { class: "places" },
		...(numbers || []).map((number) => link(kind, number)),
		more ? make("span", { class: "faint" }, `and ${more} more`) : null);

	/* ---- charts ---- */

	const bar = (part, whole, kind) => {
		const fill = make("span", { class: `fill ${kind}` });
		fill.style.width = `${whole === 0 ? 0 : 100 * part / whole}%`;
		return fill;
	};
	const chart = (caption, heads, rows, kind) => {
		const most = Math.max(...rows.map((row) => row[row.length - 1]));
		return make("table", { class: "chart" }, make("caption", {}, caption),
			make("thead", { class: heads.length > 2 ? "" : "unseen-text" },
				make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
			make("tbody", {}, ...rows.map((row) => make("tr", {},
				make("th", { scope: "row" }, row[0]),
				...row.slice(1).map((n) => make("td", { class: "number" }, String(n))),
				make("td", { class: "bar", "aria-hidden": "true" },
					row[row.length - 1] > 0 ? bar(row[row.length - 1], most, kind) : null)))));
	};

	/* ---- summary ---- */

	const outcomes = (kind, counts) => make("ul", { class: "numbers" },
		make("li", {}, make("b", {}, String(counts.all)), plural(counts.all, kind).replace(/^\d+ /, "")),
		...Object.entries(counts).filter(([key, n]) => key !== "all" && n > 0)
			.map(([key, n]) => make("li", {}, make("button", {
				type: "button", class: key, title: `show only these ${kind}s`,
				click: () => tables[kind].ask(`outcome:${key}`),
			}, `${n} ${key}`))));

	const drawSummary = () => {
		const here = section("summary");
		const charts = make("div", { class: "charts" });
		here.append(outcomes("call", run.calls));
		if (run.tunnels.all > 0)
			here.append(outcomes("tunnel", run.tunnels));
		if (run.setup) {
			here.append(make("p", {}, `Setup of ${plural(run.setup.n, "call")}: `,
				run.setup.seconds.map(([name, s]) => `${name} ${s} s`).join(", "), "."));
			charts.append(chart("Setup time", ["seconds", "calls"], run.setup.bins, ""));
		}
		if (run.times)
			charts.append(chart("Over time", ["from", "begun", "gone wrong"],
				run.times.map(([when, begun, failed, dropped]) => [when, begun, failed + dropped]), "bad"));
		here.append(charts);
		if (run.shows_secrets)
			here.append(make("p", { class: "notice" }, "This page shows secrets: it was made with --show-secrets."));
		for (const kind of ["call", "tunnel"]) {
			const share = run.shares[kind];
			if (share.left_out > 0)
				here.append(make("p", { class: "notice" },
					`${plural(share.left_out, kind)} of ${run[`${kind}s`].all} are not in this page, which would be too large.`));
			if (share.without_messages > 0)
				here.append(make("p", { class: "notice" },
					`${plural(share.with_messages, kind)} of ${run[`${kind}s`].all} are here with their messages, `
					+ "those that failed before the others; the rest has verdict, facts and findings."));
		}
	};

	const drawCauses = () => {
		const here = section("causes");
		here.hidden = run.causes.length === 0;
		here.append(make("div", { class: "cards" }, ...run.causes.map((cause) =>
			make("article", { class: "card" }, make("h3", {}, bdi(cause.text)),
				make("p", {}, cause.numbers.length > 1 || cause.more ? "As the first: " : "", bdi(cause.why || "")),
				cause.advice ? make("p", {}, "Do: ", cause.advice) : null,
				places(cause.kind, cause.numbers, cause.more)))));
	};

	const drawRules = () => {
		const here = section("findings");
		here.hidden = run.rules.length === 0;
		here.append(make("div", { class: "cards" }, ...run.rules.map((rule) =>
			make("details", { class: "card" },
				make("summary", {}, make("span", { class: rule.severity }, rule.severity), ` ${rule.rule}`,
					make("span", { class: "faint" }, ` ×${rule.n}`)),
				make("p", {}, bdi(rule.text || "")),
				rule.cause ? make("p", {}, "Cause: ", bdi(rule.cause)) : null,
				rule.advice ? make("p", {}, "Do: ", rule.advice) : null,
				rule.ref ? make("p", { class: "faint" }, `See ${rule.ref}`) : null,
				places("call", rule.calls), places("tunnel", rule.tunnels),
				rule.has_more ? make("p", { class: "faint" }, "and more") : null))));
	};

	const drawInputs = () => {
		const rows = [];
		for (const input of run.inputs)
			input.facts.forEach(([name, value], i) => rows.push(make("tr", { class: i === 0 ? "first" : "" },
				i === 0 ? make("th", { scope: "rowgroup", rowspan: input.facts.length }, bdi(input.name)) : null,
				make("th", { scope: "row", class: "faint" }, name), make("td", {}, bdi(value)))));
		section("inputs").append(make("table", { class: "inputs" },
			make("thead", { class: "unseen-text" }, make("tr", {}, ...["input", "what", "value"]
				.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows)));
		for (const input of run.inputs.filter(({ unread }) => unread && unread.length > 0))
			section("inputs").append(make("details", { class: "unread" },
				make("summary", {}, "Not read of ", bdi(input.name), `: ${plural(input.unread.reduce((n, [count]) => n + count, 0), "record")}`),
				make("table", {}, make("caption", { class: "unseen-text" }, "one record of each kind"),
					make("thead", {}, make("tr", {}, ...["times", "first in line", "record"]
						.map((head) => make("th", { scope: "col" }, head)))),
					make("tbody", {}, ...input.unread.map(([count, line, text]) => make("tr", {},
						make("td", { class: "number" }, String(count)), make("td", { class: "number" }, String(line)),
						make("td", { class: "record" }, bdi(text)))))),
				input.unread_more ? make("p", { class: "notice" }, `${plural(input.unread_more, "more record")} of other kinds are not in this page.`) : null));
		section("program").textContent = `Made by ${run.program}. Needs no network.`;
	};

	/* ---- a message: tree and octets ---- */

	const dump = (octets, spans) => {
		const box = make("pre", { class: "hex", tabindex: "0", "aria-label": "octets" });
		for (let first = 0; first < octets.length; first += LINE) {
			const line = octets.slice(first, first + LINE);
			box.append(make("span", { class: "place" }, first.toString(16).padStart(4, "0")), "  ");
			line.forEach((octet, i) => {
				const span = make("span", {}, octet);
				(spans[first + i] ||= []).push(span);
				box.append(span, i === LINE / 2 - 1 ? "  " : " ");
			});
			box.append(" ".repeat((LINE - line.length) * 3 + (line.length < LINE / 2 ? 1 : 0) + 1));
			line.forEach((octet, i) => {
				const code = parseInt(octet, 16);
				const span = make("span", {}, code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : ".");
				spans[first + i].push(span);
				box.append(span);
			});
			box.append("\n");
		}
		return box;
	};

	const drawMessage = (row) => {
		const octets = (row.octets || "").match(/../g) || [];
		const spans = [];
		const tree = make("ul", { class: "tree", "aria-label": "fields" });
		const choose = (button, at, n) => {
			const was = button.getAttribute("aria-pressed") === "true";
			tree.querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", "false"));
			spans.flat().forEach((span) => span.classList.remove("at"));
			if (was)
				return;
			button.setAttribute("aria-pressed", "true");
			spans.slice(at, at + n).flat().forEach((span) => span.classList.add("at"));
			if (spans[at])
				spans[at][0].scrollIntoView({ block: "nearest" });
		};
		for (const [text, at, n] of row.tree || []) {
			if (n === undefined || at >= octets.length) {
				tree.append(make("li", {}, make("span", {}, bdi(text))));
				continue;
			}
			const button = make("button", { type: "button", "aria-pressed": "false" }, bdi(text));
			button.addEventListener("click", () => choose(button, at, n));
			tree.append(make("li", {}, button));
		}
		const right = make("div", {});
		if (octets.length > 0)
			right.append(dump(octets, spans));
		if (row.length > octets.length)
			right.append(make("p", { class: "faint" }, octets.length > 0
				? `${row.length - octets.length} more octets are not in this page`
				: `${plural(row.length, "octet")}, which hold a password`));
		return make("div", { class: "message" }, row.tree ? tree : make("p", { class: "faint" }, "no fields"), right);
	};

	/* ---- the ladder ---- */

	const center = (party, n) => 100 * (party + 0.5) / n;
	const lanes = (row, n) => {
		const box = make("span", { class: "lanes", "aria-hidden": "true" });
		const from = center(row.from, n), to = center(row.to, n);
		const name = make("span", { class: "name" }, row.message || "");
		box.style.setProperty("--n", n);
		name.style.left = `${(from + to) / 2}%`;
		if (row.from === row.to) {
			const dot = make("span", { class: "dot" });
			dot.style.left = `${from}%`;
			box.append(dot);
		} else {
			const both = row.kind === "data" || row.kind === "alive" || row.kind === "call";
			const arrow = make("span", { class: `arrow${row.unseen ? " dashed" : ""}${both ? " thick" : ""}`
				+ (both || from < to ? " right" : "") + (both || from > to ? " left" : "") });
			arrow.style.left = `${Math.min(from, to)}%`;
			arrow.style.width = `${Math.abs(from - to)}%`;
			box.append(arrow);
		}
		if (row.message)
			box.append(name);
		return box;
	};

	const way = (row, parties) => row.from === row.to ? `at ${parties[row.from][0]}`
		: `${parties[row.from][0]} to ${parties[row.to][0]}`;

	const rung = (row, call) => {
		const { parties } = call;
		const panel = () => row.kind === "call" ? null : drawMessage(row);
		const extra = [row.remark, row.folded].filter(Boolean).join("; ");
		const button = make("button", { type: "button", class: "rung", "aria-expanded": "false" },
			make("span", { class: "when" }, row.time || "", row.delta ? make("span", { class: "unseen-text" }, ` ${row.delta}`) : null),
			lanes(row, parties.length),
			make("span", { class: "words" },
				make("span", { class: "unseen-text" }, `${way(row, parties)}: ${row.message || ""} `),
				bdi(row.detail || ""), extra ? make("span", { class: row.unseen ? "error" : "faint" }, ` ${extra}`) : null,
				row.states ? make("span", { class: "states" }, row.states.join("; ")) : null));
		const item = make("li", {}, button);
		if (row.notes)
			item.append(make("div", { class: "remarks" }, ...row.notes.map(([severity, rule, text, place]) =>
				make("button", { type: "button", class: severity, click: () => call.showFinding(place) },
					`${severity} ${rule} `, text ? make("span", {}, bdi(text)) : null))));
		button.addEventListener("click", () => {
			if (row.kind === "call") {
				show(`call-${row.call}`);
				return;
			}
			const open = button.getAttribute("aria-expanded") !== "true";
			button.setAttribute("aria-expanded", String(open));
			if (open)
				button.after(make("div", { class: "opened" },
					row.origin ? make("p", { class: "faint" }, `${row.origin}`) : null, panel()));
			else
				button.nextElementSibling.remove();
		});
		return item;
	};

	const drawLadder = (call) => {
		const n = call.parties.length;
		const box = make("span", { class: "lanes" }, ...call.parties.map(([title, name]) =>
			make("span", { class: "party" }, make("b", {}, title), bdi(name))));
		box.style.setProperty("--n", n);
		const ladder = make("ol", { class: "ladder" }, make("li", {},
			make("div", { class: "rung parties" }, make("span", { class: "when" }, "time"), box,
				make("span", { class: "words" }, "message; states it moves"))));
		call.rungs = call.rows.map((row) => rung(row, call));
		ladder.append(...call.rungs);
		return ladder;
	};

	/* ---- phases ---- */

	const colors = new Map();
	const color = (name) => {
		if (!colors.has(name))
			colors.set(name, `p${colors.size % 8}`);
		return colors.get(name);
	};
	const seconds = (s) => s > 0 && s < 0.01 ? `${(1000 * s).toFixed(3)} ms` : `${s.toFixed(3)} s`;
	const endOf = (phases) => Math.max(0, ...phases.map(([, begins, lasts]) => begins + lasts));
	const lasting = ([name]) => name === "up" || name === "established";
	const phaseBar = (phases, from, to) => {
		const line = make("div", { class: "bar-line", "aria-hidden": "true" });
		const part = (name, begins, ends) => {
			const span = make("span", { class: name });
			span.style.width = `${to > from ? 100 * (ends - begins) / (to - from) : 0}%`;
			line.append(span);
		};
		let at = from;
		for (const [name, begins, lasts] of phases.filter(([, begins]) => begins < to)) {
			if (begins > at)
				part("gap", at, begins);
			at = Math.min(begins + lasts, to);
			part(color(name), begins, at);
		}
		return line;
	};
	/* What is up for long would leave no room for how it came up: that is drawn once more, larger. */
	const drawPhases = (phases) => {
		const end = endOf(Object.values(phases).flat());
		const box = make("div", { class: "phases" });
		for (const [kind, own] of Object.entries(phases)) {
			const from = own[0][1], to = endOf(own.filter((phase) => !lasting(phase)));
			box.append(make("b", {}, kind), phaseBar(own, 0, end));
			if (to > from && to - from < end / 3)
				box.append(make("span", { class: "faint" }, `larger, ${seconds(from)} to ${seconds(to)}`), phaseBar(own, from, to));
			box.append(make("ul", { class: "legend" }, ...own.map(([name, begins, lasts]) =>
				make("li", {}, make("i", { class: color(name), "aria-hidden": "true" }),
					`${name}: ${seconds(lasts)} from ${seconds(begins)} on`))));
		}
		return box;
	};

	/* ---- a call or tunnel ---- */

	const reveal = (element, target) => {
		element.classList.add("hit");
		setTimeout(() => element.classList.remove("hit"), 4000);
		target.scrollIntoView({ block: "center" });
		target.focus({ preventScroll: true });
	};

	const drawFinding = (finding, call) => {
		const rule = rules.get(finding.rule) || {};
		const evidence = finding.evidence.map(([place, words, row]) => make("li", {}, row === undefined
			? make("span", {}, place)
			: make("button", { type: "button", click: () => call.showRow(row) }, place), " ", bdi(words)));
		return make("li", { class: "finding", tabindex: "-1" },
			make("div", {}, make("span", { class: finding.severity }, finding.severity), " ", make("b", {}, finding.rule),
				finding.count ? make("span", { class: "faint" }, ` ×${finding.count}`) : null),
			make("p", {}, bdi(finding.text || "")),
			evidence.length > 0 ? make("ul", {}, ...evidence) : null,
			finding.more ? make("p", { class: "faint" }, `and ${finding.more} more places`) : null,
			finding.cause || rule.cause ? make("p", {}, "Cause: ", bdi(finding.cause || rule.cause)) : null,
			rule.advice ? make("p", {}, "Do: ", rule.advice) : null,
			rule.ref ? make("p", { class: "faint" }, `See ${rule.ref}`) : null);
	};

	const drawFacts = (kind, facts) => make("dl", { class: "facts" }, ...run.facts[kind].flatMap(([name, about], i) =>
		facts[i] === "" ? [] : [make("dt", { title: about }, name), make("dd", {}, bdi(facts[i]))]));

	const drawSubject = (kind, number) => {
		const call = data(`${kind}-${number}`);
		const body = make("div", { class: "detail-body" });
		const findings = call.findings.map((finding) => drawFinding(finding, call));
		call.showRow = (row) => reveal(call.rungs[row], call.rungs[row].querySelector("button"));
		call.showFinding = (place) => findings[place] && reveal(findings[place], findings[place]);
		body.append(make("h3", {}, `${kind} ${number}`), make("p", {}, make("b", {}, call.verdict || "")));
		if (call.why)
			body.append(make("p", {}, bdi(call.why)));
		if (call.advice)
			body.append(make("p", {}, "Do: ", call.advice));
		if (Object.keys(call.phases).length > 0)
			body.append(make("h4", {}, "Phases"), drawPhases(call.phases));
		if (findings.length > 0)
			body.append(make("h4", {}, "Findings"), make("ul", { class: "findings" }, ...findings));
		if (call.more_findings)
			body.append(make("p", { class: "faint" }, `and ${call.more_findings} more findings`));
		body.append(make("details", {}, make("summary", {}, "Facts"), drawFacts(kind, call.facts)));
		if (call.rows && call.rows.length > 0)
			body.append(make("h4", {}, "Messages"), drawLadder(call));
		else
			body.append(make("p", { class: "faint" }, call.rows ? "No messages were seen."
				: `Its messages are not in this page: l2tpscope show ${kind === "tunnel" ? "--tunnel " : ""}${number} has them.`));
		if (call.left_out)
			body.append(make("p", { class: "notice" }, `${call.left_out} more messages are not in this page.`));
		return body;
	};

	/* ---- tables ---- */

	/* `word`, `-word`, `column:word`, `"two words"`. */
	const asked = (text, columns) => (text.toLowerCase().match(/-?(?:[^\s":]+:)?(?:"[^"]*"?|[^\s"]+)/g) || []).map((token) => {
		const [, not, column, quoted] = token.match(/^(-?)(?:([^\s":]+):)?(.*)$/s);
		const place = columns.findIndex(([title]) => title.toLowerCase() === column);
		const word = (place < 0 && column ? `${column}:${quoted}` : quoted).replaceAll("\"", "");
		return { not: not === "-", place, word };
	});
	const fits = (tokens, row, words) => tokens.every(({ not, place, word }) =>
		(place < 0 ? words : row[place].toLowerCase()).includes(word) !== not);

	const order = new Intl.Collator("en", { numeric: true });

	const drawTable = (kind, where) => {
		const { columns, rows } = list[kind];
		const words = rows.map((row) => row.join("\u0000").toLowerCase());
		const places = new Map(rows.map((row, i) => [row[0], i]));
		const used = columns.map((column, i) => i === 0 || rows.some((row) => row[i] !== ""));
		const table = { places };
		let shown = rows.map((row, i) => i), drawn = 0, sorted = 0, turned = false;

		const box = make("input", { type: "search", id: `filter-${kind}`, autocomplete: "off", spellcheck: "false",
			"aria-describedby": `help-${kind}` });
		const count = make("span", { id: `count-${kind}`, role: "status", "aria-live": "polite" });
		const body = make("tbody");
		const more = make("button", { type: "button", class: "more", click: () => drawMore(true) });
		const heads = columns.map(([title, isNumber], i) => make("th", { scope: "col", class: isNumber ? "number" : "",
			"aria-sort": i === 0 ? "ascending" : "none" }, make("button", { type: "button", click: () => sort(i) }, title)));

		const toggle = (item, number, button) => {
			const open = button.getAttribute("aria-expanded") !== "true";
			button.setAttribute("aria-expanded", String(open));
			item.classList.toggle("open", open);
			if (!open) {
				item.nextElementSibling.remove();
				return;
			}
			item.after(make("tr", { class: "detail" }, make("td", { colspan: columns.length }, drawSubject(kind, number))));
			history.replaceState(null, "", `#${kind}-${number}`);
		};
		const cell = (text, i) => {
			if (columns[i][0] === "outcome")
				return make("td", { class: text }, text);
			return make("td", { class: columns[i][1] ? "number" : "" }, text.length > LETTERS
				? make("span", { class: "wide", title: text.slice(0, 2000) }, bdi(text)) : bdi(text));
		};
		const drawRow = (i) => {
			const row = rows[i];
			const button = make("button", { type: "button", "aria-expanded": "false", "aria-label": `${kind} ${row[0]}` }, row[0]);
			const item = make("tr", { class: "item", id: `${kind}-row-${row[0]}` }, make("td", { class: "id number" }, button),
				...row.map(cell).filter((td, k) => k > 0 && used[k]));
			item.addEventListener("click", (event) => {
				if (event.target.closest("button") === button || getSelection().isCollapsed)
					toggle(item, row[0], button);
			});
			return item;
		};
		const drawMore = (moves) => {
			const first = drawn;
			const next = shown.slice(drawn, drawn + ROWS).map(drawRow);
			drawn += next.length;
			body.append(...next);
			more.hidden = drawn >= shown.length;
			more.textContent = `Show ${Math.min(ROWS, shown.length - drawn)} more`;
			count.textContent = (shown.length === rows.length ? plural(rows.length, kind)
				: `${shown.length} of ${plural(rows.length, kind)}`)
				+ (drawn < shown.length ? `, the first ${drawn} shown` : "");
			if (moves && next.length > 0)
				document.getElementById(`${kind}-row-${rows[shown[first]][0]}`).querySelector("button").focus();
		};
		const redraw = () => {
			const tokens = asked(box.value, columns);
			shown = rows.map((row, i) => i).filter((i) => fits(tokens, rows[i], words[i]));
			if (sorted !== 0 || turned) {
				/* the report lists them in order of time: so does a sort by start */
				const by = columns[sorted][0] === "start" || sorted === 0 ? (a, b) => a - b
					: (a, b) => (rows[a][sorted] === "") - (rows[b][sorted] === "")
						|| order.compare(rows[a][sorted], rows[b][sorted]) || a - b;
				shown.sort(turned ? (a, b) => by(b, a) : by);
			}
			body.replaceChildren();
			drawn = 0;
			drawMore(false);
		};
		const sort = (i) => {
			turned = sorted === i && !turned;
			sorted = i;
			heads.forEach((head, k) => head.setAttribute("aria-sort", k !== i ? "none" : turned ? "descending" : "ascending"));
			redraw();
		};
		box.addEventListener("input", redraw);
		table.ask = (text) => {
			box.value = text;
			redraw();
			box.scrollIntoView({ block: "start" });
			box.focus({ preventScroll: true });
		};
		table.show = (number) => {
			const place = places.get(number);
			if (place === undefined)
				return;
			const at = shown.indexOf(place);
			if (at < 0 || at >= drawn) {
				/* drawing all up to there would take long: it alone is shown, and the box says so */
				box.value = `${kind}:"${number}"`;
				redraw();
			}
			while (document.getElementById(`${kind}-row-${number}`) === null && drawn < shown.length)
				drawMore(false);
			const button = document.getElementById(`${kind}-row-${number}`).querySelector("button");
			if (button.getAttribute("aria-expanded") !== "true")
				button.click();
			button.scrollIntoView({ block: "start" });
			button.focus({ preventScroll: true });
		};
		tables[kind] = table;
		return () => {
			const here = section(where);
			here.hidden = rows.length === 0 && kind === "tunnel";
			if (rows.length === 0) {
				here.append(make("p", {}, `No ${kind} was found.`));
				return;
			}
			here.append(
				make("div", { class: "tools" }, make("label", { for: box.id }, `Filter ${kind}s`), box, count),
				make("p", { id: `help-${kind}`, class: "faint" },
					"Words that a row must hold; -word: must not; outcome:failed: in that column. A column's title sorts."),
				make("div", { class: "scroll" }, make("table", { class: "list" },
					make("caption", { class: "unseen-text" }, `${kind}s; the button in front of each opens it`),
					make("thead", {}, make("tr", {}, ...heads.filter((head, i) => used[i]))), body)), more);
			redraw();
		};
	};

	const show = (id) => {
		const parts = id.match(/^(call|tunnel)-(\d+)$/);
		if (parts)
			tables[parts[1]].show(parts[2]);
	};

	const drawn = [drawTable("call", "calls"), drawTable("tunnel", "tunnels")];
	drawSummary();
	drawCauses();
	drawn.forEach((draw) => draw());
	drawRules();
	drawInputs();
	/* a click on the link of a call that is open already brings it into view again */
	document.addEventListener("click", (event) => {
		const a = event.target.closest("a[href^='#']");
		const id = a === null ? "" : a.getAttribute("href").slice(1);
		if (/^(call|tunnel)-\d+$/.test(id)) {
			event.preventDefault();
			show(id);
		}
	});
	addEventListener("hashchange", () => show(location.hash.slice(1)));
	show(location.hash.slice(1));
})();

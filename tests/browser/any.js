/* What holds for the page of any input: everything opens, and each click shows what it says. */
(() => {
	const wrong = [];
	const see = (is, words) => is || wrong.push(words);
	const all = (selector, from = document) => [...from.querySelectorAll(selector)];
	const title = document.title;
	const run = JSON.parse(document.getElementById("run").textContent);
	const list = JSON.parse(document.getElementById("list").textContent);

	see(document.querySelector("h1").textContent === title, "the title is not the heading");
	for (const [kind, id] of [["call", "calls"], ["tunnel", "tunnels"]]) {
		const rows = all(`#${id} tr.item`);
		see(rows.length === Math.min(200, list[kind].rows.length), `${rows.length} rows of ${kind}s are drawn`);
		for (const row of rows.slice(0, 12)) {
			const button = row.querySelector("button");
			button.click();
			see(button.getAttribute("aria-expanded") === "true", `${row.id} does not open`);
			const detail = row.nextElementSibling;
			see(detail && detail.className === "detail" && detail.querySelector("h3"), `${row.id} shows nothing`);
			const subject = JSON.parse(document.getElementById(row.id.replace("-row", "")).textContent);
			see(!subject.verdict || detail.textContent.includes(subject.verdict), `${row.id}: no verdict`);
			const rungs = all("button.rung", detail);
			see(rungs.length === (subject.rows || []).length, `${row.id}: ${rungs.length} messages are drawn`);
			rungs.forEach((rung, i) => {
				const { kind, tree, octets } = subject.rows[i];
				if (kind === "call")
					return;
				rung.click();
				const opened = rung.nextElementSibling;
				see(opened && opened.className === "opened", `${row.id}: message ${i} does not open`);
				see(all(".tree li", opened).length === (tree || []).length, `${row.id}: fields of message ${i}`);
				const hex = opened.querySelector(".hex");
				see(!octets || hex.textContent.replace(/[^0-9a-f.]/g, "").length >= octets.length, `${row.id}: octets of message ${i}`);
				const field = opened.querySelector(".tree button");
				if (field) {
					field.click();
					see(all(".hex .at", opened).length > 0, `${row.id}: a field of message ${i} marks no octets`);
				}
				if (i > 3)
					rung.click();
			});
			for (const evidence of all(".finding li button", detail)) {
				evidence.click();
				see(document.activeElement.classList.contains("rung"), `${row.id}: evidence leads nowhere`);
			}
			for (const note of all(".remarks button", detail).slice(0, 20)) {
				note.click();
				see(document.activeElement.classList.contains("finding"), `${row.id}: a note leads nowhere`);
			}
		}
	}
	for (const a of all("main a")) {
		a.click();
		see(document.activeElement.getAttribute("aria-expanded") === "true", `${a.textContent} leads nowhere`);
	}
	all("details").forEach((details) => { details.open = true; });

	/* for all who do not see or do not point */
	for (const element of all("button, input, a"))
		see((element.textContent || element.getAttribute("aria-label") || (element.labels && element.labels.length)), "a control without a name");
	for (const table of all("table"))
		see(all("th[scope]", table).length > 0, "a table without heads");
	see(all("[id]").length === new Set(all("[id]").map((element) => element.id)).size, "an id stands twice");
	see(all("script:not([type])").length === 1 && all("style").length === 1, "a script or style came from somewhere");
	see(all("img, iframe, object, embed, link, [onerror], [onload], [style*=url]").length === 0, "an element that reaches outside");
	see(document.title === title, "the title has changed");
	see(document.documentElement.scrollWidth <= innerWidth + 1, `the page is wider than its window: ${document.documentElement.scrollWidth}`);
	see(run.inputs.every((input) => document.getElementById("inputs").textContent.includes(input.name)), "an input is missing");
	return wrong;
})()

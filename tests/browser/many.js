/* 5,000 calls: drawn when they are asked for, and no step takes so long that a person waits. */
(async () => {
	const wrong = [];
	const see = (is, words) => is || wrong.push(words);
	const PATIENCE_MS = 3000; /* a busy machine takes ten times what it takes here */
	const took = async (name, what) => {
		const start = performance.now();
		what();
		await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
		const ms = performance.now() - start;
		see(ms < PATIENCE_MS, `${name} takes ${Math.round(ms)} ms`);
	};
	const count = () => document.getElementById("count-call").textContent;
	const box = document.getElementById("filter-call");
	const ask = (text) => { box.value = text; box.dispatchEvent(new Event("input")); };

	see(performance.now() < 10 * PATIENCE_MS, `the page is there after ${Math.round(performance.now())} ms`);
	see(count() === "5000 calls, the first 200 shown", count());
	see(document.querySelectorAll("#calls tr.item").length === 200, "not 200 rows");
	await took("the filter", () => ask("auth-rejected"));
	see(/^\d+ of 5000 calls$/.test(count().split(",")[0]), count());
	await took("another filter", () => ask(""));
	await took("sorting", () => document.querySelector("#calls th:nth-child(3) button").click());
	await took("more rows", () => document.querySelector("#calls .more").click());
	see(document.querySelectorAll("#calls tr.item").length === 400, "not 400 rows");
	await took("a call far away", () => { location.hash = "#call-4990"; });
	await new Promise((done) => setTimeout(done, 500));
	see(document.activeElement.closest("tr")?.id === "call-row-4990", "the address does not lead to the call");
	see(document.querySelectorAll(".notice").length > 0, "what the page lacks is not told");
	see(document.querySelectorAll("script[id^=call-]").length === 5000, "not 5000 calls");
	return wrong;
})()

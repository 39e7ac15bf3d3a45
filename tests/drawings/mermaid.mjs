// Mermaid's own parser reads every file that is named.
import fs from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<body></body>");
globalThis.window = window;
globalThis.document = window.document;
const mermaid = (await import("mermaid")).default;
mermaid.initialize({ startOnLoad: false, maxTextSize: 10000000, maxEdges: 1000000 });

let refused = 0;
const files = process.argv.slice(2);
for (const file of files) {
	try {
		await mermaid.parse(fs.readFileSync(file, "utf8"));
	} catch (error) {
		refused++;
		console.log(`${file}: ${error.message}`);
	}
}
console.log(`mermaid: ${files.length - refused} of ${files.length} accepted`);
process.exit(refused > 0 ? 1 : 0);

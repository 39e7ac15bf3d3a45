/* samples/attempts.pcap and samples/switch.pcap: by keyboard, as a person would. */
window.wrong = [];
window.see = (is, words) => is || window.wrong.push(words);
window.told = () => window.wrong.splice(0);
window.items = () => [...document.querySelectorAll("#calls tr.item")].map((row) => row.id.replace("call-row-", ""));
see(items().join() === "1,2,3,4,5", `calls ${items()}`);
see(document.getElementById("count-call").textContent === "5 calls", "the count");
document.querySelector("#calls th:nth-child(1) button").focus();
told()
//// key Enter
see(items().join() === "5,4,3,2,1", `turned ${items()}`);
see(document.querySelector("#calls th").getAttribute("aria-sort") === "descending", "the order is not told");
const box = document.getElementById("filter-call");
box.value = "outcome:failed -no-resources";
box.dispatchEvent(new Event("input"));
see(items().join() === "3", `filtered ${items()}`);
see(document.getElementById("count-call").textContent === "1 of 5 calls", "the count of the filter");
box.value = "nobody at all";
box.dispatchEvent(new Event("input"));
see(document.getElementById("count-call").textContent === "0 of 5 calls", "nothing fits");
box.value = "lns2 auth-rejected";
box.dispatchEvent(new Event("input"));
document.querySelector("#calls tr.item button").focus();
told()
//// key Enter
see(document.querySelector("#calls .detail h3").textContent === "call 3", "Enter does not open the call");
see(location.hash === "#call-3", "the address does not name the call");
const names = document.querySelector("#calls tr.open .wide");
see(names.scrollHeight <= names.clientHeight, "findings of an opened call are cut");
document.querySelector("#calls .ladder button.rung").focus();
told()
//// key Enter
see(document.querySelector("#calls .opened .tree li button") !== null, "Enter does not open the message");
told()
//// key Tab
see(document.activeElement.closest(".opened") !== null, "Tab does not go on into the message");
see(getComputedStyle(document.activeElement).outlineStyle !== "none", "the focus is not seen");
told()
//// key Enter
see(document.querySelectorAll("#calls .hex .at").length === 4, `${document.querySelectorAll("#calls .hex .at").length} octets are marked`);
told()

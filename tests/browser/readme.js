/* The picture of the README: samples/attempts.pcap, a call with its second message opened. */
document.querySelector("#calls tr.item:nth-of-type(4) button, #call-row-4 button").click();
window.detail = document.querySelector("#call-row-4").nextElementSibling;
detail.querySelectorAll("button.rung")[1].click();
[...detail.querySelectorAll(".tree button")].find((field) => field.textContent.includes("Message Type")).click();
[...detail.querySelectorAll("h4")].find((head) => head.textContent === "Messages").scrollIntoView({ block: "start" });
scrollBy(0, -10);
document.activeElement.blur();
detail.querySelectorAll(".hex .at").length === 16 ? [] : ["no octets are marked"]

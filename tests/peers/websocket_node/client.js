"use strict";
// node client.js URL DEFLATE: has each message echoed, as one and in fragments, pings, closes, and prints what it saw.
const { WebSocket } = require("ws");
const messages = require("./messages.js");

const [url, deflate] = process.argv.slice(2);
const ws = new WebSocket(url, ["other", "echo"], { perMessageDeflate: JSON.parse(deflate), maxPayload: 0 });
const report = { same: 0, of: 2 * messages.length, pong: null };

function send(index) {
  const message = messages[index % messages.length];
  if (index < messages.length) return ws.send(message);
  const binary = typeof message !== "string";
  const data = Buffer.from(message);
  const half = data.length >> 1;
  ws.send(data.subarray(0, half), { fin: false, binary });
  ws.ping("between");
  ws.send(data.subarray(half), { fin: true, binary });
}

ws.on("open", () => send(0));
ws.on("pong", data => { report.pong = data.toString(); });
ws.on("message", (data, isBinary) => {
  const message = messages[report.same % messages.length];
  const same = isBinary === (typeof message !== "string") && data.equals(Buffer.from(message));
  report.same += same;
  if (same && report.same < report.of) send(report.same);
  else ws.close(4000, "done");
});
ws.on("error", error => { report.error = String(error); });
ws.on("close", (code, reason) => {
  const seen = { ...report, code, reason: reason.toString(), protocol: ws.protocol, extensions: ws.extensions };
  console.log(JSON.stringify(seen));
});

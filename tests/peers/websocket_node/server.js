"use strict";
// node server.js DEFLATE: echoes on a port that it prints, until its standard input ends. "fragments" is answered in
// three, "ping" by a ping whose answer is told, and "close" by closing.
const { WebSocketServer } = require("ws");

const options = { host: "127.0.0.1", port: 0, perMessageDeflate: JSON.parse(process.argv[2]), maxPayload: 0 };
const server = new WebSocketServer({ ...options, handleProtocols: () => "echo" });

server.on("connection", ws => {
  ws.on("pong", data => ws.send(`pong ${data}`));
  ws.on("message", (data, isBinary) => {
    const text = isBinary ? "" : data.toString();
    if (text === "fragments") {
      ws.send("fr", { fin: false });
      ws.send("ag", { fin: false });
      ws.send("ments", { fin: true });
    } else if (text === "ping") {
      ws.ping("from node");
    } else if (text === "close") {
      ws.close(4001, "as you wish");
    } else {
      ws.send(data, { binary: isBinary });
    }
  });
});
server.on("listening", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();

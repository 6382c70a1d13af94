// The chat in the browser: one websocket, opened again whenever it is lost.

const $ = (id) => document.getElementById(id);
const LONGEST_WAIT = 15000; // milliseconds between two attempts
const FINAL = [1003, 1008]; // close codes after which coming back would be refused as well

class Connection {
  // Calls `receive` with every event, and `changed` with "open", "lost" or "closed" and the reason.
  constructor(url, receive, changed) {
    Object.assign(this, {url, receive, changed, attempts: 0, wanted: true});
    this.open();
    this.retry = () => { if (this.timer) this.open(); };
    addEventListener("online", this.retry);
  }

  open() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.socket = new WebSocket(this.url);
    this.socket.onmessage = ({data}) => {
      this.attempts = 0;
      this.receive(JSON.parse(data));
    };
    this.socket.onopen = () => this.changed("open");
    this.socket.onclose = ({code, reason}) => this.closed(code, reason);
  }

  closed(code, reason) {
    if (!this.wanted) return;
    if (FINAL.includes(code)) {
      this.close();
      this.changed("closed", reason || "The server has closed the connection.");
      return;
    }
    // Each wait is twice the last one, and random: not everybody comes back at the same moment.
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** this.attempts++);
    this.timer = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
    this.changed("lost");
  }

  say(text) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify({text}));
    return true;
  }

  close() {
    this.wanted = false;
    clearTimeout(this.timer);
    removeEventListener("online", this.retry);
    this.socket.close();
  }
}

let connection = null;
let me = "";
let seen = new Set(); // keys of events that are shown: after a reconnection the history comes again
let last = null; // who has said the message above
let atEnd = true; // whether the newest message is to be in sight; not while somebody reads older ones

function join(name, room) {
  me = name;
  seen = new Set();
  last = null;
  $("log").replaceChildren();
  $("title").textContent = `#${room}`;
  document.title = `#${room} - Chat`;
  $("door").hidden = true;
  $("chat").hidden = false;
  show("Connecting", "lost");
  const url = new URL(`rooms/${room}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = "";
  url.searchParams.set("name", name);
  connection = new Connection(url, receive, (state, reason) => {
    if (state === "open") show("Connected", "open");
    else if (state === "lost") show("Reconnecting", "lost");
    else show(reason, "closed");
    $("say").querySelector("button").disabled = state !== "open";
  });
  $("text").focus();
}

function leave() {
  connection?.close();
  connection = null;
  document.title = "Chat";
  $("chat").hidden = true;
  $("door").hidden = false;
  $("name").focus();
}

function show(text, state) {
  $("status").textContent = text;
  $("status").dataset.state = state;
}

function receive(event) {
  $("problem").hidden = event.type !== "refused";
  if (event.type === "refused") {
    $("problem").textContent = event.reason;
    return;
  }
  if (event.members) showMembers(event.members);
  for (const each of event.type === "welcome" ? event.history : [event]) {
    if (seen.has(each.key)) continue;
    seen.add(each.key);
    add(each);
  }
}

function showMembers(names) {
  $("people").replaceChildren(...names.map((name) => {
    const item = element("li", "", avatar(name), element("span", "", name));
    if (name === me) item.append(element("span", "you", "you"));
    return item;
  }));
  $("people-title").textContent = `Here now: ${names.length}`;
}

function add(event) {
  const log = $("log");
  if (event.type === "said") log.append(bubble(event));
  else log.append(element("li", "notice", `${event.name} has ${event.type === "joined" ? "come in" : "left"}`));
  last = event.type === "said" ? event.name : null;
  if (atEnd || event.name === me) scrollToEnd();
}

function scrollToEnd() {
  $("log").scrollTop = $("log").scrollHeight;
}

function bubble(event) {
  const when = new Date(event.time * 1000);
  const time = element("time", "", when.toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"}));
  time.dateTime = when.toISOString();
  const item = element("li", event.name === me ? "message mine" : "message", element("p", "", event.text));
  if (event.name !== last) item.prepend(avatar(event.name), element("p", "by", element("b", "", event.name), time));
  else item.classList.add("more");
  return item;
}

function avatar(name) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  const made = element("span", "avatar", [...name][0].toUpperCase());
  made.style.setProperty("--hue", hue);
  made.setAttribute("aria-hidden", "true");
  return made;
}

// What others have written is only ever set as text, never as HTML.
function element(tag, classes, ...content) {
  const made = document.createElement(tag);
  made.className = classes;
  made.append(...content);
  return made;
}

$("join").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("name").value.trim().replace(/\s+/g, " ");
  if (!name) return;
  localStorage.setItem("chat-name", name);
  location.hash = $("room").value;
  join(name, $("room").value);
});

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text && connection.say(text)) $("text").value = "";
});

$("leave").addEventListener("click", leave);

$("log").addEventListener("scroll", () => {
  const {scrollHeight, scrollTop, clientHeight} = $("log");
  atEnd = scrollHeight - scrollTop - clientHeight < 40;
});
new ResizeObserver(() => { if (atEnd) scrollToEnd(); }).observe($("log"));

$("name").value = localStorage.getItem("chat-name") ?? "";
if (/^#[a-z0-9-]{1,32}$/.test(location.hash)) $("room").value = location.hash.slice(1);
$("name").focus();

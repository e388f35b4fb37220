// Owns the socket. Sound goes between it and the audio thread; the page's own thread, which may be busy, only hears of
// what changes. Messages and close codes: see protocol.py.

const FROM_PAGE = 1, HEADER = 8, LAST = 1;
const FINAL = [1000, 1008, 1009, 4400, 4401, 4403, 4408, 4409, 4410]; // not worth coming back for
const WRONG_TOKEN = 4401, ELSEWHERE = 4404, MOST_MISSES = 100, MISS_WAIT_MS = 50; // another worker of the server has the sound
const FIRST_WAIT_MS = 100, LONGEST_WAIT_MS = 5000;
const OPEN_MS = 3000; // a proxy may let a socket wait for ever
const STUCK_BYTES = 96000; // 2 s at 24 kHz: what is older than that is of no use

let options, socket, microphone, playback, speaker;
let carried = false; // the page takes what the socket would have
let welcome = false, wanted = false, closed = false, attempts = 0, misses = 0;
let generation = null, received = 0;
const reports = new Map(); // generation -> the latest, for when there is a socket

function begin(asked) {
  options = asked;
  carried = !options.url;
  connect();
}

function connect() {
  if (closed) return;
  socket = carried ? new CarriedSocket() : opened(options.url);
  const { token, inputRate: input_rate, outputRate: output_rate } = options;
  socket.onopen = () => say({ type: "hello", token, input_rate, output_rate, generation, received });
  socket.onmessage = ({ data }) => (typeof data === "string" ? obey(JSON.parse(data)) : play(data));
  socket.onclose = ({ code, reason }) => lost(code, reason);
}

function opened(url) {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const late = () => socket.readyState === WebSocket.CONNECTING && socket.close();
  if (options.carries) setTimeout(late, OPEN_MS);
  return socket;
}

// No socket was ever welcome here, or another process of the server has this one's session.
const isAstray = (code) => generation === null || code === WRONG_TOKEN || code === ELSEWHERE;

function lost(code, reason) {
  welcome = false;
  if (options.carries && !carried && !closed && isAstray(code)) {
    carried = true;
    postMessage({ state: "reconnecting", missed: `${options.url} (${code})` });
    return connect();
  }
  misses = code === ELSEWHERE ? misses + 1 : 0;
  closed ||= FINAL.includes(code) || misses > MOST_MISSES;
  postMessage({ state: closed ? "closed" : "reconnecting", code, reason });
  // Some randomness, so that a server which restarts is not met by all its pages at once.
  const backOff = misses ? MISS_WAIT_MS : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts++);
  const wait = backOff * (0.75 + Math.random() / 2);
  if (!closed) setTimeout(connect, wait);
}

function say(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function obey(message) {
  if (message.type === "welcome") {
    flush(message.generation);
    welcome = true;
    attempts = 0;
    if (message.token) postMessage({ token: (options.token = message.token) });
    if (speaker) say(speaker);
    for (const report of reports.values()) say(report);
    reports.clear();
    postMessage({ state: "connected" });
    want(message.capture);
  } else if (message.type === "flush") {
    flush(message.generation);
  } else if (message.type === "capture") {
    want(message.on);
  }
}

function want(on) {
  wanted = on;
  postMessage({ wanted });
}

function flush(to) {
  if (to === generation) return;
  generation = to;
  received = 0;
  playback.postMessage({ flush: to });
}

function play(frame) {
  const pcm = new Int16Array(frame, HEADER);
  const header = new DataView(frame);
  if (header.getUint32(4, true) !== generation) return;
  received += pcm.length;
  playback.postMessage({ generation, pcm, last: Boolean(header.getUint8(1) & LAST) }, [frame]);
}

function speak({ pcm, at }) {
  if (!welcome || !wanted || socket.bufferedAmount > STUCK_BYTES) return;
  const frame = new Uint8Array(HEADER + pcm.byteLength);
  const header = new DataView(frame.buffer);
  header.setUint8(0, FROM_PAGE);
  header.setUint32(4, at % 2 ** 32, true);
  frame.set(new Uint8Array(pcm.buffer), HEADER);
  socket.send(frame);
}

function report(message) {
  if (welcome) say(message);
  else reports.set(message.generation, message);
}

// A new socket is told as well.
function tellSpeaker(state) {
  speaker = { type: "speaker", state };
  if (welcome) say(speaker);
}

function bye() {
  closed = true;
  say({ type: "bye" });
  socket?.close(1000);
  self.close();
}

// Like a WebSocket: the page's own thread takes its messages to the server, and those of the server here.
class CarriedSocket {
  readyState = WebSocket.OPEN;
  bufferedAmount = 0; // what the server has not taken yet
  #name = crypto.randomUUID().slice(0, 13);

  constructor() {
    this.#post({ open: true });
    queueMicrotask(() => this.onopen());
  }

  send(message) {
    if (typeof message === "string") return this.#post({ text: message });
    this.bufferedAmount += message.byteLength;
    this.#post({ sound: btoa(String.fromCharCode(...message)) });
  }

  close(code) {
    this.readyState = WebSocket.CLOSED;
    this.#post({ code });
  }

  hear({ socket, text, sound, taken, code, reason }) {
    if (socket !== this.#name || this.readyState !== WebSocket.OPEN) return;
    if (text) this.onmessage({ data: text });
    if (sound) this.onmessage({ data: Uint8Array.from(atob(sound), (byte) => byte.charCodeAt(0)).buffer });
    if (taken) this.bufferedAmount -= taken;
    if (!code) return;
    this.readyState = WebSocket.CLOSED;
    this.onclose({ code, reason });
  }

  #post(message) {
    postMessage({ carried: JSON.stringify({ socket: this.#name, ...message }) });
  }
}

self.onmessage = ({ data }) => {
  if (data.playback) (playback = data.playback).onmessage = ({ data }) => report(data);
  if (data.microphone) (microphone = data.microphone).onmessage = ({ data }) => speak(data);
  if (data.connect) begin(data.connect);
  if (data.carried && carried) for (const message of JSON.parse(data.carried)) socket.hear(message);
  if (data.kept === options?.token) say({ type: "renewed" });
  if (data.speaker) tellSpeaker(data.speaker);
  if (data.say) say(data.say);
  if (data.bye) bye();
};

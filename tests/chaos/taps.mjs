// Between Trunkline and its switch: a proxy on the Event Socket that can be cut, stalled or left half open, and one on
// the way of the call records that keeps a copy of each. What they saw is the account with which Trunkline's own is
// compared.
//
// In: the ports of both sides. Out: `LinkProxy`, an emitter of `event` (`{name, uuid, role, legs, at}`), `command`
// (`{text, at}`) and `joined`; `RecordTap`, whose `records` has every leg's record once, by the leg's id.

import { EventEmitter, once } from "node:events";
import { createServer as createHttp, request } from "node:http";
import { connect, createServer } from "node:net";

/** The Event Socket, from Trunkline's side. Times are in milliseconds, with fractions. */
export class LinkProxy extends EventEmitter {
  #pairs = new Set();

  static async start(test, switchPort) {
    const proxy = new LinkProxy();
    const server = createServer((client) => proxy.#join(client, switchPort)).listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy.port = server.address().port;
    test.atEnd(async () => {
      server.close();
      proxy.cut();
    });
    return proxy;
  }

  #join(client, switchPort) {
    const upstream = connect(switchPort, "127.0.0.1");
    const pair = { client, upstream, deaf: false };
    this.#pairs.add(pair);
    this.emit("joined");
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        if (pair.deaf && socket === upstream) return;
        client.destroy();
        upstream.destroy();
        this.#pairs.delete(pair);
      });
    }
    const events = new Frames((head, body) => this.#saw(head, body));
    upstream.on("data", (chunk) => {
      if (pair.deaf) return;
      client.write(chunk);
      events.take(chunk);
    });
    client.on("data", (chunk) => {
      if (pair.deaf) return;
      upstream.write(chunk);
      const at = performance.now();
      for (const text of chunk.toString().split("\n\n")) if (text !== "") this.emit("command", { text, at });
    });
  }

  #saw(head, body) {
    if (!head.includes("text/event-plain")) return;
    const field = (name) => body.match(new RegExp(`^${name}: (.*)$`, "m"))?.[1];
    this.emit("event", {
      name: field("Event-Name"),
      uuid: field("Unique-ID"),
      role: field("variable_tl_role"),
      legs: [field("Bridge-A-Unique-ID"), field("Bridge-B-Unique-ID")],
      at: performance.now(),
    });
  }

  /** Both sides see an end. */
  cut() {
    for (const { client, upstream } of this.#pairs) {
      client.destroy();
      upstream.destroy();
    }
  }

  /** Nothing passes until `resume`; nothing is lost. */
  stall() {
    for (const { client, upstream } of this.#pairs) for (const socket of [client, upstream]) socket.pause();
  }

  resume() {
    for (const { client, upstream } of this.#pairs) for (const socket of [client, upstream]) socket.resume();
  }

  /** The switch's side is gone, and nobody tells Trunkline. New connections are not concerned. */
  halfOpen() {
    for (const pair of this.#pairs) {
      pair.deaf = true;
      pair.upstream.destroy();
    }
  }
}

/** Cuts a stream of the Event Socket into frames. */
class Frames {
  #rest = Buffer.alloc(0);

  constructor(found) {
    this.found = found;
  }

  take(chunk) {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = this.#rest.indexOf("\n\n");
      if (end < 0) return;
      const head = this.#rest.toString("latin1", 0, end);
      const length = Number(head.match(/^Content-Length: (\d+)$/m)?.[1] ?? 0);
      if (this.#rest.length < end + 2 + length) return;
      const body = this.#rest.toString("utf8", end + 2, end + 2 + length);
      this.#rest = this.#rest.subarray(end + 2 + length);
      this.found(head, body);
    }
  }
}

/** What the switch asks of Trunkline over HTTP goes through here. */
export class RecordTap {
  /** Each leg's record as the switch wrote it, by the leg's id. */
  records = new Map();

  /** `serverPort` is where Trunkline listens, or will. */
  static async start(test, serverPort) {
    const tap = new RecordTap();
    const server = createHttp((from, to) => tap.#pass(from, to, serverPort)).listen(0, "127.0.0.1");
    await once(server, "listening");
    tap.port = server.address().port;
    test.atEnd(async () => server.close());
    return tap;
  }

  async #pass(from, to, serverPort) {
    const parts = [];
    for await (const part of from) parts.push(part);
    const body = Buffer.concat(parts);
    if (from.url.startsWith("/switch/cdr")) this.#keep(body.toString());
    const refuse = () => {
      if (!to.headersSent) to.writeHead(502);
      to.end();
    };
    const { method, url: path, headers } = from;
    const onward = request({ host: "127.0.0.1", port: serverPort, method, path, headers, timeout: 10_000 }, (answer) => {
      to.writeHead(answer.statusCode, answer.headers);
      answer.on("error", refuse).pipe(to);
    });
    onward.on("timeout", () => onward.destroy(new Error("no answer")));
    onward.on("error", refuse);
    onward.end(body);
  }

  #keep(text) {
    const record = JSON.parse(text);
    this.records.set(record.variables.uuid, record);
  }
}

// The server under test as a process of its own, and its API.
//
// In: TRUNKLINE_BIN, or the program that cargo built last. Out: `Server`, which can be stopped, killed and started
// again on the same data folder and port, and `Api`, one signed-in person.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { endProcess, eventually, zoneOfNoon } from "./lib.mjs";

const START_MS_MAX = 30_000;
/** The line a first start prints; a later one ends after the address. */
const ANNOUNCEMENT = /^Trunkline is at (http:\/\/127\.0\.0\.1:\d+)(?: · first start: sign in as (\S+) with the password (\S+) and change it)?$/;

/** The program under test. */
export function program() {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const target = process.env.CARGO_TARGET_DIR ?? join(cache, "trunkline/target");
  const path = process.env.TRUNKLINE_BIN ?? join(target, "debug/trunkline");
  assert.ok(existsSync(path), `there is no ${path}: run cargo build, or set TRUNKLINE_BIN`);
  return path;
}

/** The environment without what a developer's own shell may set for Trunkline. */
export function cleanEnvironment(more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("TRUNKLINE_") || name.startsWith("TRUNKLINE_TEST"));
  return { ...Object.fromEntries(own), ...more };
}

/** Starts the program and waits for its end; what it printed. */
export async function runProgram(test, args, environment = {}) {
  const child = test.watch(spawn(program(), args, { env: cleanEnvironment(environment), stdio: ["ignore", "pipe", "pipe"] }));
  const printed = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (printed.out += chunk));
  child.stderr.on("data", (chunk) => (printed.err += chunk));
  const overdue = setTimeout(() => child.kill("SIGKILL"), START_MS_MAX);
  const [code, signal] = await once(child, "close");
  clearTimeout(overdue);
  return { code, signal, ...printed };
}

/** One server on a data folder; may be ended and started again. */
export class Server {
  #test;
  #child = null;
  log = [];

  constructor(test, data, port, { eslPort, eslPassword, secret, spool }) {
    this.#test = test;
    this.data = data;
    this.address = `http://127.0.0.1:${port}`;
    this.port = port;
    this.eventLog = join(data, "events.jsonl");
    this.args = ["serve", "--data", data, "--listen", `127.0.0.1:${port}`, "--freeswitch", `127.0.0.1:${eslPort}`];
    this.environment = {
      TRUNKLINE_ESL_PASSWORD: eslPassword,
      TRUNKLINE_SWITCH_SECRET: secret,
      TRUNKLINE__SWITCH__EVENT_LOG: this.eventLog,
      TRUNKLINE__ZONE: zoneOfNoon(),
      TRUNKLINE_SPOOL_DIR: spool,
      TRUNKLINE_LOG: "info,sqlx=warn,sea_orm=warn",
    };
  }

  /** A server on a new data folder of that name, for a switch that listens, or will. */
  static prepare(test, name, port, phoneSwitch) {
    const data = join(test.folder(), name);
    mkdirSync(data);
    return new Server(test, data, port, phoneSwitch);
  }

  /** Starts it and waits for its one line; the log-in it names at a first start. */
  async start() {
    const child = this.#test.watch(
      spawn(program(), this.args, { env: cleanEnvironment(this.environment), stdio: ["ignore", "pipe", "pipe"] }),
    );
    this.#child = child;
    child.stderr.on("data", (chunk) => this.log.push(chunk.toString()));
    const line = await new Promise((found, lost) => {
      createInterface({ input: child.stdout }).once("line", found);
      child.once("exit", (code, signal) => lost(new Error(`the server ended with ${code ?? signal}:\n${this.tail()}`)));
      setTimeout(() => lost(new Error(`the server said nothing within ${START_MS_MAX} ms:\n${this.tail()}`)), START_MS_MAX).unref();
    });
    const [, address, username, password] = line.match(ANNOUNCEMENT) ?? [];
    assert.equal(address, this.address, `the line it prints: ${line}`);
    return username ? { username, password } : null;
  }

  get running() {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Asks it to end; its exit code. */
  async stop() {
    await endProcess(this.#child);
    return this.#child.exitCode;
  }

  /** Ends it as a power cut would. */
  async kill() {
    await endProcess(this.#child, "SIGKILL");
  }

  /** The end of its log. */
  tail(lines = 40) {
    return this.log.join("").split("\n").slice(-lines - 1).join("\n");
  }

  /** `/health`: the HTTP status and the parts. */
  async health() {
    const response = await fetch(`${this.address}/health`);
    return { code: response.status, ...(await response.json()) };
  }

  async switchIs(state, ms) {
    await eventually(`/health says that the switch is ${state}`, async () => (await this.health()).switch === state, ms, () => `; its log:\n${this.tail(10)}`);
  }

  /** The switch's events as the server received them, raw. */
  events() {
    return existsSync(this.eventLog) ? readFileSync(this.eventLog, "utf8") : "";
  }

  api() {
    return new Api(this.address);
  }
}

/** An answer that is not what was asked for. */
export class Refused extends Error {
  constructor(method, path, status, problem) {
    super(`${method} ${path}: ${status} ${JSON.stringify(problem)}`);
    this.status = status;
    this.problem = problem;
  }
}

/** One person's session. */
export class Api {
  #token = null;
  #cookie = null;

  constructor(address) {
    this.address = address;
  }

  async send(method, path, { body, headers = {} } = {}) {
    const form = body instanceof FormData;
    return fetch(`${this.address}/api/v1${path}`, {
      method,
      headers: {
        ...(body && !form && { "content-type": "application/json" }),
        ...(this.#token && { authorization: `Bearer ${this.#token}` }),
        ...(this.#cookie && path.startsWith("/auth/") && { cookie: this.#cookie }),
        ...headers,
      },
      body: form ? body : body && JSON.stringify(body),
    });
  }

  async call(method, path, body) {
    let response = await this.send(method, path, { body });
    if (response.status === 401 && this.#cookie && !path.startsWith("/auth/")) {
      await this.refresh();
      response = await this.send(method, path, { body });
    }
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    const answer = isJson && text !== "" ? JSON.parse(text) : text;
    if (!response.ok) throw new Refused(method, path, response.status, answer);
    return text === "" ? null : answer;
  }

  get(path) {
    return this.call("GET", path);
  }

  post(path, body) {
    return this.call("POST", path, body);
  }

  /** Every item of a list, page by page. */
  async all(path) {
    const items = [];
    let cursor = null;
    do {
      const page = await this.get(`${path}${path.includes("?") ? "&" : "?"}limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return items;
  }

  async #open(path, body) {
    const response = await this.send("POST", path, { body });
    const session = await response.json();
    if (!response.ok) throw new Refused("POST", path, response.status, session);
    this.#token = session.access_token;
    this.#cookie = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
    return session.user;
  }

  logIn(username, password) {
    this.#token = this.#cookie = null;
    return this.#open("/auth/login", { username, password });
  }

  refresh() {
    return this.#open("/auth/refresh");
  }

  /** Signs in for the first time: the password that somebody else chose must be changed. */
  async logInFirst(username, given, chosen) {
    const user = await this.logIn(username, given);
    assert.equal(user.must_change_password, true, "a given password must be changed");
    await this.post("/auth/password", { current: given, new: chosen });
    return this.logIn(username, chosen);
  }
}

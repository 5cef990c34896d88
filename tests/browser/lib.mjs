// What the browser tests share: a server of their own, a browser, steps that are counted, pictures of what went wrong.
//
// In: TRUNKLINE_BIN (the program; its console must be built), CHROMIUM (default /usr/bin/chromium),
//     TRUNKLINE_TEST_PICTURES (where pictures go; default: a temporary folder).
// Out: a line per step, and at the end `N passed, N failed, N skipped`. The exit code is 1 if a step failed.
//
// A journey is one story told in steps, each depending on those before it: after a failed step the others are skipped.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "../..");
const { chromium } = createRequire(join(root, "web/package.json"))("playwright-core");

/** How long anything on a page may take, in milliseconds. */
export const PATIENCE_MS = 15_000;
const START_MS_MAX = 60_000;
/** `admin / secret` or `admin with the password secret`. */
const LOG_IN = /([\w.-]+) (?:\/|with the password) ([^\s,;]+)/g;

/** A free port on loopback. */
async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  await once(listener, "close");
  return port;
}

/** The whole-hour time zone in which it is about noon, so that calling hours never end a test that runs at night. */
function zoneOfNoon() {
  const east = 12 - new Date().getUTCHours();
  // The Etc names count westwards.
  return east === 0 ? "Etc/GMT" : `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`;
}

/** Starts a program and keeps what it says; `order` writes it a line, `stop` ends it, in order if it can. */
function startProgram(args, folder, environment) {
  const program = process.env.TRUNKLINE_BIN ?? fail("TRUNKLINE_BIN is not set");
  const child = spawn(program, args, { cwd: folder, env: { ...process.env, ...environment }, stdio: ["pipe", "pipe", "pipe"] });
  const log = [];
  child.stderr.on("data", (chunk) => log.push(chunk));
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => log.push(`${line}\n`));
  /** The first line on standard output in which `find` finds something. */
  const said = (find) =>
    new Promise((found, lost) => {
      lines.on("line", (line) => {
        const answer = find(line);
        if (answer) found(answer);
      });
      child.once("exit", (code) => lost(new Error(`${args[0]} ended with ${code}:\n${log.join("")}`)));
      setTimeout(() => lost(new Error(`${args[0]} is not up within ${START_MS_MAX} ms:\n${log.join("")}`)), START_MS_MAX).unref();
    });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    await ended;
    clearTimeout(patience);
  };
  const order = (line) => child.stdin.write(`${line}\n`);
  return { log, said, stop, order };
}

/**
 * Starts the built-in switch, whose customers do what the last two digits of their number say when they are called, and
 * call when they are told to; and a server on it with an empty database. The server's first line holds its address and the administrator's log-in.
 */
async function startServer(folder) {
  const [port, switchPort] = [await freePort(), await freePort()];
  const environment = { TRUNKLINE_ESL_PASSWORD: "browser-test", TRUNKLINE__ZONE: zoneOfNoon() };
  const sim = startProgram(["simulator", "--scripted", "--orders", "--port", `${switchPort}`], folder, environment);
  const server = startProgram(
    ["serve", "--freeswitch", `127.0.0.1:${switchPort}`, "--listen", `127.0.0.1:${port}`, "--data", folder],
    folder,
    environment,
  );
  const stop = async () => {
    await server.stop();
    await sim.stop();
  };
  try {
    const place = await server.said((line) => {
      const address = line.match(/https?:\/\/[^\s,;]+/)?.[0];
      return address && { address, logIns: new Map([...line.matchAll(LOG_IN)].map(([, name, password]) => [name, password])) };
    });
    return { ...place, log: server.log, stop, customers: sim.order };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Chromium for tests: no sandbox for root, nothing that talks to the world. */
async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
      // So that a recording can be played without a person's click in between.
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
}

/** One person at a browser of their own. */
class Person {
  constructor(name, page, address) {
    this.name = name;
    this.page = page;
    this.address = address;
    /** What the page threw and what the server could not answer: no journey may leave any. */
    this.troubles = [];
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.troubles.push(`${name}: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 500) this.troubles.push(`${name}: ${response.status()} from ${response.url()}`);
    });
  }

  /** Signs in through the form, in Chinese, for the first time: with a password given by another, changed at once. */
  async signInFirst(username, given, own) {
    await this.fillSignIn(username, given);
    await this.field("当前密码").fill(given);
    await this.field("新密码").fill(own);
    await this.field("再次输入新密码").fill(own);
    await this.button("修改密码").click();
    await this.menu().waitFor();
  }

  /** Fills the form of the sign-in page and sends it. */
  async fillSignIn(username, password) {
    await this.page.goto(this.address);
    await this.page.getByLabel("用户名").fill(username);
    await this.page.getByLabel("密码", { exact: true }).fill(password);
    await this.button("登录").click();
  }

  /** The menu of pages, there for whoever is signed in. */
  menu() {
    return this.page.getByRole("menu").first();
  }

  /** What the page shows now, without the frame around it. */
  async shown() {
    return this.page.locator("main.page").innerText();
  }

  /** Opens a page by its name in the menu. */
  async open(name) {
    await this.menu().getByRole("link", { name, exact: true }).click();
    await this.page.getByRole("heading", { level: 1 }).waitFor();
  }

  /** A button by its text; Ant Design puts a space between two Chinese characters. */
  button(text) {
    const name = [...text].length === 2 ? [...text].join("\\s?") : text;
    return this.page.getByRole("button", { name: new RegExp(name) });
  }

  /** The input of a form's field, found by the field's label. */
  field(label) {
    const item = this.page.locator(".ant-form-item").filter({ has: this.page.getByText(label, { exact: true }) });
    return item.locator("input, textarea").first();
  }

  /** Chooses an entry of a select box, found by the field's label. */
  async choose(label, option) {
    const input = this.field(label);
    const box = input.locator("xpath=ancestor::*[contains(concat(' ', @class, ' '), ' ant-select ')][1]");
    await eventually(`${option} is chosen`, async () => {
      // What is chosen so far lies over the input, so the click is not to wait for a free one.
      if ((await input.getAttribute("aria-expanded")) !== "true") await input.click({ force: true });
      // A long list draws only what is in view; where it can be searched, the entry comes into view.
      if ((await input.getAttribute("readonly")) === null) await input.fill(option);
      await this.page
        .locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option")
        .filter({ hasText: option })
        .click();
      // A list that is drawn anew under the click takes nothing.
      return (await box.innerText()).includes(option);
    });
  }

  /** What a click downloads. */
  async download(click) {
    const [file] = await Promise.all([this.page.waitForEvent("download"), click()]);
    const chunks = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk);
    return { name: file.suggestedFilename(), bytes: Buffer.concat(chunks) };
  }

  async picture(folder, name) {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}-${this.name}.png`);
    await this.page.screenshot({ path, fullPage: true });
    return path;
  }
}

/** The API for what a journey does not show: arranging things before, comparing with the screen after. */
class Api {
  constructor(address) {
    this.address = address;
    this.token = null;
  }

  async call(method, path, body) {
    const response = await fetch(`${this.address}/api/v1${path}`, {
      method,
      headers: {
        ...(body && { "content-type": "application/json" }),
        ...(this.token && { authorization: `Bearer ${this.token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  async logIn(username, password) {
    this.token = (await this.call("POST", "/auth/login", { username, password })).access_token;
  }
}

/** Asks again until the answer is there, at most `ms`; for what the server does in its own time. */
export async function eventually(what, question, ms = PATIENCE_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

/** Tells one story: `tell(stage)` calls `stage.step(name, action)`; everything started is ended whatever happens. */
export async function journey(title, tell) {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-browser-"));
  const pictures = process.env.TRUNKLINE_TEST_PICTURES ?? join(tmpdir(), "trunkline-pictures");
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const people = [];
  let server;
  let browser;

  const step = async (name, action) => {
    if (counts.failed > 0) {
      counts.skipped += 1;
      console.log(`skipped: ${name}: an earlier step failed`);
      return undefined;
    }
    try {
      const result = await action();
      counts.passed += 1;
      console.log(`ok      ${name}`);
      return result;
    } catch (error) {
      counts.failed += 1;
      console.log(`FAILED  ${name}\n${error.stack}`);
      for (const person of people) {
        const path = await person.picture(pictures, title.replaceAll(/\W+/g, "_")).catch(() => null);
        if (path) console.log(`        ${person.name}'s page: ${path}`);
      }
      if (server) console.log(`        the end of the server's log:\n${server.log.join("").split("\n").slice(-60).join("\n")}`);
      return undefined;
    }
  };
  const newPerson = async (name) => {
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", acceptDownloads: true });
    const person = new Person(name, await context.newPage(), server.address);
    people.push(person);
    return person;
  };

  try {
    await step("the server starts", async () => {
      server = await startServer(folder);
    });
    await step("the browser starts", async () => {
      browser = await startBrowser();
    });
    const stage = { step, newPerson, api: () => new Api(server.address), logIns: () => server.logIns, customers: (line) => server.customers(line) };
    await tell(stage);
    await step("no page failed and no request was answered with a server error", async () => {
      assert.deepEqual(people.flatMap((person) => person.troubles), []);
    });
  } finally {
    await browser?.close().catch(() => {});
    await server?.stop().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

function fail(message) {
  throw new Error(message);
}

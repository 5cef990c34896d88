// What the end-to-end tests share: counted checks, bounded waits, free ports, and the ending of everything that was
// started, whatever happens.
//
// In: nothing. Out: `ok NAME`, `not ok NAME: why` or `skipped: why` per check on standard output and, as the last line,
//     `N passed, N failed, N skipped`. The exit code is 1 if a check failed.
//
// Nothing here sleeps for a fixed time: a wait ends when its condition holds, and fails when its time is over.

import { once } from "node:events";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long ordinary things may take. */
export const PATIENCE_MS = 15_000;
/** How long a test may take in all. */
const TEST_MS_MAX = 8 * 60_000;
const LOOK_EVERY_MS = 100;

/** A test that cannot run here, and why. */
export class Skip extends Error {}

/** Runs one test: `tell(test)` makes checks; everything that was started is ended afterwards, also on a signal. */
export async function runTest(name, tell, msMax = TEST_MS_MAX) {
  console.log(`e2e ${name}`);
  const test = new Test();
  const interrupted = (signal) => {
    console.log(`not ok ${name}: ended by ${signal}`);
    void test.cleanUp().finally(() => process.exit(1));
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  // For an end that no cleaning up precedes.
  process.once("exit", () => test.killAll());
  const overdue = setTimeout(() => interrupted(`the limit of ${msMax / 1000} s`), msMax);
  overdue.unref();
  try {
    await tell(test);
  } catch (error) {
    if (error instanceof Skip) test.skip(error.message);
    else if (!(error instanceof StopTelling)) test.fail("the test runs to its end", error);
  }
  clearTimeout(overdue);
  await test.cleanUp();
  const { passed, failed, skipped } = test.counts;
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exit(failed > 0 ? 1 : 0);
}

/** A step that later ones need has failed; it is counted already. */
class StopTelling extends Error {}

/** The checks of one test and what it has started. */
class Test {
  counts = { passed: 0, failed: 0, skipped: 0 };
  #folder = null;
  #endings = [];
  #children = new Set();
  #cleaning = null;
  /** Called after the first failure: says where to look. */
  onFailure = () => {};

  /** A check that others do not depend on. */
  async check(name, action) {
    try {
      const result = await action();
      this.counts.passed += 1;
      console.log(`ok ${name}`);
      return result;
    } catch (error) {
      if (error instanceof Skip) throw error;
      this.fail(name, error);
      return undefined;
    }
  }

  /** A step without which the rest makes no sense. */
  async step(name, action) {
    const failed = this.counts.failed;
    const result = await this.check(name, action);
    if (this.counts.failed > failed) throw new StopTelling();
    return result;
  }

  fail(name, error) {
    this.counts.failed += 1;
    const why = error.code === "ERR_ASSERTION" ? error.message : (error.stack ?? String(error));
    console.log(`not ok ${name}: ${why.trim().replaceAll("\n", "\n  ")}`);
    if (this.counts.failed === 1) this.onFailure();
  }

  skip(why) {
    this.counts.skipped += 1;
    console.log(`skipped: ${why}`);
  }

  /** A folder of this test alone, gone afterwards unless TRUNKLINE_TEST_KEEP is set. */
  folder() {
    this.#folder ??= mkdtempSync(join(tmpdir(), "trunkline-e2e-"));
    return this.#folder;
  }

  /** To be done at the end, in reverse order. */
  atEnd(action) {
    this.#endings.push(action);
  }

  /** A process that must not outlive the test. */
  watch(child) {
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  cleanUp() {
    this.#cleaning ??= this.#cleanUp();
    return this.#cleaning;
  }

  async #cleanUp() {
    for (const action of this.#endings.reverse()) {
      await Promise.resolve(action()).catch((error) => console.log(`(while cleaning up: ${error.message})`));
    }
    await Promise.all([...this.#children].map((child) => endProcess(child)));
    if (!this.#folder) return;
    if (process.env.TRUNKLINE_TEST_KEEP) console.log(`kept: ${this.#folder}`);
    else rmSync(this.#folder, { recursive: true, force: true });
  }

  killAll() {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}

/** Ends a process: politely, and after a while not. Returns when it is gone. */
export async function endProcess(child, signal = "SIGTERM") {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  await ended;
  clearTimeout(patience);
}

/** Asks again until there is an answer; after `ms` it fails with `what`, and with `last` for the reader if given. */
export async function eventually(what, question, ms = PATIENCE_MS, last = () => "") {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what} ${last()}`.trim());
    await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
  }
}

/** A free TCP port on loopback. */
export async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  await once(listener, "close");
  return port;
}

/** The first of `count` UDP ports in a row that are free on loopback now, below those that programs get by chance. */
export async function freeUdpPorts(count) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const first = 12_000 + 2 * Math.floor(Math.random() * 4_000);
    const sockets = [];
    try {
      for (let port = first; port < first + count; port += 1) {
        const socket = createSocket("udp4");
        sockets.push(socket);
        socket.bind(port, "127.0.0.1");
        await once(socket, "listening");
      }
      return first;
    } catch {
      // Taken: try elsewhere.
    } finally {
      for (const socket of sockets) socket.close();
    }
  }
  throw new Error(`no ${count} free UDP ports in a row`);
}

/** The whole-hour time zone in which it is about noon, so that neither calling hours nor midnight end a test. */
export function zoneOfNoon() {
  const east = 12 - new Date().getUTCHours();
  // The Etc names count westwards.
  return east === 0 ? "Etc/GMT" : `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`;
}

/** The value of `--NAME VALUE` on the command line. */
export function option(name, known) {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? known[0] : process.argv[at + 1];
  if (!known.includes(value)) {
    console.error(`--${name} must be one of: ${known.join(", ")}`);
    process.exit(2);
  }
  return value;
}

// What is done to the centre: each kill begins, lasts and is healed here.
//
// In: the parts of a run, and a kill of `plan.mjs`. Out: `strike`, which returns when everything that was taken away is
// there again: `{began, healed}`. Whether the centre works again is for others to find out.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { eventually } from "../e2e/lib.mjs";

const NOTICE_MS_MAX = 120_000;
const AIM_MS_MAX = 6_000;
const POSTGRES = resolve(import.meta.dirname, "postgres");

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits for the moment that a kill is aimed at. */
export async function aim(proxy, { aim, delay_ms }) {
  const signs = {
    answer: ["event", (event) => event.name === "CHANNEL_ANSWER" && event.role === "customer"],
    bridge: ["command", ({ text }) => text.startsWith("api uuid_bridge")],
    bridged: ["event", (event) => event.name === "CHANNEL_BRIDGE"],
    hang_up: ["command", ({ text }) => text.startsWith("api uuid_kill")],
  };
  if (signs[aim]) {
    const [what, is] = signs[aim];
    await new Promise((done) => {
      const over = () => {
        clearTimeout(limit);
        proxy.off(what, heard);
        done();
      };
      const heard = (news) => is(news) && over();
      const limit = setTimeout(over, AIM_MS_MAX);
      proxy.on(what, heard);
    });
  }
  await wait(delay_ms);
}

/** Kills, and brings back. */
export async function strike(centre, kill) {
  const began = Date.now();
  await STRIKES[kill.kind](centre, kill);
  return { began, healed: Date.now() };
}

const STRIKES = {
  async trunkline({ server }, { down_ms }) {
    await server.kill();
    await wait(down_ms);
    assert.equal(await server.start(), null, "not a first start");
  },
  async link_cut({ proxy }, { down_ms }) {
    const end = Date.now() + down_ms;
    do {
      proxy.cut();
      await wait(20);
    } while (Date.now() < end);
  },
  async link_stalled({ proxy }, { down_ms }) {
    proxy.stall();
    await wait(down_ms);
    proxy.resume();
  },
  async link_half_open({ proxy }) {
    const noticed = once(proxy, "joined", { signal: AbortSignal.timeout(NOTICE_MS_MAX) });
    proxy.halfOpen();
    await noticed.catch(() => {
      throw new Error(`Trunkline did not notice within ${NOTICE_MS_MAX} ms that its connection is half open`);
    });
  },
  async switch({ phoneSwitch, server }) {
    await phoneSwitch.kill();
    phoneSwitch.hangUpPhones();
    await phoneSwitch.restartCustomers();
    await phoneSwitch.start();
    await server.switchIs("ok", 60_000);
  },
  async database({ postgres, server, test }, { down_ms }) {
    if (postgres) {
      await postgres.halt();
      await wait(down_ms);
      await postgres.resume();
    } else {
      await lockFile(test, join(server.data, "trunkline.db"), down_ms);
    }
  },
};

/** A second writer that holds the SQLite file for a while. */
async function lockFile(test, file, ms) {
  const script = `import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
c.execute("BEGIN IMMEDIATE")
time.sleep(float(sys.argv[2]))
c.execute("ROLLBACK")`;
  const child = test.watch(spawn("python3", ["-c", script, file, String(ms / 1_000)], { stdio: ["ignore", "ignore", "inherit"] }));
  const [code] = await once(child, "exit");
  assert.equal(code, 0, "the database was locked");
}

/** A PostgreSQL of the run's own. */
export class Postgres {
  static async start(test) {
    const postgres = new Postgres();
    postgres.folder = join(test.folder(), "postgres");
    test.atEnd(() => postgres.#control("stop"));
    postgres.url = (await postgres.#control("start")).trim();
    return postgres;
  }

  halt() {
    return this.#control("halt");
  }

  resume() {
    return this.#control("resume");
  }

  async #control(command) {
    const child = spawn(POSTGRES, [command, this.folder], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    const [code] = await once(child, "exit");
    assert.equal(code, 0, `PostgreSQL: ${command}`);
    return said;
  }
}

/** The switch and the server agree that it is there, and the server that everything is. */
export function allParts(server) {
  return eventually("every part is there", async () => {
    const health = await server.health().catch(() => null);
    return health?.status === "ok";
  }, 60_000, () => `; its log:\n${server.tail(10)}`);
}

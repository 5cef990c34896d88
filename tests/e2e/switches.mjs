// The switch under the server: the built-in simulator, or a private FreeSWITCH with SIPp as the called customers and
// scripted desk phones. Both behave alike by the last two digits of the number called; see tests/switch/customers.xml.
//
// In: `--switch simulator|freeswitch`. Out: an object that can be started, stopped and killed, whose Event Socket can
// be asked directly. Where there is no FreeSWITCH, SIPp or Python the test is skipped with the reason.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Skip, endProcess, eventually, freePort, freeUdpPorts } from "./lib.mjs";
import { cleanEnvironment, program } from "./server.mjs";

const KIT = resolve(import.meta.dirname, "../switch");
/** The exit code of the kit's scripts when a program is missing. */
const MISSING = 77;
const PHONES_MS_MAX = 20_000;

/** The switch of that name, not started. `serverPort` is where the server will listen. */
export async function prepareSwitch(test, name, serverPort) {
  const kind = name === "freeswitch" ? FreeSwitch : Simulator;
  return kind.prepare(test, serverPort);
}

/** One command over the Event Socket, past the server. */
async function eslApi(port, password, command) {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("utf8");
  socket.setTimeout(5_000, () => socket.destroy(new Error(`the Event Socket does not answer: ${command}`)));
  let got = "";
  const frame = async (done) => {
    for (;;) {
      const end = got.indexOf("\n\n");
      if (end >= 0) {
        const head = got.slice(0, end);
        const length = Number(head.match(/^Content-Length: (\d+)$/m)?.[1] ?? 0);
        if (Buffer.byteLength(got.slice(end + 2)) >= length) {
          const rest = Buffer.from(got.slice(end + 2));
          got = rest.subarray(length).toString();
          return done(head, rest.subarray(0, length).toString());
        }
      }
      const [chunk] = await once(socket, "data");
      got += chunk;
    }
  };
  try {
    await frame((head) => assert.match(head, /auth\/request/));
    socket.write(`auth ${password}\n\n`);
    await frame((head) => assert.match(head, /\+OK accepted/));
    socket.write(`api ${command}\n\n`);
    return (await frame((_, body) => body)).trim();
  } finally {
    socket.destroy();
  }
}

/** What both have in common. */
class Switch {
  constructor(test, eslPort) {
    this.test = test;
    this.eslPort = eslPort;
    this.eslPassword = "e2e-password";
    /** The switch's password towards the server. */
    this.secret = "e2e-secret-of-the-switch";
    /** Where the switch leaves records of calls that the server did not take. */
    this.spool = join(test.folder(), "cdr-spool");
  }

  api(command) {
    return eslApi(this.eslPort, this.eslPassword, command);
  }

  /** Whether the switch has this leg. */
  async hasLeg(leg) {
    return (await this.api(`uuid_exists ${leg}`)) === "true";
  }
}

class Simulator extends Switch {
  #child = null;
  name = "simulator";
  /** Nobody looks at it. */
  carrier = "127.0.0.1:5080";

  #serverPort;

  static async prepare(test, serverPort) {
    const simulator = new Simulator(test, await freePort());
    simulator.#serverPort = serverPort;
    return simulator;
  }

  async start() {
    const args = ["simulator", "--port", String(this.eslPort), "--scripted", "--records-to", `http://127.0.0.1:${this.#serverPort}`];
    const secrets = { TRUNKLINE_ESL_PASSWORD: this.eslPassword, TRUNKLINE_SWITCH_SECRET: this.secret };
    const child = spawn(program(), args, {
      env: cleanEnvironment({ ...secrets, TRUNKLINE_SPOOL_DIR: this.spool }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = this.test.watch(child);
    let complaint = "";
    child.stderr.on("data", (chunk) => (complaint += chunk));
    const line = await new Promise((found, lost) => {
      createInterface({ input: child.stdout }).once("line", found);
      child.once("exit", (code) => lost(new Error(`the simulator ended with ${code}: ${complaint}`)));
    });
    assert.equal(line, `the simulated switch listens on 127.0.0.1:${this.eslPort}`);
  }

  stop() {
    return endProcess(this.#child);
  }

  kill() {
    return endProcess(this.#child, "SIGKILL");
  }

  /** Every extension has a phone here. */
  async connectPhones() {}

  /** They live in the switch. */
  hangUpPhones() {}

  /** So do they. */
  async restartCustomers() {}
}

class FreeSwitch extends Switch {
  name = "freeswitch";
  #environment;
  #customers = null;
  /** How the customers behave, if not by customers.xml. */
  customersScenario = undefined;
  #phones = null;
  #registered = new Set();
  /** What the desk phones said, with when: `{t, phone, event, …}`. */
  said = [];
  #customerRuns = 0;
  /** Where SIPp notes every message, a file a start. */
  customerLogs = [];

  static async prepare(test, serverPort) {
    for (const tool of ["sipp", "python3"]) {
      if (spawnSync(tool, ["-v"], { stdio: "ignore" }).error) throw new Skip(`no ${tool} here (Debian packages sip-tester and python3)`);
    }
    // Phones, carriers, customers; four spare ones for what SIPp opens beside its own.
    // All in a row: drawn one by one, the ports for sound may hold those of the SIP endpoints.
    const [eslPort, first] = [await freePort(), await freeUdpPorts(212)];
    return new FreeSwitch(test, { eslPort, serverPort, first, rtp: first + 12 });
  }

  constructor(test, { eslPort, serverPort, first, rtp }) {
    super(test, eslPort);
    this.work = join(test.folder(), "switch");
    this.phonePort = first;
    this.customersPort = first + 4;
    this.carrier = `127.0.0.1:${this.customersPort}`;
    this.#environment = cleanEnvironment({
      SWITCH_WORK_DIR: this.work,
      TRUNKLINE_ESL_PORT: String(eslPort),
      TRUNKLINE_SIP_PORT: String(first),
      TRUNKLINE_TRUNK_PORT: String(first + 2),
      TRUNKLINE_RTP_START: String(rtp),
      TRUNKLINE_RTP_END: String(rtp + 199),
      TRUNKLINE_URL: `http://127.0.0.1:${serverPort}`,
      TRUNKLINE_SWITCH_SECRET: this.secret,
      TRUNKLINE_SPOOL_DIR: this.spool,
    });
    test.atEnd(() => this.#kit("stop"));
    process.once("exit", () => this.#killNow());
  }

  async #kit(command) {
    const environment = { ...this.#environment, TRUNKLINE_ESL_PASSWORD: this.eslPassword };
    const child = spawn(join(KIT, "start-switch"), [command], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    this.test.watch(child);
    let printed = "";
    // The switch that it starts keeps these open: their end is not to be waited for.
    child.stderr.on("data", (chunk) => (printed += chunk));
    child.stdout.resume();
    const [code] = await once(child, "exit");
    if (code === MISSING) throw new Skip(printed.trim());
    assert.equal(code, 0, `start-switch ${command}: ${printed}`);
  }

  async start() {
    await this.#kit("start");
    this.#customers ??= await this.#startCustomers();
  }

  stop() {
    return this.#kit("stop");
  }

  kill() {
    return this.#kit("kill");
  }

  #killNow() {
    const file = join(this.work, "freeswitch.pid");
    if (!existsSync(file)) return;
    try {
      process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
    } catch {
      // Gone already.
    }
  }

  async #startCustomers() {
    this.#customerRuns += 1;
    const work = join(this.test.folder(), `customers-${this.#customerRuns}`);
    mkdirSync(work);
    const log = join(work, "messages.log");
    this.customerLogs.push(log);
    const environment = cleanEnvironment({ CUSTOMERS_WORK_DIR: work, CUSTOMERS_PORT: String(this.customersPort), CUSTOMERS_MESSAGES: log, ...(this.customersScenario && { CUSTOMERS_SCENARIO: this.customersScenario }) });
    const child = this.test.watch(spawn(join(KIT, "start-customers"), [], { env: environment, stdio: ["ignore", "ignore", "inherit"] }));
    // SIPp has bound its port once its media file is made and it draws its screen.
    await eventually("SIPp listens", async () => {
      if (child.exitCode === MISSING) throw new Skip("no sipp here (Debian package sip-tester)");
      assert.equal(child.exitCode, null, "SIPp ended");
      return isBoundUdp(this.customersPort);
    });
    return child;
  }

  /** New customers, who know nothing of conversations that a dead switch left behind. */
  async restartCustomers() {
    await endProcess(this.#customers, "SIGKILL");
    this.#customers = await this.#startCustomers();
  }

  /** Registers the agents' desk phones: `[{extension, secret}]`. */
  async connectPhones(phones) {
    const args = [join(KIT, "desk_phone.py"), "--switch", `127.0.0.1:${this.phonePort}`, "--answer-after", "0.6", "--expires", "8"];
    for (const [index, { extension, secret }] of phones.entries()) args.push("--phone", `${extension}:${secret}:${700 + 100 * index}`);
    const child = this.test.watch(spawn("python3", args, { stdio: ["pipe", "pipe", "inherit"], env: cleanEnvironment() }));
    this.#phones = child;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line);
      this.said.push({ t: Date.now(), ...said });
      if (said.event === "registered") this.#registered.add(said.phone);
      if (said.event === "unregistered" || said.event === "register_failed") this.#registered.delete(said.phone);
    });
    const missing = () => phones.filter(({ extension }) => !this.#registered.has(extension)).map((phone) => phone.extension);
    await eventually("every desk phone is registered", () => missing().length === 0, PHONES_MS_MAX, () => `; not: ${missing()}; they said ${JSON.stringify(this.said.slice(-20))}`);
  }

  /** Puts the receivers down that hear nothing any more since the switch is gone. */
  hangUpPhones() {
    this.#phones.stdin.write("* hangup\n");
  }
}

/** Whether a program has this UDP port of loopback. */
function isBoundUdp(port) {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  return readFileSync("/proc/net/udp", "utf8").split("\n").some((line) => line.includes(wanted));
}

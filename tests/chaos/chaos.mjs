// A centre with calls going on, in which Trunkline, the Event Socket, the switch and the database are killed at random
// moments; and the account of what that did to conversations, records, recordings and agents.
//
//   node tests/chaos/chaos.mjs [--kills N] [--seed S] [--switch sim|real] [--database sqlite|postgres] [--only KIND] [--json]
//
// In: the program under test (see tests/e2e/server.mjs). Out: the kills as they happen, the report, and a check per
// promise (see tests/e2e/lib.mjs); with --json the report as JSON on standard output and everything else on standard
// error. The same seed draws the same kills. With TRUNKLINE_TEST_KEEP set, the folder that is kept also holds what the
// server ordered (commands.jsonl) and said (server.log), beside the switch's events (data/events.jsonl).

import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ADMIN_PASSWORD, Agent, importList, makeCampaign, makeTrunk } from "../e2e/centre.mjs";
import { eventually, freePort, runTest } from "../e2e/lib.mjs";
import { Server } from "../e2e/server.mjs";
import { prepareSwitch } from "../e2e/switches.mjs";
import { Robot } from "./crowd.mjs";
import { Postgres, aim, allParts, strike } from "./faults.mjs";
import { customerLegs, judge } from "./judge.mjs";
import { KINDS, draws, plan } from "./plan.mjs";
import { LinkProxy, RecordTap } from "./taps.mjs";
import { Truth } from "./truth.mjs";

const AGENTS = [
  ["zhao.min", "赵敏", "1901", "off_hook"], ["sun.yue", "孙悦", "1902", "off_hook"], ["qian.jun", "钱军", "1903", "off_hook"],
  ["li.na", "李娜", "1904", "off_hook"], ["zhou.jie", "周杰", "1905", "on_hook"], ["wu.gang", "吴刚", "1906", "on_hook"],
].map(([username, display_name, extension, phone_mode]) => ({ username, display_name, extension, phone_mode }));
/** An agent who does not work again within this is in a wrong state. */
const WORK_MS_MAX = 60_000;
const LOOK_EVERY_MS = 200;
/** Each kill and its healing take less than this. */
const KILL_MS_MAX = 150_000;
const CUSTOMERS_PER_KILL = 8;

const options = readOptions();
if (options.json) console.log = console.error;
await runTest(`chaos (${options.switch}, ${options.database}, seed ${options.seed})`, run, 120_000 + options.kills * KILL_MS_MAX);

function readOptions() {
  const value = (name, known) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? known : process.argv[at + 1];
  };
  const options = {
    kills: Number(value("kills", "100")),
    seed: Number(value("seed", String(Date.now() % 1_000_000))),
    switch: value("switch", "sim"),
    database: value("database", "sqlite"),
    only: value("only", null),
    json: process.argv.includes("--json"),
  };
  const ok = Number.isInteger(options.kills) && options.kills > 0 && Number.isInteger(options.seed)
    && ["sim", "real"].includes(options.switch) && ["sqlite", "postgres"].includes(options.database)
    && (options.only === null || KINDS.includes(options.only));
  if (ok) return options;
  console.error(`--kills and --seed are whole numbers, --switch is sim or real, --database sqlite or postgres, --only one of ${KINDS.join(", ")}`);
  return process.exit(2);
}

async function run(test) {
  const kills = plan(options.seed, options.kills, options.database).map((kill) => ({ ...kill, kind: options.only ?? kill.kind }));
  const centre = await test.step("a centre with calls going on", () => open(test));
  const { robots } = centre;
  const struck = [];
  for (const [index, kill] of kills.entries()) {
    struck.push(await oneKill(centre, { ...kill, number: index + 1 }, kills.length));
  }
  const ledger = await test.step("the day ends: every call is over and every record collected", () => close(centre));
  const legs = customerLegs(centre.tap.records);
  const verdict = await judge({
    legs, kills: struck, robots, ledger, server: centre.server, admin: centre.admin, customerLogs: centre.phoneSwitch.customerLogs ?? [],
  });
  const report = summary(centre, struck, legs, ledger, verdict);
  tell(report);
  if (options.json) writeSync(1, `${JSON.stringify(report, null, 2)}\n`);
  await promises(test, report, centre.server);
}

/** The centre, and the first conversation. */
async function open(test) {
  const port = await freePort();
  const tap = await RecordTap.start(test, port);
  const phoneSwitch = await prepareSwitch(test, options.switch === "real" ? "freeswitch" : "simulator", tap.port);
  await phoneSwitch.start();
  const proxy = await LinkProxy.start(test, phoneSwitch.eslPort);
  const postgres = options.database === "postgres" ? await Postgres.start(test) : null;
  const { eslPassword, secret, spool } = phoneSwitch;
  const server = Server.prepare(test, "data", port, { eslPort: proxy.port, eslPassword, secret, spool });
  if (postgres) server.args.push("--database", postgres.url);
  test.onFailure = () => console.log(`the end of the server's log:\n${server.tail(60)}`);
  if (process.env.TRUNKLINE_TEST_KEEP) keepAccount(test, server, proxy);
  const first = await server.start();
  const admin = server.api();
  await admin.logInFirst(first.username, first.password, ADMIN_PASSWORD);
  const draw = draws(options.seed + 1);
  const gateway = await makeTrunk(admin, phoneSwitch.carrier);
  const people = [];
  for (const account of AGENTS) people.push(await Agent.make(admin, server.api(), account));
  const campaign = await makeCampaign(admin, {
    name: "混乱", list_id: (await customers(admin, draw)).list_id, gateway_id: gateway.id, mode: "progressive",
    max_attempts: 5, retry_minutes: 1, agents: people.map((person) => person.id),
  });
  const [disposition] = await admin.all("/dispositions");
  await phoneSwitch.connectPhones(people);
  await server.switchIs("ok");
  await admin.post(`/campaigns/${campaign.id}/start`);
  const robots = people.map((person) => new Robot(person, draw, disposition.id));
  for (const person of people) await person.startShift();
  for (const robot of robots) robot.start();
  const centre = { test, tap, phoneSwitch, proxy, postgres, server, admin, campaign, robots, truth: new Truth() };
  await eventually("everybody has talked", () => robots.every((robot) => robot.asked.size > 0), 90_000);
  return centre;
}

/** What is needed to understand a broken promise afterwards. */
function keepAccount(test, server, proxy) {
  const file = join(test.folder(), "commands.jsonl");
  const note = (what) => appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...what })}\n`);
  proxy.on("joined", () => note({ joined: true }));
  proxy.on("command", ({ text }) => note({ text }));
  test.atEnd(async () => writeFileSync(join(test.folder(), "server.log"), server.log.join("")));
}

/** A third of them hang up by themselves, the others leave it to the agent. */
function customers(admin, draw) {
  const count = Math.max(60, options.kills * CUSTOMERS_PER_KILL);
  const rows = Array.from({ length: count }, (_, index) => {
    const tail = draw() < 0.33 ? 20 + Math.floor(draw() * 10) : 31 + Math.floor(draw() * 9);
    return [`客户${index + 1}`, `139${String(10_000 + index).padStart(6, "0")}${tail}`];
  });
  return importList(admin, "混乱名单", [["姓名", "电话"], ...rows]);
}

/** Strikes, then waits until every agent works and the switch agrees. */
async function oneKill(centre, kill, of) {
  await aim(centre.proxy, kill);
  const before = readied(centre.robots);
  const strikeAt = await strike(centre, kill);
  const { began, healed } = strikeAt;
  // What lasts by design is not the time of getting over it.
  const from = ["link_stalled", "database"].includes(kill.kind) ? healed : began;
  // Six people at work are hardly ever all seen between two changes: each is right once they were seen to be.
  const right = new Set();
  let wrong = [];
  for (;;) {
    const found = await centre.truth.look(centre, healed).catch((error) => [{ who: "the switch", what: error.message }]);
    if (found.every(({ who }) => who !== "the switch")) {
      for (const { person } of centre.robots) if (found.every(({ who }) => who !== person.username)) right.add(person.username);
    }
    wrong = found.filter(({ who }) => !right.has(who)).map(({ who, what }) => `${who}: ${what}`);
    if (wrong.length === 0 || Date.now() - healed > WORK_MS_MAX) break;
    await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
  }
  const done = { ...kill, began, healed, work_ms: Date.now() - from, wrong, readied: Object.fromEntries(Object.entries(readied(centre.robots)).map(([why, count]) => [why, count - (before[why] ?? 0)]).filter(([, count]) => count > 0)) };
  const what = `${kill.kind}${kill.down_ms ? ` for ${kill.down_ms} ms` : ""}, ${kill.delay_ms} ms after ${kill.aim}`;
  console.log(`kill ${kill.number} of ${of}: ${what}: agents work after ${done.work_ms} ms${wrong.length > 0 ? `; WRONG: ${wrong.join("; ")}` : ""}${reasons(done.readied)}`);
  if (wrong.length > 0) await allParts(centre.server).catch(() => {});
  return done;
}

/** How often agents had to press "ready" again, by the reason their desk gave. */
function readied(robots) {
  const sums = {};
  for (const robot of robots) for (const [why, count] of robot.readied) sums[why] = (sums[why] ?? 0) + count;
  return sums;
}

function reasons(counts) {
  const list = Object.entries(counts).map(([why, count]) => `${why} ${count}`);
  return list.length > 0 ? `; "ready" pressed again: ${list.join(", ")}` : "";
}

/** No new calls, the last conversations end, the spool is empty; the ledger. */
async function close({ admin, server, robots, campaign, phoneSwitch, tap }) {
  await allParts(server);
  await admin.logIn("admin", ADMIN_PASSWORD);
  await admin.post(`/campaigns/${campaign.id}/pause`);
  const ledger = await eventually("every call is over", async () => {
    const calls = await admin.all("/calls");
    return calls.every((call) => call.ended_at) && calls;
  }, 60_000);
  for (const robot of robots) await robot.stop();
  // The collector comes round every 30 s.
  await eventually("the spool is empty", () => !existsSync(phoneSwitch.spool) || readdirSync(phoneSwitch.spool).every((file) => !file.endsWith(".json")), 75_000);
  // So does what finds recordings by their files, a minute after the call; what is missing after that is lost.
  const bridged = new Set(customerLegs(tap.records).filter((leg) => leg.bridged).map((leg) => leg.call));
  await eventually("recordings are found", async () => {
    const calls = await admin.all("/calls");
    return calls.every((call) => call.recording_id || !bridged.has(call.id));
  }, 150_000).catch(() => {});
  return admin.all("/calls");
}

function summary(centre, kills, legs, ledger, verdict) {
  const times = (kind) => kills.filter((kill) => kind === null || kill.kind === kind).map((kill) => kill.work_ms).sort((a, b) => a - b);
  const figures = (list) => (list.length === 0 ? null : { kills: list.length, median_ms: list[Math.floor(list.length / 2)], worst_ms: list.at(-1) });
  const byKind = Object.fromEntries(KINDS.map((kind) => [kind, figures(times(kind))]).filter(([, each]) => each));
  return {
    seed: options.seed,
    switch: options.switch,
    database: options.database,
    kills: kills.length,
    calls: { ledger: ledger.length, switch_records: legs.length, conversations: legs.filter((leg) => leg.bridged).length },
    cut_by_trunkline: verdict.cut.filter((cut) => cut.kind === "trunkline").map((cut) => cut.what),
    cut_otherwise: verdict.cut.filter((cut) => cut.kind !== "trunkline").map((cut) => `${cut.kind}: ${cut.what}`),
    records_wrong: verdict.records,
    agents_wrong: kills.filter((kill) => kill.wrong.length > 0).map((kill) => `kill ${kill.number} (${kill.kind}): ${kill.wrong.join("; ")}`),
    recordings_lost: verdict.recordings,
    recordings_begun_late_ms: verdict.gaps.sort((a, b) => a - b),
    pressed_ready_again: readied(centre.robots),
    until_agents_work: { all: figures(times(null)), ...byKind },
  };
}

function tell(report) {
  const { calls } = report;
  const lines = [
    `seed ${report.seed}, ${report.kills} kills, switch ${report.switch}, database ${report.database}`,
    `${calls.ledger} calls in the ledger, ${calls.switch_records} customers' legs recorded by the switch, ${calls.conversations} conversations`,
    `conversations cut by a Trunkline kill: ${report.cut_by_trunkline.length}`,
    `conversations cut by another kill that leaves the switch alive: ${report.cut_otherwise.length}`,
    `call records lost or doubled: ${report.records_wrong.length}`,
    `agents left in a wrong state: ${report.agents_wrong.length}`,
    `recordings lost: ${report.recordings_lost.length} (begun late: ${report.recordings_begun_late_ms.length}, worst ${report.recordings_begun_late_ms.at(-1) ?? 0} ms)`,
    `"ready" pressed again: ${Object.entries(report.pressed_ready_again).map(([why, count]) => `${why} ${count}`).join(", ") || 0}`,
    ...Object.entries(report.until_agents_work).map(([kind, each]) => `until agents work again, ${kind}: median ${each?.median_ms} ms, worst ${each?.worst_ms} ms of ${each?.kills}`),
  ];
  console.log(lines.join("\n"));
}

/** One check each, so that the exit code says it. */
async function promises(test, report, server) {
  const none = (list) => assert.deepEqual(list, []);
  await test.check("no conversation was cut by a Trunkline kill", () => none(report.cut_by_trunkline));
  await test.check("none by another kill that leaves the switch alive", () => none(report.cut_otherwise));
  await test.check("no call record was lost or doubled", () => none(report.records_wrong));
  await test.check("no agent was left in a wrong state", () => none(report.agents_wrong));
  await test.check("no recording was lost", () => none(report.recordings_lost));
  await test.check("there was something to lose", () => assert.ok(report.calls.conversations >= report.kills, `${report.calls.conversations} conversations`));
  await test.check("the server never gave up a fact", () => {
    const log = server.log.join("");
    assert.doesNotMatch(log, /panicked|NOT WRITTEN/);

  });
}

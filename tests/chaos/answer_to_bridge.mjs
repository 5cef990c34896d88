// Measures a customer's way to an agent in the running server: from the answer to the bridge command, and to the bridge.
//
//   node tests/chaos/answer_to_bridge.mjs [--switch sim|real] [--rate CALLS_A_SECOND] [--seconds N] [--json]
//
// In: the program under test (see tests/e2e/server.mjs). Off-hook agents, and customers who answer and hang up after
// three seconds, as many as give the rate. Out: for the measured seconds the 50th and 99th percentile of the server's
// own histograms (/metrics: the bounds of the bucket they fall into), and of what a proxy on the Event Socket saw. The
// proxy's times hold its own delay and the way over two more sockets.

import assert from "node:assert/strict";
import { writeSync } from "node:fs";
import { ADMIN_PASSWORD, Agent, importList, makeCampaign, makeTrunk } from "../e2e/centre.mjs";
import { eventually, freePort, runTest } from "../e2e/lib.mjs";
import { Server } from "../e2e/server.mjs";
import { prepareSwitch } from "../e2e/switches.mjs";
import { LinkProxy } from "./taps.mjs";

/** What an agent spends on a call: dialling, a talk of 3 s, after-call work of a second, and the next pacing. */
const SECONDS_A_CALL = 4.7;
/** Calls before the measurement begins. */
const WARM_UP_SECONDS = 10;
const METRICS = {
  answer_to_command: "switch_answer_to_bridge_command_seconds",
  command_to_bridge: "switch_bridge_command_to_bridge_seconds",
  answer_to_bridge: "switch_answer_to_bridge_seconds",
};

const value = (name, known) => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : known);
const options = { switch: value("switch", "sim"), rate: Number(value("rate", "20")), seconds: Number(value("seconds", "60")), json: process.argv.includes("--json") };
if (!["sim", "real"].includes(options.switch) || !(options.rate > 0) || !(options.seconds > 0)) {
  console.error("--switch is sim or real, --rate and --seconds are numbers above 0");
  process.exit(2);
}
if (options.json) console.log = console.error;
await runTest(`answer to bridge (${options.switch}, ${options.rate} answered calls a second)`, measure, 900_000);

async function measure(test) {
  const port = await freePort();
  const phoneSwitch = await prepareSwitch(test, options.switch === "real" ? "freeswitch" : "simulator", port);
  await phoneSwitch.start();
  const proxy = await LinkProxy.start(test, phoneSwitch.eslPort);
  const { eslPassword, secret, spool } = phoneSwitch;
  const server = Server.prepare(test, "data", port, { eslPort: proxy.port, eslPassword, secret, spool });
  // Not part of a centre's work.
  delete server.environment.TRUNKLINE__SWITCH__EVENT_LOG;
  test.onFailure = () => console.log(`the end of the server's log:\n${server.tail()}`);
  const seen = watch(proxy);
  await test.step("a centre that is big enough", () => open(server, phoneSwitch));
  await pass(WARM_UP_SECONDS);
  const before = await histograms(server);
  seen.length = 0;
  await pass(options.seconds);
  const after = await histograms(server);
  const report = { ...options, answered_a_second: round(seen.filter(({ what }) => what === "answer_to_command").length / options.seconds) };
  for (const [name, metric] of Object.entries(METRICS)) {
    report[name] = { server: quantiles(before[metric], after[metric]), proxy: exact(seen.filter(({ what }) => what === name).map(({ ms }) => ms)) };
  }
  tell(report);
  if (options.json) writeSync(1, `${JSON.stringify(report, null, 2)}\n`);
  await test.check("calls were answered at the rate that was asked for", () => assert.ok(report.answered_a_second >= 0.9 * options.rate, `${report.answered_a_second} a second`));
  await test.check("99 of 100 bridges are commanded within 5 ms of the answer", () => within(report.answer_to_command.server, 5));
  await test.check("99 of 100 bridges are there within 100 ms of the answer", () => within(report.answer_to_bridge.server, 100));
  await server.stop();
}

/** Agents and customers enough for the rate, at work. */
async function open(server, phoneSwitch) {
  const admin = server.api();
  const first = await server.start();
  await admin.logInFirst(first.username, first.password, ADMIN_PASSWORD);
  const gateway = await makeTrunk(admin, phoneSwitch.carrier);
  const count = Math.ceil(options.rate * SECONDS_A_CALL);
  const agents = [];
  for (let index = 0; index < count; index += 1) {
    const account = { username: `agent.${index}`, display_name: `坐席${index}`, extension: String(1_000 + index), phone_mode: "off_hook" };
    agents.push(await Agent.make(admin, server.api(), account));
  }
  const calls = Math.ceil(options.rate * (options.seconds + WARM_UP_SECONDS + 30));
  const rows = Array.from({ length: calls }, (_, index) => [`客户${index}`, `139${String(10_000 + index).padStart(6, "0")}2${index % 10}`]);
  const { list_id } = await importList(admin, "测量", [["姓名", "电话"], ...rows]);
  const campaign = await makeCampaign(admin, { name: "测量", list_id, gateway_id: gateway.id, mode: "progressive", wrap_up_seconds: 1, agents: agents.map((agent) => agent.id) });
  await phoneSwitch.connectPhones(agents);
  await server.switchIs("ok");
  await admin.post(`/campaigns/${campaign.id}/start`);
  // One after the other: customers who all talk for 3 s would else answer in one burst, again and again.
  const began = performance.now();
  for (const [index, agent] of agents.entries()) {
    await pass(Math.max(0, index * SECONDS_A_CALL / count - (performance.now() - began) / 1_000));
    await agent.startShift();
  }
  await eventually("every phone is off the hook", async () => {
    const desks = await Promise.all(agents.map((agent) => agent.desk()));
    return desks.every(({ agent }) => agent.state !== "unreachable");
  }, 60_000);
}

/** What passes the proxy: `{what, ms}`, of bridges of customers who have just answered. */
function watch(proxy) {
  const seen = [];
  const answered = new Map();
  const commanded = new Map();
  proxy.on("event", ({ name, uuid, role, legs, at }) => {
    if (name === "CHANNEL_ANSWER" && role === "customer") answered.set(uuid, at);
    for (const leg of name === "CHANNEL_BRIDGE" ? legs : []) {
      const of = commanded.get(leg);
      if (!of) continue;
      commanded.delete(leg);
      seen.push({ what: "command_to_bridge", ms: at - of.commanded }, { what: "answer_to_bridge", ms: at - of.answered });
    }
  });
  proxy.on("command", ({ text, at }) => {
    const leg = text.match(/^api uuid_bridge (\S+) /)?.[1];
    if (!leg || !answered.has(leg)) return;
    seen.push({ what: "answer_to_command", ms: at - answered.get(leg) });
    commanded.set(leg, { answered: answered.get(leg), commanded: at });
    answered.delete(leg);
  });
  return seen;
}

/** The buckets of the server's histograms: by metric a map from upper bound, in ms, to how many. */
async function histograms(server) {
  const text = await (await fetch(`${server.address}/metrics`)).text();
  const found = Object.fromEntries(Object.values(METRICS).map((metric) => [metric, new Map()]));
  for (const [, metric, bound, count] of text.matchAll(/^(\w+)_bucket\{le="([^"]+)"\} (\d+)$/gm)) {
    found[metric]?.set(bound === "+Inf" ? Infinity : Number(bound) * 1_000, Number(count));
  }
  return found;
}

/** The bucket of a quantile: above `_min`, not above `_max`. */
function quantiles(before, after) {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]).sort((a, b) => a[0] - b[0]);
  const total = counts.at(-1)?.[1] ?? 0;
  const of = (share) => counts.findIndex(([, count]) => count >= share * total);
  const bucket = (share) => ({ min: round(counts[of(share) - 1]?.[0] ?? 0), max: round(counts[of(share)]?.[0] ?? Infinity) });
  return { count: total, p50_ms_min: bucket(0.5).min, p50_ms_max: bucket(0.5).max, p99_ms_min: bucket(0.99).min, p99_ms_max: bucket(0.99).max };
}

/** A histogram in which the calls are missing proves nothing. */
function within(figures, ms) {
  assert.ok(figures.count >= 0.9 * options.rate * options.seconds, `only ${figures.count} calls were measured`);
  assert.ok(figures.p99_ms_max <= ms, JSON.stringify(figures));
}

function exact(list) {
  const sorted = list.toSorted ? list.toSorted((a, b) => a - b) : [...list].sort((a, b) => a - b);
  const of = (share) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);
  return { count: sorted.length, p50_ms: of(0.5), p99_ms: of(0.99), worst_ms: round(sorted.at(-1) ?? NaN) };
}

function round(ms) {
  return Math.round(ms * 100) / 100;
}

function pass(seconds) {
  return new Promise((over) => setTimeout(over, seconds * 1_000));
}

function tell(report) {
  console.log(`${report.answered_a_second} answered calls a second for ${report.seconds} s, switch ${report.switch}`);
  for (const name of Object.keys(METRICS)) {
    const { server, proxy } = report[name];
    console.log(`${name.replaceAll("_", " ")}: server p50 ${server.p50_ms_min}-${server.p50_ms_max} ms, p99 ${server.p99_ms_min}-${server.p99_ms_max} ms of ${server.count}; proxy p50 ${proxy.p50_ms} ms, p99 ${proxy.p99_ms} ms, worst ${proxy.worst_ms} ms of ${proxy.count}`);
  }
}

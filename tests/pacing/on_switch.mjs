// Holds a campaign on a real switch against what the simulator predicts of it.
//
//   node tests/pacing/on_switch.mjs [--agents N] [--minutes N] [--seed N] [--json]
//
// In: the program under test (see tests/e2e/server.mjs), FreeSWITCH, SIPp, Python. Ten agents (off the hook, each as
// long at after-call work as the lead says) and customers who do what the scenario's leads do (tests/switch/fates.xml),
// for ten minutes. Out: the share of their time that agents talk, calls, answers and abandoned calls, beside the same of
// simulated shifts of the scenario: with these leads, and with those of twenty seeds. Fails if the utilisation is more
// than three points from the mean of the twenty, or a call more was abandoned than the cap allows. Where there is no
// FreeSWITCH it is skipped with the reason.

import assert from "node:assert/strict";
import { writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ADMIN_PASSWORD, Agent, importList, makeCampaign, makeTrunk } from "../e2e/centre.mjs";
import { freePort, runTest } from "../e2e/lib.mjs";
import { Server, runProgram } from "../e2e/server.mjs";
import { prepareSwitch } from "../e2e/switches.mjs";

const POINTS_MAX = 3;
const SHIFTS = 20;
const LOOK_EVERY_MS = 150;
/** Mobile numbers' first digits: the same fate may come to several leads, a number to one only. */
const PREFIXES = ["135", "136", "137", "138", "139", "150", "151", "152", "157", "158", "159", "182", "183", "187", "188"];
const KIND = { answers: 1, fails: 2, rejects: 3, silent: 4 };

const value = (name, known) => Number(process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : known);
const options = { agents: value("agents", 10), minutes: value("minutes", 10), seed: value("seed", 1), json: process.argv.includes("--json") };
if (!(options.agents > 0 && options.minutes > 0 && options.seed >= 0)) {
  console.error("--agents, --minutes and --seed are numbers above 0");
  process.exit(2);
}
if (options.json) console.log = console.error;
const uniform = (lo, hi) => ({ dist: "uniform", lo, hi });
const lognormal = (mean, sigma, max) => ({ dist: "lognormal", mean, sigma, ...(max && { max }) });
/** Short calls, so that ten minutes hold many. Pauses are left out: they are no matter of the switch. */
const scenario = {
  format: "pacing-scenario/1",
  name: "on-switch",
  seed: options.seed,
  duration_s: 60 * options.minutes,
  tick_s: 0.1,
  patience_s: 2,
  target_abandon: 0.03,
  answer_prob: { points: [[0, 0.35]], interp: "step" },
  fail_prob: 0.1,
  fail_time: uniform(0.5, 1.5),
  setup: { dist: "const", value: 0 },
  ring_answered: lognormal(6, 0.5),
  ring_timeout_s: 20,
  unanswered: { early_prob: 0.3, early: uniform(2, 15) },
  talk: [{ w: 0.3, ...lognormal(6, 0.5) }, { w: 0.7, ...lognormal(35, 0.7, 180) }],
  wrap: lognormal(6, 0.5, 30),
  agents: { n: options.agents, login: uniform(0, 5), work_between_pauses: null, pause: null, mass_pause: [], join: [], leave: [] },
  trunk_channels: null,
};
await runTest("a campaign on a real switch and its prediction", compare, 60_000 * (options.minutes + 10));

async function compare(test) {
  const file = join(test.folder(), "scenario.json");
  writeFileSync(file, JSON.stringify(scenario));
  const simulate = async (...args) => {
    const { code, out, err } = await runProgram(test, ["simulate", "--scenario", file, ...args]);
    assert.equal(code, 0, err);
    return out.trim().split("\n").map((line) => JSON.parse(line));
  };
  const leads = numbered(await simulate("--leads", String(options.agents * options.minutes * 30)));
  const predicted = await simulate("--seeds", String(SHIFTS), "--json");

  const port = await freePort();
  const phoneSwitch = await prepareSwitch(test, "freeswitch", port);
  phoneSwitch.customersScenario = "fates.xml";
  await phoneSwitch.start();
  const server = Server.prepare(test, "data", port, phoneSwitch);
  delete server.environment.TRUNKLINE__SWITCH__EVENT_LOG;
  test.onFailure = () => console.log(`the end of the server's log:\n${server.tail()}`);
  const { admin, agents, campaign } = await test.step("a centre", () => open(server, phoneSwitch, leads));
  const { from, to, desks } = await test.step(`${options.minutes} minutes of calling`, () => work(admin, agents, campaign, leads));
  const { counts } = await admin.get(`/campaigns/${campaign.id}`);
  await server.stop();

  const measured = { util: utilisation(desks, from, to), attempts: counts.attempts, answered: counts.answered, abandoned: counts.dropped };
  const report = { ...options, measured, same_leads: figures(predicted.slice(0, 1)), predicted: figures(predicted) };
  console.log(line("on the switch", measured), line("simulated, the same leads", report.same_leads), line(`simulated, ${SHIFTS} seeds`, report.predicted));
  if (options.json) writeSync(1, `${JSON.stringify(report, null, 2)}\n`);
  const points = 100 * (measured.util - report.predicted.util);
  await test.check(`the utilisation is within ${POINTS_MAX} points of the prediction`, () => assert.ok(Math.abs(points) <= POINTS_MAX, `${points.toFixed(2)} points`));
  // A first one is borne whatever its share.
  const allowed = Math.max(1, Math.floor(scenario.target_abandon * measured.answered));
  await test.check("no more calls were abandoned than the cap allows", () => assert.ok(measured.abandoned <= allowed, `${measured.abandoned} of ${measured.answered}`));
}

/** Each lead with the number in which its fate stands. */
function numbered(leads) {
  const taken = new Map();
  const tenths = (seconds, digits) => String(Math.min(10 ** digits - 1, Math.round(10 * seconds))).padStart(digits, "0");
  return leads.map((lead) => {
    const { kind, after } = fate(lead);
    const digits = `${kind}${tenths(after, 3)}${tenths(kind === KIND.answers ? lead.talk_s : lead.lead % 1_000, 4)}`;
    const times = taken.get(digits) ?? 0;
    taken.set(digits, times + 1);
    assert.ok(times < PREFIXES.length, `too many leads with the fate ${digits}`);
    return { ...lead, number: `${PREFIXES[times]}${digits}` };
  });
}

function fate({ outcome, answer_s, unanswered_s, fail_s }) {
  if (outcome > 1 - scenario.answer_prob.points[0][1]) return { kind: KIND.answers, after: answer_s };
  if (outcome < scenario.fail_prob) return { kind: KIND.fails, after: fail_s };
  return unanswered_s < scenario.ring_timeout_s ? { kind: KIND.rejects, after: unanswered_s } : { kind: KIND.silent, after: 0 };
}

/** Everything but agents at work. */
async function open(server, phoneSwitch, leads) {
  const admin = server.api();
  const first = await server.start();
  await admin.logInFirst(first.username, first.password, ADMIN_PASSWORD);
  const gateway = await makeTrunk(admin, phoneSwitch.carrier);
  const agents = [];
  for (let index = 0; index < options.agents; index += 1) {
    const account = { username: `agent.${index}`, display_name: `坐席${index}`, extension: String(1_000 + index), phone_mode: "off_hook" };
    agents.push(await Agent.make(admin, server.api(), account));
  }
  const { list_id } = await importList(admin, "预测", [["姓名", "电话"], ...leads.map(({ lead, number }) => [`客户${lead}`, number])]);
  const settings = { name: "预测", list_id, gateway_id: gateway.id, ring_seconds: scenario.ring_timeout_s, agents: agents.map((agent) => agent.id) };
  const campaign = await makeCampaign(admin, settings);
  await phoneSwitch.connectPhones(agents);
  await server.switchIs("ok");
  return { admin, agents, campaign };
}

/** The shift; when it was, and every agent's states: `{state, since}`. */
async function work(admin, agents, campaign, leads) {
  const wrap = new Map(leads.map(({ number, wrap_s }) => [number, 1_000 * wrap_s]));
  const [interested] = await admin.all("/dispositions");
  const from = Date.now();
  const to = from + 1_000 * scenario.duration_s;
  // As in the scenario, whose end the floor knows.
  const times = { ...campaign.times, starts_at: new Date(from).toISOString(), ends_at: new Date(to).toISOString() };
  await admin.call("PATCH", `/campaigns/${campaign.id}`, { times });
  await admin.post(`/campaigns/${campaign.id}/start`);
  const { lo, hi } = scenario.agents.login;
  const desks = await Promise.all(agents.map(async (agent, index) => {
    await pass(1_000 * (lo + ((hi - lo) * index) / agents.length));
    await agent.startShift();
    return watch(agent, { wrap, to, disposition: interested.id });
  }));
  return { from, to, desks };
}

/** One agent at work: after-call work takes as long as the lead says. */
async function watch(agent, { wrap, to, disposition }) {
  const states = [];
  const saved = new Set();
  while (Date.now() < to) {
    const { agent: now, call } = await agent.desk();
    const since = Date.parse(now.since);
    if (states.at(-1)?.since !== since || states.at(-1)?.state !== now.state) states.push({ state: now.state, since });
    if (now.state === "wrap_up" && call && !saved.has(call.call_id)) {
      saved.add(call.call_id);
      setTimeout(() => agent.api.post(`/calls/${call.call_id}/disposition`, { disposition_id: disposition, note: "谈完" }), Math.max(0, since + wrapOf(wrap, call) - Date.now()));
    }
    await pass(LOOK_EVERY_MS);
  }
  return states;
}

function wrapOf(wrap, call) {
  const digits = call.number.replace(/\D/g, "").slice(-11);
  assert.ok(wrap.has(digits), `${call.number} is no lead's`);
  return wrap.get(digits);
}

/** Talk / (talk + ready), of all agents. */
function utilisation(desks, from, to) {
  const time = { talking: 0, ready: 0 };
  for (const states of desks) {
    for (const [index, { state, since }] of states.entries()) {
      const until = Math.min(to, states[index + 1]?.since ?? to);
      if (state in time) time[state] += Math.max(0, until - Math.max(from, since));
    }
  }
  return time.talking / (time.talking + time.ready);
}

function figures(shifts) {
  const mean = (field) => shifts.reduce((sum, shift) => sum + shift[field], 0) / shifts.length;
  const utils = shifts.map((shift) => shift.util);
  return { util: mean("util"), util_min: Math.min(...utils), util_max: Math.max(...utils), attempts: mean("attempts"), answered: mean("answered"), abandoned: mean("abandoned") };
}

function line(what, { util, util_min, util_max, attempts, answered, abandoned }) {
  const range = util_min === undefined || util_min === util_max ? "" : ` (${(100 * util_min).toFixed(1)}-${(100 * util_max).toFixed(1)})`;
  return `\n${what.padEnd(28)} utilisation ${(100 * util).toFixed(2)} %${range}, ${attempts.toFixed(0)} calls, ${answered.toFixed(0)} answered, ${abandoned.toFixed(1)} abandoned`;
}

function pass(ms) {
  return new Promise((over) => setTimeout(over, ms));
}

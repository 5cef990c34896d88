// Measures the pacing in the worlds in which its targets were set, and prints a table beside what the reference reached.
//
//   node tests/pacing/table.mjs [--seeds N] [--policy POLICY] [--only PART] [--json]
//
// In: the program under test (TRUNKLINE_BIN), tests/pacing/oracle.json. Out: for each scenario and policy, over N seeds
// (6), how much of their time agents talk, the share of abandoned calls, how long an agent waits for a call; then the
// worst shift, the worst share since the beginning (from an hour on) and the worst hour. Beside it the same of the
// reference's policy of that kind, and of its oracle, which knows the true distributions. All shares in per cent.
// Below it, which of the pacing's targets (targets.mjs) are met. --only takes the scenarios whose name holds PART: 50:25,
// stress, p3. Exit code 1 if a promise of the floor was broken.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { targets } from "./targets.mjs";

const FILES = "tests/pacing/scenarios";
const POLICIES = ["predictive", "progressive", "ratio:2", "ratio:3", "vicidial-tapered"];
const { scenarios } = JSON.parse(readFileSync("tests/pacing/oracle.json", "utf8"));
const program = process.env.TRUNKLINE_BIN;

const value = (name, known) => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : known);
const options = { seeds: Number(value("seeds", "6")), policy: value("policy"), only: value("only", ""), json: process.argv.includes("--json") };
const names = Object.keys(scenarios).filter((name) => name.includes(options.only ?? ""));
const policies = options.policy ? [options.policy] : POLICIES;
if (!program) fail("TRUNKLINE_BIN names the program to be measured");
if (!Number.isInteger(options.seeds) || options.seeds < 1) fail("--seeds is a whole number from 1");
if (names.length === 0) fail(`--only ${options.only} is in the name of no scenario: ${Object.keys(scenarios).join(" ")}`);

const cells = names.flatMap((scenario) => policies.map((policy) => ({ scenario, policy })));
let broken = 0;
if (!options.json) console.log(head());
const rows = [];
await inOrder(cells, measure, (row) => {
  rows.push(row);
  broken += row.invariant_violations;
  console.log(options.json ? JSON.stringify(row) : line(row));
});
if (!options.json) console.log(["", ...targets(rows)].join("\n"));
if (broken > 0) fail(`${broken} promises of the floor were broken`, 1);

/** One row of the table. */
async function measure({ scenario, policy }) {
  const source = scenario.includes(":") ? scenario : `${FILES}/${scenario}.json`;
  const shifts = (await run(["simulate", "--scenario", source, "--policy", policy, "--seeds", String(options.seeds), "--json"])).map((text) => JSON.parse(text));
  const sum = (field) => shifts.reduce((all, shift) => all + shift[field], 0);
  const worst = (of) => Math.max(...shifts.map(of));
  return {
    scenario,
    policy,
    cap: Number(scenario.split(":")[3] ?? 3),
    util: (100 * sum("util")) / shifts.length,
    abandon: (100 * sum("abandoned")) / Math.max(1, sum("answered")),
    wait: sum("wait") / shifts.length,
    worst_run: 100 * worst((shift) => shift.abandoned / Math.max(1, shift.answered)),
    worst_cumulative: 100 * worst((shift) => shift.worst_cumulative),
    worst_hour: 100 * worst((shift) => shift.worst_hour),
    invariant_violations: sum("invariant_violations"),
    reference: scenarios[scenario][policy] ?? null,
    hindsight: scenarios[scenario]["vicidial-hindsight"] ?? null,
    oracle: scenarios[scenario].oracle,
  };
}

/** The lines that the program prints; broken promises are in them, whatever its exit code. */
async function run(args) {
  try {
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 1 << 26 });
    return stdout.trim().split("\n");
  } catch (error) {
    if (error.stdout?.startsWith("{")) return error.stdout.trim().split("\n");
    return fail(error.stderr?.trim() || error.message);
  }
}

/** Works at as many cells as there are processors, and tells of each in their order. */
async function inOrder(list, work, tell) {
  const done = [];
  let next = 0;
  let told = 0;
  const worker = async () => {
    while (next < list.length) {
      const at = next;
      next += 1;
      done[at] = await work(list[at]);
      for (; done[told]; told += 1) tell(done[told]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

function head() {
  const columns = ["scenario".padEnd(16), "policy".padEnd(16), "util/abandon/wait".padEnd(18), "worst run/since/hour".padEnd(20), "reference".padEnd(18), "oracle".padEnd(18), "util, wait of oracle's"];
  return columns.join("  ");
}

function line({ scenario, policy, reference, oracle, ...row }) {
  const worst = [row.worst_run, row.worst_cumulative, row.worst_hour].map((share) => share.toFixed(2)).join("/");
  const share = `${((100 * row.util) / oracle.util).toFixed(1)} %${oracle.wait === undefined ? "" : `, ${(row.wait / oracle.wait).toFixed(2)}`}`;
  const flaw = row.invariant_violations > 0 ? `  ${row.invariant_violations} promises broken` : "";
  return [scenario.padEnd(16), policy.padEnd(16), figures(row).padEnd(18), worst.padEnd(20), figures(reference).padEnd(18), figures(oracle).padEnd(18), share].join("  ") + flaw;
}

function figures(of) {
  if (!of) return "-";
  const wait = of.wait === undefined ? "-" : of.wait.toFixed(1);
  return `${of.util.toFixed(1)}/${of.abandon.toFixed(2)}/${wait}`;
}

function fail(why, code = 2) {
  console.error(why);
  process.exit(code);
}

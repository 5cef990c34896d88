// The pacing's targets, and whether rows of the table meet them.
//
// In: rows of table.mjs. Out: lines for people, each a target, its limit, what was reached, and `met` or `MISSED`.
// A target whose rows were not measured is not named. Means are over the cells of a floor size.

const SIZES = [
  // Utilisation against the oracle's; points above VICIdial as shipped. A floor of five is compared with the oracle only.
  { agents: 5, util: 97 },
  { agents: 15, util: 99, shipped: 20 },
  { agents: 50, util: 99.5, shipped: 27 },
  { agents: 100, util: 99.7, shipped: 29 },
];
const WAIT_MAX = 1.05;
const HINDSIGHT_POINTS = 2;
const CUMULATIVE_MAX = 3.5;
const HOUR_MAX = 5;
const SMALL = 5;

/** Lines of the targets that these rows tell of. */
export function targets(rows) {
  const predictive = rows.filter((row) => row.policy === "predictive");
  const of3 = predictive.filter((row) => row.cap === 3);
  const grid = (agents) => of3.filter((row) => row.scenario.startsWith(`grid:${agents}:`));
  const lines = [];
  const most = (name, limit, all, of) => all.length > 0 && lines.push(told(name, `<= ${limit}`, Math.max(...all.map(of)), (worst) => worst <= limit));
  const least = (name, limit, all, of) => all.length > 0 && lines.push(told(name, `>= ${limit}`, Math.min(...all.map(of)), (worst) => worst >= limit));

  for (const cap of new Set(predictive.map((row) => row.cap))) {
    most(`abandoned in the worst shift, cap ${cap} %`, cap, predictive.filter((row) => row.cap === cap), (row) => row.worst_run);
  }
  most("abandoned since the beginning, worst quarter hour", CUMULATIVE_MAX, of3, (row) => row.worst_cumulative);
  most("abandoned in the worst hour, more than 5 agents", HOUR_MAX, of3.filter((row) => !row.scenario.startsWith(`grid:${SMALL}:`)), (row) => row.worst_hour);
  for (const { agents, util, shipped } of SIZES) {
    const cells = grid(agents);
    if (cells.length === 0) continue;
    least(`utilisation of the oracle's, ${agents} agents, mean`, util, [cells], (all) => mean(all.map((row) => (100 * row.util) / row.oracle.util)));
    if (agents > SMALL) most(`wait against the oracle's, ${agents} agents, worst cell`, WAIT_MAX, cells, (row) => row.wait / row.oracle.wait);
    const both = cells.map((row) => ({ row, other: rows.find((other) => other.policy === "vicidial-tapered" && other.scenario === row.scenario) })).filter(({ other }) => other);
    if (shipped !== undefined && both.length > 0) {
      least(`points above VICIdial as shipped, ${agents} agents, mean`, shipped, [both], (all) => mean(all.map(({ row, other }) => row.util - other.util)));
    }
  }
  const tuned = of3.filter((row) => row.hindsight && !row.scenario.startsWith(`grid:${SMALL}:`));
  least("points above VICIdial tuned in hindsight, worst cell", HINDSIGHT_POINTS, tuned, (row) => row.util - row.hindsight.util);
  return lines;
}

function told(name, limit, reached, holds) {
  return `${name.padEnd(58)} ${limit.padEnd(8)} ${reached.toFixed(3).padStart(8)}  ${holds(reached) ? "met" : "MISSED"}`;
}

function mean(numbers) {
  return numbers.reduce((all, number) => all + number, 0) / numbers.length;
}

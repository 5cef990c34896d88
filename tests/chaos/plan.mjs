// What is killed when: drawn from a seed before anything runs, so that a run can be repeated.
//
// In: a seed, how many, the database. Out: a list of `{kind, aim, delay_ms, down_ms}`.

/** What can be killed, and how often in a hundred. */
const SHARES = { trunkline: 32, link_cut: 18, link_stalled: 12, link_half_open: 10, switch: 12, database: 16 };
export const KINDS = Object.keys(SHARES);
/** After which sign of life the moment is counted: the seams of a call are where things get lost. */
const AIMS = ["answer", "bridge", "bridged", "hang_up", "any"];
/** One database stop in so many lasts the full time; the others are shorter, so that a hundred kills end today. */
const LONG_STOPS_ONE_IN = 5;
const LONG_STOP_MS = 30_000;

/** A source of draws from 0 to 1 (mulberry32). */
export function draws(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Kills in order: one of each kind first, in a drawn order, then by their shares. */
export function plan(seed, count, database) {
  const draw = draws(seed);
  const between = (from, to) => Math.round(from + draw() * (to - from));
  const pick = (list) => list[Math.floor(draw() * list.length)];
  const first = KINDS.map((kind) => [draw(), kind]).sort((a, b) => a[0] - b[0]).map(([, kind]) => kind);
  let stops = 0;
  const kills = [];
  for (let index = 0; index < count; index += 1) {
    const kind = first[index] ?? byShare(draw());
    const aim = pick(AIMS);
    const delay_ms = aim === "any" ? between(300, 4_000) : between(0, 200);
    let down_ms = 0;
    if (kind === "trunkline") down_ms = pick([0, 0, between(200, 4_000)]);
    else if (kind === "link_cut") down_ms = pick([0, between(100, 2_000)]);
    else if (kind === "link_stalled") down_ms = between(500, 9_000);
    else if (kind === "database") down_ms = database === "sqlite" ? between(1_000, 12_000) : between(3_000, 8_000);
    if (kind === "database" && database === "postgres") {
      stops += 1;
      // The first is a long one, so that every run has one.
      if (stops % LONG_STOPS_ONE_IN === 1) down_ms = LONG_STOP_MS;
    }
    kills.push({ kind, aim, delay_ms, down_ms });
  }
  return kills;
}

function byShare(draw) {
  const total = Object.values(SHARES).reduce((sum, share) => sum + share, 0);
  let mark = draw * total;
  for (const [kind, share] of Object.entries(SHARES)) {
    mark -= share;
    if (mark < 0) return kind;
  }
  return KINDS[0];
}

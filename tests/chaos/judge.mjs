// The verdict of a run, from accounts that Trunkline had no hand in: the switch's record of each leg, what the SIP
// endpoints noted, the files on the disk. Trunkline's ledger is compared with them.
//
// In: those, the kills as they happened, and what the robots asked for. Out: `judge`, lists of what was broken, each in
// words; a promise is kept when its list is empty.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { readWav } from "../e2e/wav.mjs";

/** The ledger may notice an end this much later than the switch; a later one it takes from the switch's record. */
const END_MS_MAX = 3_000;
/** A conversation shorter than this may have no recording: the command was on its way. */
const RECORDED_FROM_MS = 1_500;
/** This much may be missing at the beginning of a recording after a kill: until Trunkline was back. */
const GAP_MS_MAX = 1_500;
/** Ends of originates that make no channel, and so no record of the switch. */
const NO_CHANNEL = ["INVALID_GATEWAY", "GATEWAY_DOWN", "COMMAND_FAILED", "INVALID_PROFILE"];

/** The customers' legs of the switch's records: `{call, leg, started, answered, bridged, ended, by_customer}`, in ms. */
export function customerLegs(records) {
  const legs = [];
  for (const { variables: of, callflow } of records.values()) {
    if (of.tl_role !== "customer") continue;
    const ms = (us) => (Number(us) > 0 ? Number(us) / 1_000 : null);
    const bridges = (callflow ?? []).map((part) => ms(part.times?.bridged_time)).filter(Boolean);
    legs.push({
      call: of.tl_call,
      leg: of.uuid,
      sip: of.sip_call_id ?? null,
      started: ms(of.start_uepoch),
      answered: ms(of.answer_uepoch),
      bridged: bridges.length > 0 ? Math.min(...bridges) : null,
      ended: ms(of.end_uepoch),
      by_customer: of.sip_hangup_disposition === "recv_bye",
      cause: of.hangup_cause,
    });
  }
  return legs;
}

function groupBy(list, key) {
  const groups = new Map();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** The verdict: `{cut, records, recordings, late_recordings, figures}`. */
export async function judge({ legs, kills, robots, ledger, server, admin, customerLogs }) {
  const strikes = kills.map((kill) => ({ ...kill, until: kill.healed + 5_000 }));
  const around = (at, kinds) => strikes.find((kill) => kinds.includes(kill.kind) && at >= kill.began - 1_000 && at <= kill.until);
  return {
    cut: cutConversations(legs, strikes, robots),
    records: [...lostRecords(legs, ledger, around), ...lostAnswers(customerLogs, ledger, around)],
    ...(await recordings({ legs, ledger, server, admin })),
  };
}

/** Conversations that neither side asked to end, with the kill before it. */
function cutConversations(legs, strikes, robots) {
  const cut = [];
  for (const leg of legs.filter(({ bridged }) => bridged)) {
    const asked = robots.map((robot) => robot.asked.get(leg.call)).find((at) => at !== undefined);
    const wanted = asked !== undefined && leg.ended >= asked - 1_000;
    if (leg.by_customer || wanted) continue;
    const kill = strikes.filter(({ began }) => began <= leg.ended).at(-1);
    cut.push({ kind: kill?.kind ?? "none", what: `call ${leg.call} (${leg.cause}), ${Math.round(leg.ended - (kill?.began ?? leg.ended))} ms after kill ${kill?.number ?? "-"}` });
  }
  return cut;
}

/** Calls of the switch that the ledger has not once, or tells otherwise; calls of the ledger that the switch never had. */
function lostRecords(legs, ledger, around) {
  const wrong = [];
  const byCall = groupBy(legs, ({ call }) => call);
  const rows = groupBy(ledger, ({ id }) => id);
  for (const [call, parts] of byCall) {
    if (parts.length > 1) wrong.push(`call ${call} has ${parts.length} customer's legs on the switch`);
    const row = rows.get(call)?.[0];
    const [leg] = parts;
    if (!row) wrong.push(`call ${call} is not in the ledger`);
    else if (rows.get(call).length > 1) wrong.push(`call ${call} is in the ledger ${rows.get(call).length} times`);
    else {
      const late = row.ended_at && Math.abs(Date.parse(row.ended_at) - leg.ended);
      if (!row.ended_at) wrong.push(`call ${call} has no end in the ledger`);
      else if (late > END_MS_MAX) wrong.push(`call ${call} ended ${Math.round(late)} ms apart in the ledger and on the switch`);
      if (Boolean(row.answered_at) !== Boolean(leg.answered)) wrong.push(`call ${call} was ${leg.answered ? "" : "not "}answered, says the switch`);
      if (Boolean(row.connected_at) !== Boolean(leg.bridged)) wrong.push(`call ${call} was ${leg.bridged ? "" : "not "}connected, says the switch (${row.result})`);
    }
  }
  for (const row of ledger) {
    if (byCall.has(row.id) || NO_CHANNEL.includes(row.hangup_cause)) continue;
    // Its originate never reached the switch: the connection broke on the way.
    if (["SWITCH_LOST", "LOST_EVENT"].includes(row.hangup_cause) && !row.answered_at) continue;
    // A switch that is killed writes no record.
    if (around(Date.parse(row.ended_at), ["switch"]) || around(Date.parse(row.started_at), ["switch"])) continue;
    wrong.push(`call ${row.id} (${row.result}, ${row.hangup_cause}) is not known to the switch`);
  }
  return wrong;
}

/** By number, what the customers' phones answered must be answered in the ledger. */
function lostAnswers(files, ledger, around) {
  const wrong = [];
  const answered = groupBy(files.flatMap(answersIn), ({ number }) => number);
  const known = groupBy(ledger.filter((row) => row.answered_at), ({ number }) => number);
  for (const [number, times] of answered) {
    const sure = times.filter(({ at }) => !around(at, ["switch"]));
    const told = known.get(number)?.length ?? 0;
    if (told < sure.length || told > times.length) wrong.push(`${number} answered ${times.length} times, says the phone; ${told} times, says the ledger`);
  }
  return wrong;
}

/** The calls that SIPp answered, from its log of messages: `{number, at}`. */
function answersIn(file) {
  if (!existsSync(file)) return [];
  const numbers = new Map();
  const answers = new Map();
  for (const line of readFileSync(file, "latin1").split("\n")) {
    // Date, time, seconds since 1970, direction, Call-ID, CSeq, first line of the message.
    const [, , seconds, direction, id, cseq, first] = line.split("\t");
    if (!first) continue;
    const invited = first.match(/^INVITE sip:(\d+)@/);
    if (direction === "R" && invited) numbers.set(id, invited[1]);
    // The first time alone: later ones repeat it, or take the call off hold.
    const answers_now = direction === "S" && first.startsWith("SIP/2.0 200") && cseq.includes("INVITE");
    if (answers_now && !answers.has(id)) answers.set(id, { number: numbers.get(id), at: Number(seconds) * 1_000 });
  }
  return [...answers.values()];
}

/** Conversations without a recording, or whose recording misses more than a gap. */
async function recordings({ legs, ledger, server, admin }) {
  const files = groupBy(wavFiles(join(server.data, "recordings")), (file) => basename(file).slice(0, 36));
  const rows = new Map(ledger.map((row) => [row.id, row]));
  const lost = [];
  const gaps = [];
  for (const leg of legs.filter(({ bridged, ended }) => bridged && ended - bridged >= RECORDED_FROM_MS)) {
    const talk_ms = leg.ended - leg.bridged;
    const found = files.get(leg.call) ?? [];
    const row = rows.get(leg.call);
    const longest = Math.max(0, ...found.map((file) => lengthOf(file)));
    if (found.length === 0) lost.push(`call ${leg.call} talked ${Math.round(talk_ms)} ms and has no file`);
    else if (!row?.recording_id) lost.push(`call ${leg.call} has a file, and none in the ledger`);
    else {
      const heard = await admin.send("GET", `/recordings/${row.recording_id}/audio`);
      if (heard.status !== 200) lost.push(`call ${leg.call}: its recording answers ${heard.status}`);
      await heard.arrayBuffer();
    }
    if (found.length > 0 && talk_ms - longest > GAP_MS_MAX) gaps.push(Math.round(talk_ms - longest));
  }
  return { recordings: lost, gaps };
}

function lengthOf(file) {
  try {
    return readWav(readFileSync(file)).ms;
  } catch {
    return 0;
  }
}

function wavFiles(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.name.endsWith(".wav")).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

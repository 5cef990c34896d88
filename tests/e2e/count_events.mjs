// Counts calls from the raw log of the switch's events alone, so that the product's figures can be compared with
// figures it had no hand in. Shares no code with the product and none with the tests.
//
// In: the file that the setting `switch.event_log` names: one JSON object a line, as received.
// Out: `countEvents(text)`, or as a program `node tests/e2e/count_events.mjs events.jsonl`, JSON with
//   calls    by call id: answered, result, cause, sip_status, agent, talk_ms, recordings (files), legs
//   agents   by agent id: calls, talk_ms, mean_talk_ms, phone_ring_ms (desk phone rung until answered or over)
//   results  calls by result; attempts, answered, connected: how many
//
// Times are the switch's own. A call talks from the bridge of its customer's leg with an agent's leg until the
// customer's leg is gone.

import { readFileSync } from "node:fs";

/** What SIP answers mean when the customer never answered (RFC 3261 and common sense; not the product's table). */
const RESULT_OF_STATUS = {
  404: "invalid_number", 484: "invalid_number", 604: "invalid_number", 410: "out_of_service", 480: "unreachable",
  486: "busy", 600: "busy", 603: "rejected", 408: "no_answer", 500: "failed", 503: "failed",
};

export function countEvents(text) {
  const legs = new Map();
  const bridges = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const event = JSON.parse(line);
    if (event.name === "CHANNEL_BRIDGE") bridges.push([event.bridge_a, event.bridge_b, time(event)]);
    if (event.uuid) follow(legs, event);
  }
  const calls = {};
  for (const leg of legs.values()) if (leg.role === "customer") calls[leg.call] = callOf(leg, legs, bridges);
  return { ...totals(Object.values(calls)), agents: agentsOf(Object.values(calls), legs), calls };
}

function time(event) {
  return Number(event.switch_time_us) / 1_000;
}

function follow(legs, event) {
  const leg = legs.get(event.uuid) ?? { uuid: event.uuid, recordings: [] };
  legs.set(event.uuid, leg);
  leg.role ??= event.tl_role;
  leg.call ??= event.tl_call;
  leg.agent ??= event.tl_agent;
  switch (event.name) {
    case "CHANNEL_CREATE": leg.created ??= time(event); break;
    case "CHANNEL_ANSWER": leg.answered ??= time(event); break;
    case "RECORD_START": leg.recordings.push(event.path); break;
    case "CHANNEL_HANGUP_COMPLETE":
      leg.ended ??= time(event);
      leg.cause = event.cause;
      leg.status = Number(event.sip_term_status) || null;
      break;
  }
}

function callOf(leg, legs, bridges) {
  const bridge = bridges.find(([a, b]) => [a, b].includes(leg.uuid) && legs.get(a === leg.uuid ? b : a)?.role === "agent");
  const agentLeg = bridge && legs.get(bridge[0] === leg.uuid ? bridge[1] : bridge[0]);
  return {
    answered: leg.answered !== undefined,
    connected: bridge !== undefined,
    result: resultOf(leg, bridge),
    cause: leg.cause ?? null,
    sip_status: leg.status ?? null,
    agent: agentLeg ? Number(agentLeg.agent) : null,
    talk_ms: bridge && leg.ended ? Math.round(leg.ended - bridge[2]) : 0,
    ended_at: leg.ended ?? null,
    recordings: [...new Set(leg.recordings)],
    customer_leg: leg.uuid,
    agent_leg: agentLeg?.uuid ?? null,
  };
}

function resultOf(leg, bridge) {
  if (bridge) return "answered";
  if (leg.ended === undefined) return null;
  // Nobody was connected: whether in time or not is for the campaign's limits to say.
  if (leg.answered !== undefined) return "not_connected";
  if (leg.cause === "NO_ANSWER") return "no_answer";
  if (leg.cause === "ORIGINATOR_CANCEL") return "cancelled";
  return RESULT_OF_STATUS[leg.status] ?? "failed";
}

function totals(calls) {
  const results = {};
  for (const call of calls) if (call.result) results[call.result] = (results[call.result] ?? 0) + 1;
  const count = (is) => calls.filter(is).length;
  return { attempts: calls.length, answered: count((call) => call.answered), connected: count((call) => call.connected), results };
}

function agentsOf(calls, legs) {
  const agents = {};
  const of = (id) => (agents[id] ??= { calls: 0, talk_ms: 0, mean_talk_ms: null, phone_ring_ms: 0 });
  for (const call of calls.filter((call) => call.connected)) {
    const agent = of(call.agent);
    agent.calls += 1;
    agent.talk_ms += call.talk_ms;
    agent.mean_talk_ms = Math.trunc(agent.talk_ms / agent.calls);
  }
  for (const leg of legs.values()) {
    const until = leg.answered ?? leg.ended;
    if (leg.role === "agent" && until !== undefined) of(Number(leg.agent)).phone_ring_ms += Math.round(until - leg.created);
  }
  return agents;
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(countEvents(readFileSync(process.argv[2], "utf8")), null, 2));
}

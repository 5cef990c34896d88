// Whether what the agents' desks say is so, by the switch's own word.
//
// In: the switch, asked over its Event Socket past Trunkline, and the robots' desks. Out: `look`, what is wrong now:
// `{who, what}`, nothing when every agent works and every customer is where the desks say.

/** A customer who has answered may wait this long for an agent. */
const WAIT_MS_MAX = 8_000;

/** The switch's channels of ours: `{uuid, role, call, agent, answered, partner, music}`. */
async function channels(phoneSwitch) {
  const listed = JSON.parse(await phoneSwitch.api("show channels as json"));
  const found = [];
  for (const { uuid } of listed.rows ?? []) {
    const text = await phoneSwitch.api(`uuid_dump ${uuid} json`);
    if (text.startsWith("-ERR")) continue;
    const dump = JSON.parse(text);
    const exchanges = ["CS_EXCHANGE_MEDIA", "CS_SOFT_EXECUTE"].includes(dump["Channel-State"]);
    found.push({
      uuid,
      role: dump.variable_tl_role,
      call: dump.variable_tl_call,
      agent: Number(dump.variable_tl_agent),
      answered: dump["Answer-State"] === "answered",
      partner: (exchanges && dump.variable_signal_bond) || null,
      music: dump["Channel-State"] === "CS_EXECUTE" && dump.variable_current_application === "endless_playback",
    });
  }
  return found;
}

/** Keeps in mind since when a customer hears nothing. */
export class Truth {
  #alone = new Map();

  /** What is wrong, by desks seen after `since`. A moment between two states looks wrong too: look again. */
  async look({ phoneSwitch, server, robots }, since) {
    const everybody = (what) => robots.map((robot) => ({ who: robot.person.username, what }));
    const health = await server.health().catch(() => ({ status: "gone" }));
    if (health.status !== "ok") return everybody(`/health: ${JSON.stringify(health)}`);
    const legs = await channels(phoneSwitch);
    const wrong = [];
    for (const robot of robots) {
      const what = robot.desk?.at < since ? "the desk was not seen yet" : fault(robot, legs);
      if (what) wrong.push({ who: robot.person.username, what });
    }
    const alone = legs.filter((leg) => leg.role === "customer" && leg.answered && !leg.partner && !leg.music).map((leg) => leg.uuid);
    for (const uuid of this.#alone.keys()) if (!alone.includes(uuid)) this.#alone.delete(uuid);
    for (const uuid of alone) {
      if (!this.#alone.has(uuid)) this.#alone.set(uuid, Date.now());
      if (Date.now() - this.#alone.get(uuid) > WAIT_MS_MAX) wrong.push({ who: `customer ${uuid}`, what: "hears nothing" });
    }
    return wrong;
  }
}

/** Why an agent does not work; null when they do. */
function fault({ desk, person }, legs) {
  if (!desk) return "the desk does not answer";
  const { agent, call } = desk;
  const phone = legs.find((leg) => leg.role === "agent" && leg.agent === person.id);
  const customer = legs.find((leg) => leg.role === "customer" && leg.call === agent.call_id);
  switch (agent.state) {
    case "ready":
      if (person.phone_mode === "off_hook") {
        if (!phone) return "ready, but the off-hook phone has no leg";
        if (phone.partner) return "ready, but the phone is bridged";
      } else if (phone) return "ready, but the on-hook phone has a leg";
      return null;
    case "talking":
      if (!call) return "talks, and the desk shows no call";
      if (!customer || !phone) return "talks, but a leg is missing";
      return customer.partner === phone.uuid ? null : "talks, but the legs are not bridged";
    case "hold":
      return customer?.music ? null : "holds, but the customer hears no music";
    case "wrap_up":
      return phone?.partner ? "in after-call work, but the phone is bridged" : null;
    default:
      return `${agent.state} (${agent.reason})`;
  }
}

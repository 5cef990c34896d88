// Agents who go on working whatever happens: they look at their desk and do what it shows, as people would.
//
// In: agents of `centre.mjs`. Out: `Robot`, with its last look at the desk, and when it asked which call to end: an end
// that nobody asked for is a conversation that was cut.

const LOOK_EVERY_MS = 250;
/** The agent is told that it goes on by itself. */
const MENDS_ITSELF = ["switch_down", "phone_not_registered"];
/** How long an agent talks before hanging up, unless the customer is faster. */
const TALK_MS = [2_500, 7_000];

export class Robot {
  /** When it asked for the end of a call, by the call's id. */
  asked = new Map();
  /** The last desk it saw: `{agent, call, at}`; null while the server does not answer. */
  desk = null;
  /** Why it had to press "ready" again, and how often. */
  readied = new Map();
  /** How often it held a customer. */
  held = 0;
  #plans = new Map();
  #stopped = false;
  #done = null;

  constructor(person, draw, disposition) {
    Object.assign(this, { person, draw, disposition });
  }

  start() {
    this.#done = this.#work();
  }

  /** After the call in progress nothing more is done. */
  async stop() {
    this.#stopped = true;
    await this.#done;
  }

  async #work() {
    while (!this.#stopped) {
      try {
        const { agent, call } = await this.person.desk();
        this.desk = { agent, call, at: Date.now() };
        await this.#act(agent, call);
      } catch {
        // The server, its database or the switch is away: people try again.
        this.desk = null;
      }
      await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
    }
  }

  async #act(agent, call) {
    const { api } = this.person;
    if (agent.state === "talking" && call?.connected_at) await this.#talk(call);
    else if (agent.state === "hold") await api.post("/desk/resume");
    else if (agent.state === "wrap_up" && call) {
      await api.post(`/calls/${call.call_id}/disposition`, { disposition_id: this.disposition, note: "谈完" });
    } else if ((agent.state === "unreachable" && !MENDS_ITSELF.includes(agent.reason)) || agent.state === "paused") {
      await api.post("/desk/ready");
      this.readied.set(agent.reason, (this.readied.get(agent.reason) ?? 0) + 1);
    }
  }

  async #talk(call) {
    const id = call.call_id;
    if (!this.#plans.has(id)) {
      const [from, to] = TALK_MS;
      const talk_ms = from + this.draw() * (to - from);
      const holds = this.draw() < 0.25;
      this.#plans.set(id, { until: Date.now() + talk_ms, hold_at: holds ? Date.now() + talk_ms / 2 : Infinity });
    }
    const plan = this.#plans.get(id);
    if (Date.now() >= plan.until) {
      this.asked.set(id, this.asked.get(id) ?? Date.now());
      await this.person.api.post("/desk/hang-up");
    } else if (Date.now() >= plan.hold_at) {
      plan.hold_at = Infinity;
      this.held += 1;
      await this.person.api.post("/desk/hold");
    }
  }
}

// A call centre set up through the API, and agents who work in it as people would: they look at their desk and act on
// what they see there.
//
// In: an administrator's session. Out: trunk, agents, lists and campaigns; `Agent`, whose `work` runs until told to
// stop.

import assert from "node:assert/strict";
import { eventually } from "./lib.mjs";
import { workbook } from "./xlsx.mjs";

const PASSWORD_GIVEN = "Given-2026-x";
const PASSWORD_CHOSEN = "Chosen-2026-y";
export const ADMIN_PASSWORD = "Head-of-centre-2026";
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const IMPORT_MS_MAX = 20_000;
const SHIFT_MS_MAX = 5 * 60_000;

/** A trunk to where the switch's customers are. */
export function makeTrunk(admin, proxy, name = "carrier_a") {
  return admin.post("/gateways", { name, proxy, register: false, caller_id: "02160000001" });
}

/** Uploads a file; the import as the server sees it. */
export function upload(api, bytes, fileName) {
  const form = new FormData();
  form.append("file", new Blob([bytes], { type: XLSX }), fileName);
  return api.post("/imports", form);
}

/** Uploads and imports rows as a list, with the mapping that the server suggests; the finished import. */
export async function importList(admin, listName, rows) {
  const { id, suggested_mapping: mapping } = await upload(admin, workbook(rows), `${listName}.xlsx`);
  const clean = Object.fromEntries(Object.entries(mapping).filter(([, column]) => column !== null));
  await admin.post(`/imports/${id}/start`, { list_name: listName, mapping: clean, duplicates: "merge" });
  return finishedImport(admin, id);
}

/** The import once it is over. */
export function finishedImport(admin, id) {
  return eventually(`import ${id} is over`, async () => {
    const found = await admin.get(`/imports/${id}`);
    return ["done", "failed", "cancelled"].includes(found.state) && found;
  }, IMPORT_MS_MAX);
}

const EVERY_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** A campaign that may dial at any hour of any day, in a centre whose few numbers may be dialled again and again. */
export async function makeCampaign(admin, settings) {
  await admin.call("PUT", "/attempt-caps", { per_day: 100, in_all: 1000, days: 30, spacing_minutes: 0 });
  return admin.post("/campaigns", {
    mode: "predictive",
    ring_seconds: 15,
    // Until the disposition is saved, so that no timer acts for the agent.
    wrap_up_seconds: 0,
    times: { windows: [{ days: EVERY_DAY, from: "00:00", to: "24:00" }], called: null },
    retry_minutes: 60,
    script: "您好，这里是客户服务中心。",
    ...settings,
  });
}

function inConversation({ agent, call }) {
  return agent?.state === "talking" && call !== null && call.connected_at !== null;
}

/** One agent: an account with a desk phone, and what they saw and did. */
export class Agent {
  /** Conversations they saw at the desk: `{call, number, customer, disposition_id, note}`. */
  served = [];
  /** When they logged in, got ready and logged out, by their own clock. */
  clock = { logged_in: null, ready: null, logged_out: null };
  #stopped = false;

  constructor(account, api) {
    Object.assign(this, account);
    this.api = api;
  }

  /** Makes the account and signs in. */
  static async make(admin, api, { username, display_name, extension, phone_mode }) {
    const request = { username, display_name, extension, phone_mode, role: "agent", password: PASSWORD_GIVEN };
    const account = await admin.post("/users", request);
    assert.match(account.phone_secret, /^[A-Za-z0-9]{20,}$/, "the phone's secret is shown when it is made");
    const again = await admin.get(`/users/${account.id}`);
    assert.equal(again.phone_secret, undefined, "and never again");
    await api.logInFirst(username, PASSWORD_GIVEN, PASSWORD_CHOSEN);
    return new Agent({ id: account.id, username, display_name, extension, phone_mode, secret: account.phone_secret }, api);
  }

  /** The same person at a server that was started anew. */
  signInAgain() {
    return this.api.logIn(this.username, PASSWORD_CHOSEN);
  }

  desk() {
    return this.api.get("/desk");
  }

  /** The desk once `is` holds for it. */
  async deskWhen(what, is, ms) {
    let last;
    return eventually(`${this.display_name}: ${what}`, async () => {
      last = await this.desk();
      return (await is(last)) && last;
    }, ms, () => `; the desk: ${JSON.stringify(last?.agent)} ${JSON.stringify(last?.call && { id: last.call.call_id, state: last.call.state })}`);
  }

  async startShift() {
    await this.api.post("/desk/log-in");
    this.clock.logged_in = Date.now();
    await this.api.post("/desk/ready");
    this.clock.ready = Date.now();
  }

  async endShift() {
    await this.api.post("/desk/log-out");
    this.clock.logged_out = Date.now();
  }

  /** Waits for a conversation; the call as the desk shows it. */
  async nextConversation(ms, is = () => true) {
    const desk = await this.deskWhen("talks with a customer", (desk) => inConversation(desk) && is(desk.call), ms);
    return this.#serve(desk.call);
  }

  #serve(call) {
    this.served.push({ call: call.call_id, number: call.number, customer: call.customer });
    return call;
  }

  /** Hangs up, unless the customer was faster. */
  async hangUp() {
    try {
      await this.api.post("/desk/hang-up");
    } catch (error) {
      if (error.status !== 409) throw error;
    }
  }

  /** Says what came of the call that has just ended. */
  async dispose(call, disposition_id, note) {
    await this.deskWhen("is in after-call work", ({ agent }) => agent.state === "wrap_up" && agent.call_id === call);
    await this.api.post(`/calls/${call}/disposition`, { disposition_id, note });
    Object.assign(this.served.find((each) => each.call === call), { disposition_id, note, disposed_at: Date.now() });
  }

  /** Takes calls until `finish`: `handle(agent, call)` talks and ends each one. */
  async work(handle) {
    while (!this.#stopped) {
      const desk = await eventually("the next call, or the end", async () => {
        if (this.#stopped) return { call: null };
        const desk = await this.desk();
        return inConversation(desk) && desk;
      }, SHIFT_MS_MAX);
      if (desk.call) await handle(this, this.#serve(desk.call));
    }
  }

  finish() {
    this.#stopped = true;
  }
}

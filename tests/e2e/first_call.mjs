// The whole way of a call: leads come in from a spreadsheet, a predictive campaign dials them, three agents talk, say
// what came of it, and ledger, recordings and report agree with each other and with what the switch itself said.
//
//   node tests/e2e/first_call.mjs [--switch simulator|freeswitch]
//
// In: the program under test (see server.mjs). Out: see lib.mjs.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { ADMIN_PASSWORD, Agent, importList, makeCampaign, makeTrunk } from "./centre.mjs";
import { countEvents } from "./count_events.mjs";
import { eventually, freePort, option, runTest } from "./lib.mjs";
import { Server } from "./server.mjs";
import { prepareSwitch } from "./switches.mjs";
import { readWav } from "./wav.mjs";

const LIST = "首日名单";
const CAMPAIGN = "首日外呼";
/** Customers by what they do: the last two digits say it. `then`: the second number of the same customer. */
const LEADS = [
  { name: "王秀英", city: "深圳", remark: "老客户介绍", phones: ["13912340120"], expect: ["answered"] },
  { name: "李伟", city: "上海", remark: null, phones: ["13912340121"], numeric: true, expect: ["answered"] },
  { name: "张芳", city: "北京", remark: null, phones: ["13912340122"], expect: ["answered"] },
  { name: "刘娜", city: "广州", remark: "下午联系", phones: ["13912340131", "02088886666"], expect: ["answered"] },
  { name: "陈敏", city: "成都", remark: null, phones: ["13912340132"], numeric: true, expect: ["answered"] },
  { name: "杨静", city: "杭州", remark: null, phones: ["13912340133"], expect: ["answered"] },
  { name: "赵磊", city: "武汉", remark: null, phones: ["13912340134"], expect: ["answered"] },
  { name: "欧阳雪", city: "西安", remark: "两个号码", phones: ["13912340204", "13912340135"], expect: ["invalid_number", "answered"] },
  { name: "黄军", city: "西安", remark: null, phones: ["13912340186"], expect: ["busy"] },
  { name: "周洋", city: "深圳", remark: null, phones: ["13912340103"], expect: ["rejected"] },
  { name: "吴勇", city: "上海", remark: null, phones: ["13912340104"], expect: ["invalid_number"] },
  { name: "徐艳", city: "北京", remark: null, phones: ["13912340180"], expect: ["unreachable"] },
  { name: "孙杰", city: "广州", remark: null, phones: ["13912340153"], expect: ["failed"] },
  { name: "胡娟", city: "成都", remark: null, phones: ["13912340199"], expect: ["no_answer"] },
];
/** Every attempt that must be made: number and result. */
const ATTEMPTS = LEADS.flatMap(({ phones, expect }) => expect.map((result, index) => [phones[index], result])).sort();
const AGENTS = [
  { username: "zhao.min", display_name: "赵敏", extension: "1901", phone_mode: "off_hook" },
  { username: "qian.jin", display_name: "钱进", extension: "1902", phone_mode: "off_hook" },
  { username: "sun.yue", display_name: "孙悦", extension: "1903", phone_mode: "on_hook" },
];
/** How long an agent talks with a customer who stays. */
const TALK_MS = 2_500;
const LIST_MS_MAX = 150_000;
/** An event's time on the switch and the time of its receipt may differ by this. */
const PER_CALL_MS = 1_000;
const SILENCE = 50;

const kind = option("switch", ["simulator", "freeswitch"]);

await runTest(`first_call (${kind})`, async (test) => {
  const port = await freePort();
  const phoneSwitch = await prepareSwitch(test, kind, port);
  let server;
  let agents;
  let campaign;
  const admin = await test.step("switch and server start, and the administrator signs in", async () => {
    await phoneSwitch.start();
    server = Server.prepare(test, "data", port, phoneSwitch);
    test.onFailure = () => console.log(`the end of the server's log:\n${server.tail()}`);
    const first = await server.start();
    assert.equal(first?.username, "admin", "a first start names the log-in");
    const api = server.api();
    await assert.rejects(api.logIn("admin", "not-the-password"), { status: 401 });
    await api.logInFirst(first.username, first.password, ADMIN_PASSWORD);
    await api.refresh();
    await server.switchIs("ok");
    return api;
  });

  await test.step("a trunk and three agents are made and the desk phones are there", async () => {
    await makeTrunk(admin, phoneSwitch.carrier);
    agents = await Promise.all(AGENTS.map((account) => Agent.make(admin, server.api(), account)));
    await phoneSwitch.connectPhones(agents);
  });

  const list = await test.step("a spreadsheet becomes a list, and what is wrong in it is told", async () => {
    const header = ["客户姓名", "手机号码", "备用电话", "城市", "备注"];
    const rows = LEADS.map(({ name, phones, city, remark, numeric }) => [name, numeric ? Number(phones[0]) : phones[0], phones[1] ?? null, city, remark]);
    const result = await importList(admin, LIST, [header, ...rows, ["没有号码", null, null, "北京", null], ["错误号码", "12", null, "北京", null]]);
    assert.equal(result.state, "done", result.error);
    assert.deepEqual([result.rows_total, result.rows_imported, result.rows_merged, result.rows_rejected], [LEADS.length + 2, LEADS.length, 0, 2]);
    const rejected = await admin.send("GET", `/imports/${result.id}/rejected.xlsx`);
    assert.equal(rejected.status, 200);
    assert.equal(Buffer.from(await rejected.arrayBuffer()).toString("latin1", 0, 2), "PK");
    const entry = (await admin.all("/lists")).find((each) => each.id === result.list_id);
    assert.deepEqual([entry.name, entry.leads, entry.fresh], [LIST, LEADS.length, LEADS.length]);
    return result.list_id;
  });

  await test.step("a campaign with the three agents starts", async () => {
    const [gateway] = await admin.all("/gateways");
    const ids = agents.map((agent) => agent.id);
    campaign = await makeCampaign(admin, { name: CAMPAIGN, list_id: list, gateway_id: gateway.id, max_attempts: 2, agents: ids });
    assert.equal(campaign.state, "draft");
    campaign = await admin.post(`/campaigns/${campaign.id}/start`);
    assert.equal(campaign.state, "running");
    assert.deepEqual([...campaign.agents].sort(), [...ids].sort());
  });

  await test.step("the agents log in, and nobody is called before one is ready", async () => {
    await assert.rejects(agents[0].api.post("/desk/ready"), { status: 409 });
    assert.deepEqual(await admin.all("/calls"), []);
    await Promise.all(agents.map((agent) => agent.startShift()));
  });

  const dispositions = await admin.all("/dispositions");
  await test.step("every lead is dialled, and each conversation shows its customer", async () => {
    const work = Promise.all(agents.map((agent) => agent.work((who, call) => converse(who, call, dispositions))));
    let calls;
    const finished = eventually("every lead is dialled and every call is over", async () => {
      calls = await admin.all("/calls");
      return calls.length >= ATTEMPTS.length && calls.every((call) => call.ended_at !== null);
    }, LIST_MS_MAX, () => `; calls: ${calls.map((call) => `${call.number} ${call.result}`).join(", ")}`);
    await Promise.race([finished, work]);
    agents.forEach((agent) => agent.finish());
    await work;
  });

  await test.step("the campaign pauses and the agents log out", async () => {
    assert.equal((await admin.post(`/campaigns/${campaign.id}/pause`)).state, "paused");
    await Promise.all(agents.map((agent) => agent.endShift()));
    for (const agent of agents) assert.equal((await agent.desk()).agent.state, "logged_out");
  });

  const calls = await admin.all("/calls");
  const counted = countEvents(server.events());
  await checkLedger(test, { calls, counted, agents, admin, campaign, dispositions });
  await checkRecordings(test, { calls, counted, agents, admin, server });
  await checkReport(test, { calls, counted, agents, admin });

  await test.check("nobody sees what is not theirs", async () => {
    for (const agent of agents) {
      const own = await agent.api.all("/calls");
      assert.ok(own.length > 0 && own.every((call) => call.agent_id === agent.id), agent.display_name);
      await assert.rejects(agent.api.get("/users"), { status: 403 });
    }
    await assert.rejects(server.api().get("/calls"), { status: 401 });
  });

  await test.check("the server stops in order when it is told to", async () => {
    assert.equal(await server.stop(), 0);
  });
});

/** What an agent does with a call: looks, talks, hangs up or is hung up on, says what came of it. */
async function converse(agent, call, dispositions) {
  const lead = LEADS.find(({ phones }) => phones.includes(call.number));
  assert.ok(lead, `${call.number} is on the list`);
  const { customer } = call;
  assert.deepEqual([customer.name, customer.city, customer.remark], [lead.name, lead.city, lead.remark]);
  assert.deepEqual(customer.phones.map((phone) => phone.number), lead.phones, "every number of the customer, in order");
  assert.deepEqual([call.campaign_name, call.script], [CAMPAIGN, "您好，这里是客户服务中心。"]);
  const before = customer.history.filter((each) => each.id !== call.call_id);
  assert.deepEqual(before.map((each) => [each.number, each.result]), lead.expect.slice(0, -1).map((result, index) => [lead.phones[index], result]), "the attempts before");
  const hangsUpThemselves = call.number.at(-2) === "2";
  if (!hangsUpThemselves) {
    await eventually("they have talked", () => Date.now() - Date.parse(call.connected_at) >= TALK_MS);
    await agent.hangUp();
  }
  const choice = dispositions[agent.served.length % dispositions.length];
  await agent.dispose(call.call_id, choice.id, `${lead.name}：${choice.label_zh}`);
}

async function checkLedger(test, { calls, counted, agents, admin, campaign, dispositions }) {
  await test.check("the ledger has every attempt once, with the right result", () => {
    assert.deepEqual(calls.map((call) => [call.number, call.result]).sort(), ATTEMPTS);
  });
  await test.check("each conversation has its agent, customer, disposition and note", () => {
    const served = agents.flatMap((agent) => agent.served.map((each) => ({ ...each, agent })));
    const connected = calls.filter((call) => call.connected_at !== null);
    assert.deepEqual(connected.map((call) => call.id).sort(), served.map((each) => each.call).sort());
    for (const { call: id, agent, customer, disposition_id, note } of served) {
      const call = calls.find((each) => each.id === id);
      assert.deepEqual(
        [call.agent_id, call.agent_name, call.customer_id, call.customer_name, call.disposition?.id, call.note],
        [agent.id, agent.display_name, customer.id, customer.name, disposition_id, note],
      );
      assert.ok(dispositions.some((each) => each.id === call.disposition.id));
    }
    assert.ok(agents.every((agent) => agent.served.length > 0), `everybody had a call: ${agents.map((agent) => agent.served.length)}`);
  });
  await test.check("the times of each call are in order and add up", () => {
    for (const call of calls) {
      const times = [call.started_at, call.ringing_at, call.answered_at, call.connected_at, call.ended_at].filter(Boolean).map(Date.parse);
      assert.deepEqual(times, [...times].sort((a, b) => a - b), `${call.number}: ${times}`);
      assert.equal(call.connected_at !== null, call.result === "answered", call.number);
      if (call.connected_at) assert.ok(Math.abs(Date.parse(call.ended_at) - Date.parse(call.connected_at) - call.talk_ms) <= 5, `${call.number}: talk time`);
      else assert.deepEqual([call.talk_ms, call.agent_id, call.recording_id], [0, null, null], call.number);
    }
  });
  await test.check("who ended a call is known", () => {
    for (const call of calls.filter((each) => each.result === "answered")) {
      assert.equal(call.ended_by, call.number.at(-2) === "2" ? "customer" : "agent", call.number);
    }
  });
  await test.check("the ledger agrees with the switch's own events, call by call", () => {
    assert.deepEqual(Object.keys(counted.calls).sort(), calls.map((call) => call.id).sort());
    for (const call of calls) {
      const seen = counted.calls[call.id];
      assert.deepEqual([call.result, call.agent_id, call.answered_at !== null, call.hangup_cause, call.sip_status], [seen.result, seen.agent, seen.answered, seen.cause, seen.sip_status], call.number);
      assert.ok(Math.abs(call.talk_ms - seen.talk_ms) <= PER_CALL_MS, `${call.number}: ${call.talk_ms} ms, on the switch ${seen.talk_ms} ms`);
    }
  });
  await test.check("the campaign's figures agree with the switch's events", async () => {
    const { counts } = await admin.get(`/campaigns/${campaign.id}`);
    assert.deepEqual([counts.leads, counts.fresh, counts.attempts, counts.answered, counts.connected, counts.dropped], [LEADS.length, 0, counted.attempts, counted.answered, counted.connected, 0]);
    // To be dialled again: whom the first attempt did not reach and who has a number that exists.
    const again = LEADS.filter(({ expect }) => !["answered", "invalid_number"].includes(expect.at(-1))).length;
    assert.deepEqual([counts.retry, counts.done], [again, LEADS.length - again]);
  });
}

/** Every file below a folder. */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function checkRecordings(test, { calls, counted, agents, admin, server }) {
  const connected = calls.filter((call) => call.connected_at !== null);
  const files = filesIn(join(server.data, "recordings"));
  const fileOf = (call) => files.find((file) => basename(file).startsWith(call.id));
  await test.step("each conversation has one recording on disk, and nothing else has", () => {
    assert.equal(files.length, connected.length, files.join("\n"));
    for (const call of connected) {
      assert.ok(fileOf(call), `${call.number} has a file`);
      assert.deepEqual(counted.calls[call.id].recordings, [fileOf(call)], "the switch says the same");
    }
  });
  await test.check("each is a stereo file as long as the talk, with both voices", () => {
    for (const call of connected) {
      const wav = readWav(readFileSync(fileOf(call)));
      assert.deepEqual([wav.coding, wav.channels, wav.rate, wav.bits], [1, 2, 8_000, 16], call.number);
      assert.ok(Math.abs(wav.ms - call.talk_ms) <= PER_CALL_MS, `${call.number}: ${wav.ms} ms of sound, ${call.talk_ms} ms of talk`);
      assert.ok(wav.loudness.every((side) => side > SILENCE), `${call.number}: loudness ${wav.loudness}`);
    }
  });
  await test.check("the API serves them, whole and in parts", async () => {
    for (const call of connected) {
      const file = readFileSync(fileOf(call));
      const path = `/recordings/${call.recording_id}/audio`;
      const whole = await admin.send("GET", path);
      assert.deepEqual([whole.status, whole.headers.get("content-type")], [200, "audio/wav"]);
      assert.ok(file.equals(Buffer.from(await whole.arrayBuffer())), "the bytes on disk");
      const part = await admin.send("GET", path, { headers: { range: "bytes=100-299" } });
      assert.deepEqual([part.status, part.headers.get("content-range")], [206, `bytes 100-299/${file.length}`]);
      assert.ok(file.subarray(100, 300).equals(Buffer.from(await part.arrayBuffer())));
    }
    const [call] = connected;
    const beyond = await admin.send("GET", `/recordings/${call.recording_id}/audio`, { headers: { range: "bytes=999999999-" } });
    assert.equal(beyond.status, 416);
    const other = agents.find((agent) => agent.id !== call.agent_id);
    assert.ok([403, 404].includes((await other.api.send("GET", `/recordings/${call.recording_id}/audio`)).status), "not for another agent");
    assert.equal((await server.api().send("GET", `/recordings/${call.recording_id}/audio`)).status, 401);
  });
}

async function checkReport(test, { calls, counted, agents, admin }) {
  const report = await admin.get("/reports/agents");
  const rowOf = (agent) => report.rows.find((row) => row.agent_id === agent.id);
  await test.check("the report's calls and talk times agree with the switch's events", () => {
    for (const agent of agents) {
      const [row, seen] = [rowOf(agent), counted.agents[agent.id]];
      assert.deepEqual([row.calls, row.answered, row.connected], [seen.calls, seen.calls, seen.calls], agent.display_name);
      assert.ok(Math.abs(row.talk_ms - seen.talk_ms) <= PER_CALL_MS * seen.calls, `${row.talk_ms} ms, on the switch ${seen.talk_ms} ms`);
      assert.ok(Math.abs(row.mean_talk_ms - seen.mean_talk_ms) <= PER_CALL_MS);
      assert.equal(row.talk_ms, calls.filter((call) => call.agent_id === agent.id).reduce((sum, call) => sum + call.talk_ms, 0), "and with the ledger");
    }
    assert.deepEqual([report.totals.calls, report.totals.answered, report.totals.connected], [counted.attempts, counted.answered, counted.connected]);
    const happened = Object.fromEntries(Object.entries(report.by_result).filter(([, count]) => count > 0));
    assert.deepEqual(happened, counted.results);
  });
  await test.check("the time in each state agrees with the switch's events and the agents' clocks", () => {
    for (const agent of agents) {
      const { states } = rowOf(agent);
      const { clock, served } = agent;
      const seen = counted.agents[agent.id];
      const near = (what, ms, expected, tolerance) => assert.ok(Math.abs(ms - expected) <= tolerance, `${agent.display_name}: ${what} ${ms} ms, expected ${Math.round(expected)} ± ${tolerance} ms`);
      const tolerance = PER_CALL_MS * seen.calls;
      const wrapUp = served.reduce((sum, each) => sum + each.disposed_at - counted.calls[each.call].ended_at, 0);
      const shift = clock.logged_out - clock.logged_in;
      near("logged in", states.logged_in_ms, shift, PER_CALL_MS);
      near("talking", states.talking_ms, seen.talk_ms, tolerance);
      near("after-call work", states.wrap_up_ms, wrapUp, tolerance);
      near("ringing", states.ringing_ms, seen.phone_ring_ms, tolerance);
      near("paused", states.paused_ms, clock.ready - clock.logged_in, PER_CALL_MS);
      near("ready", states.ready_ms, shift - seen.talk_ms - wrapUp - seen.phone_ring_ms - (clock.ready - clock.logged_in), 2 * tolerance);
      assert.deepEqual([states.hold_ms, states.unreachable_ms], [0, 0]);
      const sum = ["ready_ms", "ringing_ms", "talking_ms", "wrap_up_ms", "paused_ms"].reduce((total, name) => total + states[name], 0);
      assert.equal(sum, states.logged_in_ms, "every millisecond is in one state");
    }
  });
  await test.check("the report counts the dispositions that the agents chose", () => {
    for (const agent of agents) {
      const chosen = {};
      for (const { disposition_id } of agent.served) chosen[disposition_id] = (chosen[disposition_id] ?? 0) + 1;
      assert.deepEqual(rowOf(agent).dispositions, chosen);
    }
  });
  await test.check("the report comes as a workbook", async () => {
    const file = await admin.send("GET", "/reports/agents.xlsx");
    assert.equal(file.status, 200);
    assert.equal(Buffer.from(await file.arrayBuffer()).toString("latin1", 0, 2), "PK");
  });
}

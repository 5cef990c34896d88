// What a crash, an absence and a restart do to calls in progress: conversations survive the server, and the server
// survives the switch.
//
//   node tests/e2e/recovery.mjs [--switch simulator|freeswitch]
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

// Causes of originates that end before a channel is made.
const NO_CHANNEL = ["INVALID_GATEWAY", "GATEWAY_DOWN", "COMMAND_FAILED"];
const AGENTS = [
  { username: "zhao.min", display_name: "赵敏", extension: "1901", phone_mode: "off_hook" },
  { username: "sun.yue", display_name: "孙悦", extension: "1903", phone_mode: "on_hook" },
];
/** Customers who stay until the agent hangs up: enough for every part of the story. */
const STAYING = Array.from({ length: 30 }, (_, index) => `139123${String(40 + index).padStart(3, "0")}31`);
/** From ready to a conversation. */
const CALL_MS_MAX = 40_000;
/** The longest wait between two attempts to reach the switch is 15 s. */
const RECONNECT_MS_MAX = 40_000;
const PER_CALL_MS = 1_000;

const kind = option("switch", ["simulator", "freeswitch"]);

await runTest(`recovery (${kind})`, async (test) => {
  const port = await freePort();
  const phoneSwitch = await prepareSwitch(test, kind, port);
  const server = Server.prepare(test, "data", port, phoneSwitch);
  test.onFailure = () => console.log(`the end of the server's log:\n${server.tail()}`);
  const story = { test, server, phoneSwitch, admin: server.api() };
  await startWithoutSwitch(story);
  await wrongPassword(story);
  await switchComes(story);
  await serverCrashes(story);
  await customerLeavesMeanwhile(story);
  await serverStopsInOrder(story);
  await switchCrashes(story);
});

/** The server is there first: it runs, says what is missing, and no customer is dialled. */
async function startWithoutSwitch(story) {
  const { test, server, admin } = story;
  await test.step("a server whose switch cannot be reached starts and says so", async () => {
    const first = await server.start();
    await admin.logInFirst(first.username, first.password, ADMIN_PASSWORD);
    const health = await server.health();
    assert.deepEqual([health.code, health.status, health.switch, health.database], [200, "down", "down", "ok"]);
  });
  await test.step("a centre can be set up meanwhile", async () => {
    const gateway = await makeTrunk(admin, story.phoneSwitch.carrier);
    story.agents = await Promise.all(AGENTS.map((account) => Agent.make(admin, server.api(), account)));
    const { list_id, rows_imported } = await importList(admin, "恢复名单", [["姓名", "电话"], ...STAYING.map((number, index) => [`客户${index + 1}`, number])]);
    assert.equal(rows_imported, STAYING.length);
    const agents = story.agents.map((agent) => agent.id);
    story.campaign = await makeCampaign(admin, { name: "恢复", list_id, gateway_id: gateway.id, mode: "progressive", drop_cap_permille: 0, max_attempts: 5, retry_minutes: 1, agents });
    await admin.post(`/campaigns/${story.campaign.id}/start`);
    const [disposition] = await admin.all("/dispositions");
    story.disposition = disposition.id;
  });
  await test.step("agents who are ready wait, with the reason, and nobody is dialled", async () => {
    for (const agent of story.agents) {
      await agent.startShift();
      const desk = await agent.desk();
      assert.deepEqual([desk.agent.state, desk.agent.reason], ["unreachable", "switch_down"]);
    }
    assert.deepEqual(await admin.all("/calls"), []);
  });
}

/** A wrong password is no reason to give up either. */
async function wrongPassword(story) {
  const { test, server, phoneSwitch } = story;
  await test.step("a switch with another password is not used, and the server runs on", async () => {
    const right = phoneSwitch.eslPassword;
    phoneSwitch.eslPassword = "another-password";
    await phoneSwitch.start();
    await eventually("the log says why", () => server.log.join("").includes("does not accept the Event Socket password"), RECONNECT_MS_MAX);
    const health = await server.health();
    assert.deepEqual([health.code, health.switch], [200, "down"]);
    assert.deepEqual(await story.admin.all("/calls"), []);
    assert.doesNotMatch(server.log.join(""), new RegExp(`${right}|another-password`), "no password in the log");
    await phoneSwitch.stop();
    phoneSwitch.eslPassword = right;
  });
}

/** The switch comes, and dialling goes on by itself. */
async function switchComes(story) {
  const { test, server, phoneSwitch, agents } = story;
  await test.step("when the switch is there, agents are rung and customers dialled without anybody's doing", async () => {
    await phoneSwitch.start();
    await phoneSwitch.connectPhones(agents);
    await server.switchIs("ok", RECONNECT_MS_MAX);
    story.talks = await Promise.all(agents.map((agent) => reachedAgain(agent)));
  });
}

/**
 * A conversation, after the switch was away. The desk phones come to the switch a moment later than the server does:
 * an agent whose phone was rung before that gets ready once more, as a person would.
 */
async function reachedAgain(agent) {
  const late = ["phone_not_registered", "phone_no_answer"];
  await agent.deskWhen("is no longer waiting for the switch", async ({ agent: live }) => {
    if (late.includes(live.reason)) await agent.api.post("/desk/ready");
    return live.state === "talking";
  }, RECONNECT_MS_MAX);
  return agent.nextConversation(CALL_MS_MAX);
}

function counted(server) {
  return countEvents(server.events());
}

/** The legs of a call, from the switch's events. */
function legsOf(server, call) {
  const { customer_leg, agent_leg } = counted(server).calls[call.call_id];
  return [customer_leg, agent_leg];
}

async function assertAlive(phoneSwitch, legs, when) {
  for (const leg of legs) assert.ok(await phoneSwitch.hasLeg(leg), `leg ${leg} lives ${when}`);
}

/** Both hang up and say what it was; the finished call as the ledger has it. */
async function finish(story, agent, call) {
  await agent.hangUp();
  await agent.dispose(call.call_id, story.disposition, "谈完");
  return ended(story, call);
}

function ended(story, call) {
  return eventually("the call has its end in the ledger", async () => {
    const found = await story.admin.get(`/calls/${call.call_id}`);
    return found.ended_at && found;
  });
}

/** The recordings of a call on disk. */
function filesOf(server, call) {
  const folder = join(server.data, "recordings");
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => basename(entry.name).startsWith(call.call_id)).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function startAgain(story) {
  const { server, agents, admin } = story;
  assert.equal(await server.start(), null, "not a first start");
  await admin.logIn("admin", ADMIN_PASSWORD);
  await Promise.all(agents.map((agent) => agent.signInAgain()));
  await server.switchIs("ok");
}

/** The server dies in the middle of conversations. */
async function serverCrashes(story) {
  const { test, server, phoneSwitch, agents } = story;
  const legs = story.talks.map((call) => legsOf(server, call));
  await test.step("a server that is killed leaves the conversations alone", async () => {
    await assertAlive(phoneSwitch, legs.flat(), "before");
    await server.kill();
    await assertAlive(phoneSwitch, legs.flat(), "without the server");
  });
  await test.step("started again it has the same conversations with the same agents", async () => {
    await startAgain(story);
    for (const [index, agent] of agents.entries()) {
      const call = story.talks[index];
      const desk = await agent.deskWhen("talks as before", ({ agent: live, call: now }) => live.state === "talking" && now?.call_id === call.call_id);
      assert.deepEqual([desk.call.customer.id, desk.call.connected_at], [call.customer.id, call.connected_at]);
      assert.equal(desk.agent.phone_up, true);
    }
    await assertAlive(phoneSwitch, legs.flat(), "after the restart");
  });
  await test.step("they end properly: one record each, with agent and full talk time", async () => {
    for (const [index, agent] of agents.entries()) {
      const call = story.talks[index];
      const record = await finish(story, agent, call);
      assert.deepEqual([record.result, record.agent_id, record.ended_by, record.note], ["answered", agent.id, "agent", "谈完"]);
      assert.ok(Math.abs(Date.parse(record.ended_at) - Date.parse(call.connected_at) - record.talk_ms) <= PER_CALL_MS, `${record.talk_ms} ms of talk`);
      const same = (await story.admin.all("/calls")).filter((each) => each.number === call.number);
      assert.equal(same.length, 1, "one record");
      story.talks[index] = { ...call, record };
    }
  });
  await test.check("each has one recording, of the whole conversation", async () => {
    for (const call of story.talks) {
      const files = filesOf(server, call);
      assert.equal(files.length, 1, files.join("\n"));
      const wav = await eventually("the file is closed", () => {
        const wav = readWav(readFileSync(files[0]));
        return wav.ms > 0 && wav;
      });
      assert.ok(Math.abs(wav.ms - call.record.talk_ms) <= PER_CALL_MS, `${wav.ms} ms of sound, ${call.record.talk_ms} ms of talk`);
      const recording = await eventually("the recording is in the ledger", async () => {
        return (await story.admin.get(`/calls/${call.record.id}`)).recording_id;
      });
      const audio = await story.admin.send("GET", `/recordings/${recording}/audio`);
      assert.equal(audio.status, 200);
    }
  });
  await test.step("the agents work on, on the phone leg that was up all the time", async () => {
    story.before = legs;
    story.talks = await Promise.all(agents.map((agent) => agent.nextConversation(CALL_MS_MAX)));
    const [[, agentLeg]] = legs;
    assert.equal(legsOf(server, story.talks[0])[1], agentLeg, "the off-hook phone was not rung again");
  });
}

/** A customer hangs up while nobody is there to notice. */
async function customerLeavesMeanwhile(story) {
  const { test, server, phoneSwitch, agents } = story;
  await test.step("a conversation that ends while the server is away is ended in the ledger", async () => {
    const [first, second] = story.talks;
    const [customerLeg] = legsOf(server, first);
    await server.kill();
    await phoneSwitch.api(`uuid_kill ${customerLeg} NORMAL_CLEARING`);
    await eventually("the customer is gone", async () => !(await phoneSwitch.hasLeg(customerLeg)));
    await startAgain(story);
    const record = await ended(story, first);
    assert.deepEqual([record.result, record.agent_id], ["answered", agents[0].id]);
    assert.ok(record.talk_ms >= 0 && record.talk_ms <= Date.parse(record.ended_at) - Date.parse(record.started_at), `${record.talk_ms} ms of talk`);
    assert.equal((await story.admin.all("/calls")).filter((each) => each.id === first.call_id).length, 1);
    // The other conversation went on.
    await agents[1].deskWhen("talks as before", ({ agent, call }) => agent.state === "talking" && call?.call_id === second.call_id);
    await finish(story, agents[1], second);
  });
  await test.step("and its agent gets the next one", async () => {
    const { agent, call } = await agents[0].desk();
    if (agent.state === "wrap_up") await agents[0].dispose(call.call_id, story.disposition, "客户已挂断");
    story.talks = await Promise.all(agents.map((agent) => agent.nextConversation(CALL_MS_MAX)));
  });
}

/** An update: stop and start in order. */
async function serverStopsInOrder(story) {
  const { test, server, phoneSwitch, agents } = story;
  await test.step("a server that is stopped and started in order keeps conversations too", async () => {
    const legs = story.talks.flatMap((call) => legsOf(server, call));
    assert.equal(await server.stop(), 0);
    await assertAlive(phoneSwitch, legs, "without the server");
    await startAgain(story);
    for (const [index, agent] of agents.entries()) {
      await agent.deskWhen("talks as before", ({ agent: live, call }) => live.state === "talking" && call?.call_id === story.talks[index].call_id);
    }
    await assertAlive(phoneSwitch, legs, "after the restart");
  });
}

/** The switch dies in the middle of conversations, and comes again. */
async function switchCrashes(story) {
  const { test, server, phoneSwitch, agents } = story;
  const before = story.talks;
  await test.step("a switch that dies is noticed at once, and nobody is dialled", async () => {
    await phoneSwitch.kill();
    phoneSwitch.hangUpPhones();
    await server.switchIs("down");
    const running = await story.admin.get(`/campaigns/${story.campaign.id}`);
    assert.equal(running.state, "running", "the campaign waits");
  });
  await test.step("when it is back the lost conversations are ended, with a cause that says so", async () => {
    await phoneSwitch.start();
    await server.switchIs("ok", RECONNECT_MS_MAX);
    for (const [index, call] of before.entries()) {
      const record = await ended(story, call);
      assert.deepEqual([record.result, record.agent_id, record.ended_by, record.hangup_cause], ["answered", agents[index].id, "switch", "SWITCH_LOST"]);
    }
  });
  await test.step("the agents are rung again and talk with the next customers", async () => {
    story.talks = await Promise.all(agents.map(async (agent, index) => {
      const lost = before[index].call_id;
      const { agent: live, call } = await agent.desk();
      if (live.state === "wrap_up" && call?.call_id === lost) await agent.dispose(lost, story.disposition, "线路中断");
      return reachedAgain(agent);
    }));
    for (const [index, call] of story.talks.entries()) {
      assert.notEqual(call.call_id, before[index].call_id);
      await assertAlive(phoneSwitch, legsOf(server, call), "on the new switch");
    }
  });
  await test.check("every call has one record and one end, and no number was dialled twice at once", async () => {
    await story.admin.post(`/campaigns/${story.campaign.id}/pause`);
    for (const [index, agent] of agents.entries()) {
      await finish(story, agent, story.talks[index]);
      await agent.endShift();
    }
    const calls = await eventually("every call is over", async () => {
      const calls = await story.admin.all("/calls");
      return calls.every((call) => call.ended_at) && calls;
    }, CALL_MS_MAX);
    assert.deepEqual(calls.filter((call) => call.hangup_cause === "CHAN_NOT_IMPLEMENTED"), [], "a switch that is starting is waited for");
    // An attempt over a gateway that is not there yet has a record, and no channel that an event could tell of.
    const onSwitch = calls.filter((call) => !NO_CHANNEL.includes(call.hangup_cause));
    assert.deepEqual(Object.keys(counted(server).calls).sort(), onSwitch.map((call) => call.id).sort(), "every attempt on the switch is in the ledger");
    for (const number of STAYING) {
      const spans = calls.filter((call) => call.number === number).map((call) => [Date.parse(call.started_at), Date.parse(call.ended_at)]).sort((a, b) => a[0] - b[0]);
      for (let index = 1; index < spans.length; index += 1) assert.ok(spans[index][0] >= spans[index - 1][1], `${number} was dialled twice at once`);
    }
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log.join(""), /panicked|NOT WRITTEN/);
  });
}

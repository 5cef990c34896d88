// A disk that is too full for recordings: calls go on without, everybody is told, and recordings come back by themselves.
//
//   node tests/e2e/disk.mjs
//
// In: the program under test (see server.mjs). Out: see lib.mjs. The disk is a small one in memory; where none can be
// mounted, the limit is more than any disk has, and coming back is skipped.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ADMIN_PASSWORD, Agent, importList, makeCampaign, makeTrunk } from "./centre.mjs";
import { eventually, freePort, runTest } from "./lib.mjs";
import { Server } from "./server.mjs";
import { prepareSwitch } from "./switches.mjs";

const CALL_MS_MAX = 40_000;
const MIB = 1024 * 1024;
const DISK_MIB = 64;
const LIMIT_MIB = 32;
const MORE_THAN_ANY_DISK_MIB = 2 ** 40;

await runTest("disk", async (test) => {
  const port = await freePort();
  const phoneSwitch = await prepareSwitch(test, "simulator", port);
  await phoneSwitch.start();
  const server = Server.prepare(test, "data", port, phoneSwitch);
  test.onFailure = () => console.log(`the end of the server's log:\n${server.tail()}`);
  const disk = mountSmallDisk(test);
  server.environment.TRUNKLINE__RECORDINGS_FREE_MIB_MIN = String(disk ? LIMIT_MIB : MORE_THAN_ANY_DISK_MIB);
  if (disk) {
    server.environment.TRUNKLINE__RECORDINGS_DIR = disk;
    writeFileSync(join(disk, "filler"), Buffer.alloc((DISK_MIB - LIMIT_MIB + 4) * MIB));
  }
  const admin = server.api();
  const first = await server.start();
  await admin.logInFirst(first.username, first.password, ADMIN_PASSWORD);
  await fullDisk(test, server);
  const talk = await centre(admin, server);
  await test.step("a call is connected all the same, and the ledger says why it has no recording", async () => {
    const record = await talk();
    assert.deepEqual([record.result, record.recording_id ?? null, record.unrecorded_reason], ["answered", null, "disk_full"]);
  });
  if (!disk) {
    test.skip("that recordings come back: no disk can be mounted here");
    return;
  }
  await test.step("with room again, recordings come back by themselves", async () => {
    rmSync(join(disk, "filler"));
    await eventually("every part is there", async () => (await server.health()).status === "ok");
    // The one that was going on is recorded from then on, the next from its beginning.
    const [first, second] = [await talk(), await talk()];
    assert.ok(first.recording_id && second.recording_id, "both are recorded");
    assert.equal(second.unrecorded_reason ?? null, null);
  });
  assert.equal(await server.stop(), 0);
});

/** A disk of its own, gone at the end; null where it may not be mounted. */
function mountSmallDisk(test) {
  const folder = join(test.folder(), "disk");
  mkdirSync(folder);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MIB}m`, "tmpfs", folder]);
  if (mounted.status !== 0) return null;
  const unmount = () => spawnSync("umount", ["-l", folder]);
  process.once("exit", unmount);
  test.atEnd(async () => unmount());
  return folder;
}

async function fullDisk(test, server) {
  await test.step("health and the metrics say that nothing is recorded, and that the rest works", async () => {
    await eventually("recordings are down", async () => (await server.health()).recordings === "down");
    await server.switchIs("ok");
    const health = await server.health();
    assert.deepEqual([health.code, health.status, health.database], [200, "down", "ok"]);
    const metrics = await (await fetch(`${server.address}/metrics`)).text();
    assert.match(metrics, /^recordings_stopped 1$/m);
    assert.match(metrics, /^recordings_free_bytes \d+/m);
  });
}

/** One agent at work; what talks with the next customer and gives the ledger's record of it. */
async function centre(admin, server) {
  const gateway = await makeTrunk(admin, "127.0.0.1:5080");
  const account = { username: "zhao.min", display_name: "赵敏", extension: "1901", phone_mode: "off_hook" };
  const agent = await Agent.make(admin, server.api(), account);
  const rows = Array.from({ length: 4 }, (_, index) => [`客户${index + 1}`, `1391230${40 + index}31`]);
  const { list_id } = await importList(admin, "磁盘名单", [["姓名", "电话"], ...rows]);
  const campaign = await makeCampaign(admin, { name: "磁盘", list_id, gateway_id: gateway.id, mode: "progressive", agents: [agent.id] });
  await admin.post(`/campaigns/${campaign.id}/start`);
  const [disposition] = await admin.all("/dispositions");
  await agent.startShift();
  return async () => {
    const call = await agent.nextConversation(CALL_MS_MAX);
    // Long enough for the switch to say that it records, if it does.
    await agent.deskWhen("has talked a second", () => Date.now() - Date.parse(call.connected_at) > 1_000);
    await agent.hangUp();
    await agent.dispose(call.call_id, disposition.id, "谈完");
    return eventually("the call has its end in the ledger", async () => {
      const found = await admin.get(`/calls/${call.call_id}`);
      return found.ended_at && found;
    });
  };
}

// Preview dialling, as an agent and those who run the campaign see it: the settings appear with the mode, the lead is on
// the desk before anything is dialled, it is skipped with a reason by keyboard, the next is dialled, and the lead keeps
// what was said.
//
// In: tests/data/leads.xlsx, 24 customers whose numbers say what they do when called.

import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually, journey } from "./lib.mjs";

const LEADS = join(import.meta.dirname, "../data/leads.xlsx");
const PASSWORD_GIVEN = "Given-Once-2026";
const PASSWORD = "Preview-Desk-2026";
const CHIEF = { username: "preview.chief", display_name: "何主管", extension: "1930", role: "administrator" };
const AGENT = { username: "preview.agent", display_name: "冯预览", extension: "1931", role: "agent" };
const CAMPAIGN = "重点客户预览";
const NOTE = "下月再联系";

await journey("preview", async ({ step, newPerson, api, logIns }) => {
  const server = api();
  const own = api();
  let chief;
  let agent;
  let campaign;
  let skipped;

  await step("there are accounts, a trunk, and leads", async () => {
    const given = logIns().get("admin");
    await server.logIn("admin", given);
    await server.call("POST", "/auth/password", { current: given, new: PASSWORD });
    await server.logIn("admin", PASSWORD);
    await server.call("POST", "/gateways", { name: "trunk", proxy: "127.0.0.1:5080", register: false, caller_id: "02160000001", enabled: true });
    for (const account of [CHIEF, AGENT]) {
      account.id = (await server.call("POST", "/users", { ...account, password: PASSWORD_GIVEN, phone_mode: "off_hook" })).id;
    }
    chief = await newPerson(CHIEF.username);
    await chief.signInFirst(CHIEF.username, PASSWORD_GIVEN, PASSWORD);
    await chief.open("名单导入");
    await chief.page.locator("input[type=file]").setInputFiles(LEADS);
    await chief.field("名单名称").fill("重点名单");
    await chief.button("开始导入").click();
    await chief.page.getByText("已完成").first().waitFor();
  });

  await step("the settings of the mode appear with it", async () => {
    await chief.button("用此名单新建任务").click();
    await chief.field("名称").fill(CAMPAIGN);
    assert.equal(await chief.page.getByText("预览时长", { exact: true }).isVisible(), false);
    await chief.choose("拨号方式", "预览式外呼");
    await chief.field("预览时长").fill("300");
    await chief.field("可连续跳过").fill("1");
    await chief.field("跳过后间隔").fill("30");
  });

  await step("the campaign is saved and started", async () => {
    await chief.choose("线路", "trunk");
    await chief.field("主叫号码").fill("02160000001");
    await chief.field("振铃时长").fill("15");
    for (const window of [2, 1]) await chief.button(`删除时段 ${window}`).click();
    await chief.button("添加时段").click();
    await chief.button("每天").click();
    await chief.choose("接听坐席", AGENT.display_name);
    await chief.page.keyboard.press("Escape");
    await chief.button("保存").click();
    await chief.page.getByRole("heading", { level: 1, name: CAMPAIGN }).waitFor();
    [campaign] = (await server.call("GET", "/campaigns")).items;
    assert.deepEqual([campaign.mode, campaign.preview], ["preview", { seconds: 300, timeout: "skip", skips_max: 1, skip_minutes: 30 }]);
    await chief.button("启动").click();
    await chief.page.getByText("运行中").first().waitFor();
  });

  await step("an agent who is ready sees a lead, and nothing is dialled", async () => {
    agent = await newPerson(AGENT.username);
    await agent.signInFirst(AGENT.username, PASSWORD_GIVEN, PASSWORD);
    await own.logIn(AGENT.username, PASSWORD);
    await agent.open("坐席工作台");
    await agent.button("签入").click();
    await agent.button("签出").waitFor();
    await agent.button("就绪").click();
    await agent.page.getByText("预览名单").waitFor();
    const { preview } = await own.call("GET", "/desk");
    skipped = preview;
    const shown = await agent.shown();
    for (const words of ["预览中", preview.customer.name, CAMPAIGN, "超时后退回名单，并暂停接听", "还可连续跳过 1 个"]) {
      assert.ok(shown.includes(words), `${words} in ${shown}`);
    }
    await agent.page.getByRole("progressbar", { name: "剩余预览时间" }).waitFor();
    assert.deepEqual((await server.call("GET", "/calls")).items, []);
    await picture(agent, "preview-lead");
  });

  await step("who watches sees that they look at a lead", async () => {
    await chief.open("实时监控");
    await chief.page.getByText("预览中").first().waitFor();
  });

  await step("they skip it by keyboard, with a reason and a word", async () => {
    assert.equal(await agent.button("跳过").isEnabled(), false, "a reason comes first");
    await agent.page.keyboard.press("Alt+5");
    assert.equal(await agent.button("跳过").isEnabled(), false, "and another one is said");
    await agent.page.getByLabel("补充说明").fill(NOTE);
    await agent.page.keyboard.press("Alt+s");
    await eventually("the next lead", async () => {
      const { preview } = await own.call("GET", "/desk");
      return preview && preview.lead_id !== skipped.lead_id && (await agent.shown()).includes(preview.customer.name);
    });
    await agent.page.getByText("还可连续跳过 0 个").waitFor();
    assert.equal(await agent.page.getByRole("radio").first().isEnabled(), false, "no second in a row");
  });

  await step("they dial the next by keyboard, and it is a call like any other", async () => {
    const { preview } = await own.call("GET", "/desk");
    await agent.page.keyboard.press("Alt+d");
    const call = await eventually("the attempt", async () => (await server.call("GET", "/calls")).items.find((each) => each.customer_id === preview.customer.id));
    assert.equal(call.campaign_id, campaign.id);
    await eventually("the customer, or the next lead", async () => /当前通话|预览名单/.test(await agent.shown()));
  });

  await step("the lead keeps who skipped it and why", async () => {
    const path = `/campaigns/${campaign.id}/leads/${skipped.lead_id}/history`;
    const { previews } = await server.call("GET", path);
    assert.deepEqual([previews[0].end, previews[0].reason, previews[0].note, previews[0].agent_name], ["skipped", "other", NOTE, AGENT.display_name]);
    await chief.page.goto(`${chief.address}/customers/${skipped.customer.id}`);
    await chief.page.getByText(NOTE).waitFor();
    assert.ok((await chief.shown()).includes("已跳过"), "on the customer's page");
  });

  await step("the desk speaks English", async () => {
    await agent.button("English").click();
    await agent.page.getByText(/Previewing|Ringing|Talking|Wrap-up/).first().waitFor();
    await picture(agent, "preview-english");
  });
});

/** A picture for people, where one is wanted. */
async function picture(person, name) {
  const folder = process.env.TRUNKLINE_TEST_PICTURES;
  if (folder) await person.picture(folder, name);
}

// One call through three hands, as its people see it: an agent holds the customer, asks a colleague, hands the call
// over, while a supervisor listens. The API arranges accounts, a list of one customer and a campaign before.

import assert from "node:assert/strict";
import { eventually, journey } from "./lib.mjs";

const PASSWORD_GIVEN = "Given-Once-2026";
const PASSWORD = "Call-Control-2026";
const ZHAO = { username: "control.zhao", display_name: "赵敏", extension: "1911", role: "agent" };
const QIAN = { username: "control.qian", display_name: "钱进", extension: "1912", role: "agent" };
const CHIEF = { username: "control.chief", display_name: "周班长", extension: "1910", role: "administrator" };
/** Answers, and stays until somebody hangs up. */
const CUSTOMER = { name: "陈客户", number: "13912345640" };
const NOTE = "客户想谈价格";
const CALL_MS_MAX = 60_000;

await journey("call control", async ({ step, newPerson, api, logIns }) => {
  const server = api();
  let zhao;
  let qian;
  let chief;

  await step("there are accounts, a customer who stays on the line, and a campaign", async () => {
    const given = logIns().get("admin");
    assert.ok(given, "the server's line names the administrator's password");
    await server.logIn("admin", given);
    await server.call("POST", "/auth/password", { current: given, new: PASSWORD });
    await server.logIn("admin", PASSWORD);
    const gateway = await server.call("POST", "/gateways", { name: "trunk", proxy: "127.0.0.1:5080", register: false, caller_id: "02160000001", enabled: true });
    for (const account of [ZHAO, QIAN, CHIEF]) {
      account.id = (await server.call("POST", "/users", { ...account, password: PASSWORD_GIVEN, phone_mode: "off_hook" })).id;
    }
    const list = await listOf(server, `姓名,电话\n${CUSTOMER.name},${CUSTOMER.number}\n`);
    const campaign = await server.call("POST", "/campaigns", {
      name: "通话控制", list_id: list, gateway_id: gateway.id, mode: "progressive", agents: [ZHAO.id], times: { windows: [{ days: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], from: "00:00", to: "24:00" }], called: null },
    });
    await server.call("POST", `/campaigns/${campaign.id}/start`);
  });

  await step("the colleague is ready first, then the agent", async () => {
    qian = await atDesk(newPerson, QIAN);
    await eventually("the colleague is ready", async () => (await qian.shown()).includes("等待来电分配"));
    zhao = await atDesk(newPerson, ZHAO);
  });

  await step("the agent talks with the customer", async () => {
    await zhao.page.getByText("当前通话").waitFor({ timeout: CALL_MS_MAX });
    await eventually("the conversation", async () => zhao.button("保持").isEnabled(), CALL_MS_MAX);
    assert.ok((await zhao.shown()).includes(CUSTOMER.name), "the customer's name");
  });

  await step("the customer is put on hold and taken back", async () => {
    await zhao.button("保持").click();
    await zhao.page.getByText("客户保持中").first().waitFor();
    await zhao.button("取回").click();
    await zhao.button("保持").waitFor();
    await eventually("the talk goes on", async () => !(await zhao.shown()).includes("客户保持中"));
  });

  await step("the agent is silent and heard again, and sends keys", async () => {
    await zhao.button("静音").click();
    await zhao.page.getByText("已静音").waitFor();
    await zhao.button("取消静音").click();
    await zhao.page.getByText("已静音").waitFor({ state: "detached" });
    await zhao.button("拨号盘").click();
    await zhao.page.keyboard.type("12#");
    const sent = zhao.page.getByLabel("已发送");
    await eventually("all keys are shown", async () => (await sent.inputValue()) === "12#");
    await zhao.page.keyboard.press("Escape");
    await zhao.page.getByRole("heading", { level: 1 }).click();
  });

  await step("the recording is paused and goes on", async () => {
    const pause = zhao.button("暂停录音");
    await eventually("the recording runs and no key is under way", async () => pause.isEnabled());
    await pause.click();
    await zhao.page.getByText("录音已暂停").waitFor();
    await zhao.button("恢复录音").click();
    await zhao.page.getByText("录音已暂停").waitFor({ state: "detached" });
  });

  await step("a colleague is asked, with a note, while the customer hears music", async () => {
    await zhao.button("转接 / 咨询").click();
    const dialog = zhao.page.getByRole("dialog");
    await dialog.getByLabel("按姓名、分机或班组搜索").fill(QIAN.extension);
    await dialog.getByText(QIAN.display_name).click();
    await dialog.getByLabel("留言").fill(NOTE);
    await dialog.getByRole("button", { name: /^咨\s?询$/ }).click();
    await zhao.page.getByText(`正在与 ${QIAN.display_name} 通话，客户在听音乐`).waitFor();
    for (const words of [`来自 ${ZHAO.display_name} 的转接`, NOTE, CUSTOMER.name]) {
      await qian.page.getByText(words).first().waitFor();
    }
    await qian.page.getByText(`您正在与 ${ZHAO.display_name} 通话，客户在听音乐`).waitFor();
  });

  await step("they swap, and all three talk", async () => {
    await zhao.button("切换通话").click();
    await zhao.page.getByText(`正在与客户通话，${QIAN.display_name} 在听音乐`).waitFor();
    await zhao.button("三方通话").click();
    await zhao.page.getByText("三方通话中").first().waitFor();
  });

  await step("a supervisor listens, and the agent is told nothing of it", async () => {
    chief = await newPerson(CHIEF.username);
    await chief.signInFirst(CHIEF.username, PASSWORD_GIVEN, PASSWORD);
    await chief.open("实时监控");
    await supervise(chief, ZHAO, "监听");
    await chief.page.getByText(`正在监听 ${ZHAO.display_name} 的通话`).waitFor();
    assert.doesNotMatch(await zhao.page.locator("body").innerText(), /监听|周班长/);
  });

  await step("the supervisor whispers to the agent", async () => {
    const bar = chief.page.getByRole("region", { name: "监听中" });
    await bar.getByText("密语", { exact: true }).click();
    await chief.page.getByText(`正在密语 ${ZHAO.display_name} 的通话`).waitFor();
  });

  await step("the call is handed over, and the supervisor's ear goes with it", async () => {
    await zhao.button("完成转接").click();
    await zhao.page.getByText("话后处理").first().waitFor();
    await eventually("the colleague has the customer", async () => qian.button("保持").isEnabled());
    await chief.page.getByText(`正在密语 ${QIAN.display_name} 的通话`).waitFor();
  });

  await step("the supervisor stops", async () => {
    await chief.button("结束监听").click();
    await chief.page.getByRole("region", { name: "监听中" }).waitFor({ state: "detached" });
  });

  await step("the call ends, and both save what came of it", async () => {
    await qian.button("挂断").click();
    await qian.page.getByText("话后处理").first().waitFor();
    for (const agent of [zhao, qian]) {
      await agent.page.getByRole("radio", { name: /^意向/ }).check();
      await agent.button("保存并结束").click();
      await agent.page.getByText("处理结果已保存").waitFor();
    }
  });

  await step("a supervisor puts an agent on a break", async () => {
    await supervise(chief, QIAN, "置状态", "暂停 · 会议");
    await qian.page.getByText("会议").first().waitFor();
  });
});

/** Imports a list and gives its id. */
async function listOf(server, csv) {
  const form = new FormData();
  form.append("file", new Blob([csv], { type: "text/csv" }), "control.csv");
  const response = await fetch(`${server.address}/api/v1/imports`, { method: "POST", headers: { authorization: `Bearer ${server.token}` }, body: form });
  assert.ok(response.ok, await response.clone().text());
  const { id } = await response.json();
  await server.call("POST", `/imports/${id}/start`, { list_name: "一位客户", mapping: { name: 0, phones: [1], city: null, remark: null }, duplicates: "skip" });
  return eventually("the list is there", async () => (await server.call("GET", "/lists")).items[0]?.id);
}

/** An agent signs in, starts the shift and is ready. */
async function atDesk(newPerson, account) {
  const agent = await newPerson(account.username);
  await agent.signInFirst(account.username, PASSWORD_GIVEN, PASSWORD);
  await agent.open("坐席工作台");
  await agent.button("签入").click();
  await agent.button("签出").waitFor();
  await agent.button("就绪").click();
  return agent;
}

/** Chooses an entry of an agent's menu on the live floor, through its sub-menus. */
async function supervise(person, account, ...path) {
  await person.page.getByRole("button", { name: `对 ${account.display_name} 的操作` }).click();
  for (const text of path) await person.page.getByRole("menuitem").filter({ hasText: text }).last().click();
}

// A service queue, as its people see it: a calendar that is closed today and a queue that follows it are made in forms,
// a caller leaves a message that is heard and handled, and another keeps their place, is called back by an agent and
// becomes a customer.

import assert from "node:assert/strict";
import { eventually, journey } from "./lib.mjs";

const PASSWORD_GIVEN = "Given-Once-2026";
const PASSWORD = "Service-Queue-2026";
const CHIEF = { username: "queue.chief", display_name: "周班长", extension: "1920", role: "administrator" };
const AGENT = { username: "queue.agent", display_name: "李服务", extension: "1921", role: "agent" };
const CALENDAR = "盘点日历";
const HOLIDAY = "年度盘点";
const QUEUE = "售后服务";
const SERVICE = "02160000009";
/** Both answer when they are called, and stay. */
const LEAVES_MESSAGE = "13912345641";
const CALLED_BACK = "13912345642";
const NEW_CUSTOMER = "陈新客";
const MESSAGE_MS = 4_000;
const CALL_MS_MAX = 60_000;

await journey("queues", async ({ step, newPerson, api, logIns, customers }) => {
  const server = api();
  let chief;
  let agent;

  await step("there are accounts and a trunk", async () => {
    const given = logIns().get("admin");
    await server.logIn("admin", given);
    await server.call("POST", "/auth/password", { current: given, new: PASSWORD });
    await server.logIn("admin", PASSWORD);
    await server.call("POST", "/gateways", { name: "trunk", proxy: "127.0.0.1:5080", register: false, caller_id: SERVICE, enabled: true });
    for (const account of [CHIEF, AGENT]) {
      account.id = (await server.call("POST", "/users", { ...account, password: PASSWORD_GIVEN, phone_mode: "off_hook" })).id;
    }
    chief = await newPerson(CHIEF.username);
    await chief.signInFirst(CHIEF.username, PASSWORD_GIVEN, PASSWORD);
  });

  await step("a calendar whose periods overlap is refused where it is wrong", async () => {
    await chief.open("呼入队列");
    await chief.button("日历").click();
    await chief.page.getByText("还没有日历").waitFor();
    await chief.button("新建日历").click();
    await chief.field("名称").fill(CALENDAR);
    await chief.button("周一 添加时段").click();
    await chief.button("保存").click();
    await chief.page.locator(".ant-form-item-explain-error").first().waitFor();
    assert.match(await chief.page.locator(".ant-form-item-explain-error").first().innerText(), /重叠|overlap/i);
    await chief.button("周一 删除时段").last().click();
  });

  await step("with today as a holiday it is made, and closed", async () => {
    await chief.button("添加节假日或调休").click();
    await chief.page.getByLabel("名称，如：国庆节").fill(HOLIDAY);
    await chief.button("保存").click();
    await chief.page.getByRole("row").filter({ hasText: CALENDAR }).waitFor();
    const row = await chief.page.getByRole("row").filter({ hasText: CALENDAR }).innerText();
    for (const words of ["非工作时间", HOLIDAY, "休息", "09:00"]) assert.ok(row.includes(words), `${words} in ${row}`);
  });

  await step("a queue follows it, and takes messages meanwhile", async () => {
    await chief.open("呼入队列");
    await chief.button("新建队列").click();
    await chief.field("名称").fill(QUEUE);
    await chief.field("呼入号码").fill(SERVICE);
    await chief.page.keyboard.press("Enter");
    await chief.choose("营业日历", CALENDAR);
    await chief.choose("非工作时间来电", "语音留言");
    await chief.choose("线路", "trunk");
    await chief.button("保存").click();
    const row = chief.page.getByRole("row").filter({ hasText: QUEUE });
    await row.getByText("非工作时间").first().waitFor();
  });

  await step("a caller leaves a message", async () => {
    customers(`call ${SERVICE} ${LEAVES_MESSAGE}`);
    const call = await eventually("the call is in the ledger", async () => (await server.call("GET", "/calls")).items.find((each) => each.number === LEAVES_MESSAGE), CALL_MS_MAX);
    await chief.open("实时监控");
    await chief.page.getByText("留言中").first().waitFor();
    await eventually("they have spoken for a while", () => Date.now() - Date.parse(call.started_at) > MESSAGE_MS);
    customers(`hang-up ${LEAVES_MESSAGE}`);
  });

  await step("it is new, can be heard, and is marked as handled", async () => {
    await chief.open("语音留言");
    const row = chief.page.getByRole("row").filter({ hasText: "139 1234 5641" });
    await row.waitFor({ timeout: CALL_MS_MAX });
    await row.getByText(QUEUE).waitFor();
    await row.getByRole("button", { name: "展开行" }).click();
    await chief.page.getByRole("button", { name: "播放" }).waitFor();
    await chief.button("标记为已处理").click();
    await chief.page.getByText("没有留言").waitFor();
    await chief.page.getByText("已处理", { exact: true }).click();
    await row.waitFor();
    assert.ok((await row.innerText()).includes(CHIEF.display_name), "who handled it");
  });

  await step("the queue is open all day, and offers to call back", async () => {
    await chief.open("呼入队列");
    await chief.page.getByRole("row").filter({ hasText: QUEUE }).getByRole("link", { name: "编辑" }).click();
    await chief.choose("营业日历", "全天开放");
    await chief.page.locator(".ant-form-item").filter({ has: chief.page.getByText("提供预约回拨", { exact: true }) }).getByRole("switch").click();
    await chief.field("等待多久后提示").fill("0");
    await chief.choose("按键", "5");
    await chief.choose("坐席", AGENT.display_name);
    await chief.page.keyboard.press("Escape");
    await chief.button("保存").click();
    await chief.page.getByRole("row").filter({ hasText: QUEUE }).getByText("开放", { exact: true }).waitFor();
    const [queue] = (await server.call("GET", "/queues")).items;
    assert.deepEqual([queue.callback_offer, queue.callback_key, queue.hours.kind, queue.members.length], [true, "5", "always", 1]);
  });

  await step("a caller presses the key, and keeps their place", async () => {
    customers(`call ${SERVICE} ${CALLED_BACK}`);
    await chief.open("实时监控");
    await chief.page.getByText("139 1234 5642").first().waitFor();
    await eventually("the key is taken", async () => {
      customers(`press ${CALLED_BACK} 5`);
      return (await chief.shown()).includes("1 位待回拨");
    });
  });

  await step("an agent who is ready talks with them: they were called back", async () => {
    agent = await newPerson(AGENT.username);
    await agent.signInFirst(AGENT.username, PASSWORD_GIVEN, PASSWORD);
    await agent.open("坐席工作台");
    await agent.button("签入").click();
    await agent.button("签出").waitFor();
    await agent.button("就绪").click();
    await eventually("the conversation", async () => agent.button("保持").isEnabled(), CALL_MS_MAX);
    const desk = await agent.shown();
    for (const words of ["139 1234 5642", "回拨：客户从", "未知客户", "江苏 常州 · 中国移动"]) assert.ok(desk.includes(words), `${words} in ${desk}`);
  });

  await step("nobody knows them: they become a customer while they talk", async () => {
    await agent.button("添加客户").click();
    assert.equal(await agent.field("城市").inputValue(), "常州", "filled in from the number");
    await agent.field("姓名").fill(NEW_CUSTOMER);
    await agent.button("添加客户").click();
    await agent.page.getByRole("heading", { name: NEW_CUSTOMER }).waitFor();
    assert.ok(await agent.button("保持").isEnabled(), "the conversation goes on");
    const [found] = (await server.call("GET", `/customers?q=${CALLED_BACK}`)).items;
    assert.deepEqual([found.name, found.city, found.owner_id], [NEW_CUSTOMER, "常州", AGENT.id]);
    await agent.button("挂断").click();
    await agent.page.getByText("话后处理").first().waitFor();
    assert.ok(!(await chief.shown()).includes("位待回拨"), "the place is used up");
  });
});

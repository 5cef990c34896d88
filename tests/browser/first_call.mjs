// The first day of a centre, as its people see it: leads come in from Excel, a campaign starts, agents take calls at
// their desks, and the figures are there. Everything in the console; the API only arranges accounts before and is
// compared with the screen after.
//
// In: tests/data/leads.xlsx, 24 customers whose numbers say what they do when called, and one row without a number.

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { eventually, journey } from "./lib.mjs";

const LEADS = join(import.meta.dirname, "../data/leads.xlsx");
const LEADS_GOOD = 24;
const CAMPAIGN = "首日外呼";
/** The administrator gives agents the first one; each sets the second. */
const PASSWORD_GIVEN = "Given-Once-2026";
const PASSWORD = "First-Day-2026";
const AGENTS = [
  { username: "first.zhao", display_name: "赵敏", extension: "1901" },
  { username: "first.qian", display_name: "钱进", extension: "1902" },
  { username: "first.sun", display_name: "孙悦", extension: "1903" },
];
const NOTE = "首日测试：已确认意向";
/** Dialling, ringing and the pace of the first careful calls. */
const CALL_MS_MAX = 90_000;

await journey("first call", async ({ step, newPerson, api, logIns }) => {
  let admin;
  let server;
  let agents;
  let served; // The agent who gets the first call that is looked at closely, and its customer.

  await step("the administrator signs in and sets a password", async () => {
    const password = logIns().get("admin");
    assert.ok(password, `the server's line names the administrator's password; it names ${[...logIns().keys()]}`);
    admin = await newPerson("admin");
    await admin.signInFirst("admin", password, PASSWORD);
    server = api();
    await server.logIn("admin", PASSWORD);
  });

  await step("a wrong password is refused in words", async () => {
    const stranger = await newPerson("stranger");
    await stranger.fillSignIn("admin", "not-the-password");
    await stranger.page.getByRole("alert").first().waitFor();
    assert.equal(await stranger.menu().count(), 0);
  });

  await step("there is a trunk, and three agents have accounts", async () => {
    await server.call("POST", "/gateways", { name: "trunk", proxy: "127.0.0.1:5080", register: false, caller_id: "02160000001", enabled: true });
    for (const agent of AGENTS) {
      agent.id = (await server.call("POST", "/users", { ...agent, password: PASSWORD_GIVEN, role: "agent", phone_mode: "off_hook" })).id;
    }
  });

  await step("the Excel file is read and its columns are recognised", async () => {
    await admin.open("名单导入");
    await admin.page.locator("input[type=file]").setInputFiles(LEADS);
    await admin.page.getByRole("heading", { level: 1, name: basename(LEADS) }).waitFor();
    const head = admin.page.locator("thead").first();
    for (const words of ["客户姓名姓名", "手机号码电话", "城市城市", "备注备注"]) {
      assert.ok((await head.innerText()).replaceAll(/\s/g, "").includes(words), words);
    }
    await admin.page.getByText("王秀英").waitFor();
  });

  await step("the import keeps the good rows and gives the bad one back with a reason", async () => {
    await admin.field("名单名称").fill("首日名单");
    await admin.button("开始导入").click();
    await admin.page.getByText("已完成").first().waitFor();
    const entry = (await server.call("GET", "/imports")).items.find((each) => each.file_name === basename(LEADS));
    assert.deepEqual([entry.rows_total, entry.rows_imported, entry.rows_rejected], [LEADS_GOOD + 1, LEADS_GOOD, 1]);
    const rejected = await admin.download(() => admin.button("下载被拒绝的行").click());
    assertXlsx(rejected);
  });

  await step("a campaign with three agents is made and started", async () => {
    await admin.button("用此名单新建任务").click();
    await admin.field("名称").fill(CAMPAIGN);
    await admin.choose("名单", "首日名单");
    await admin.choose("线路", "trunk");
    await admin.field("主叫号码").fill("02160000001");
    await admin.field("振铃时长").fill("15");
    // One window on every day, whatever day the test runs on; it is about noon there.
    for (const window of [2, 1]) await admin.button(`删除时段 ${window}`).click();
    await admin.button("添加时段").click();
    await admin.button("每天").click();
    await admin.page.getByText("09:00–18:00").nth(6).waitFor();
    // Nor whatever hour it is where the customers live.
    await admin.page.getByRole("switch", { name: "按被叫号码所在时区限制" }).click();
    for (const agent of AGENTS) await admin.choose("接听坐席", agent.display_name);
    await admin.page.keyboard.press("Escape");
    await admin.field("话术").fill("您好，这里是客户服务中心。");
    await admin.button("保存").click();
    await admin.page.getByRole("heading", { level: 1, name: CAMPAIGN }).waitFor();
    await admin.button("启动").click();
    await admin.page.getByText("运行中").first().waitFor();
  });

  await step("the agents sign in at their desks and are ready", async () => {
    agents = await Promise.all(AGENTS.map(async (account) => {
      const agent = await newPerson(account.username);
      await agent.signInFirst(account.username, PASSWORD_GIVEN, PASSWORD);
      await agent.open("坐席工作台");
      await agent.button("签入").click();
      await agent.button("签出").waitFor();
      await agent.button("就绪").click();
      return agent;
    }));
    // Ready, or already beyond: the first calls may be quicker than this line.
    await eventually("every desk phone is up", async () => {
      const texts = await Promise.all(agents.map((agent) => agent.shown()));
      return texts.every((text) => text.includes("话机已接通"));
    });
  });

  await step("a call comes with the customer on the screen", async () => {
    const agent = await Promise.any(agents.map(async (each) => {
      await each.page.getByText("当前通话").waitFor({ timeout: CALL_MS_MAX });
      return each;
    }));
    const desk = await deskOf(server, agent);
    served = { agent, customer: desk.call.customer };
    const shown = await agent.shown();
    assert.ok(shown.includes(desk.call.customer.name), "the customer's name");
    assert.ok(shown.includes("您好，这里是客户服务中心。"), "the script");
    assert.ok(shown.includes(CAMPAIGN), "the campaign");
  });

  await step("one click keeps the number from being called again, and can be undone", async () => {
    const { agent } = served;
    await agent.button("加入勿扰名单").click();
    await agent.button("撤销").click();
    await agent.page.getByText("已撤销").first().waitFor();
    await agent.button("加入勿扰名单").click();
    await agent.button("撤销").waitFor();
  });

  await step("the call ends and the agent saves what came of it", async () => {
    const { page } = served.agent;
    // Some customers hang up by themselves, others leave it to the agent, who talks long enough for a recording.
    await eventually("three seconds of talk, or the customer's good-bye", async () => {
      const shown = await served.agent.shown();
      return shown.includes("话后处理") || /通话时长[\s:：]*0:0[3-9]/.test(shown);
    }, CALL_MS_MAX);
    const hangUp = served.agent.button("挂断");
    if (await hangUp.isEnabled()) await hangUp.click().catch(() => {});
    await page.getByText("话后处理").first().waitFor();
    await page.getByRole("radio", { name: /^意向/ }).check();
    await page.getByLabel("备注", { exact: true }).fill(NOTE);
    await served.agent.button("保存并结束").click();
    await page.getByText("处理结果已保存").waitFor();
  });

  await step("the campaign is paused and every agent finishes and signs out", async () => {
    await admin.button("暂停").click();
    await admin.page.getByText("已暂停").first().waitFor();
    await Promise.all(agents.map(finish));
  });

  await step("the list of calls has the call with its result and disposition", async () => {
    await admin.open("通话记录");
    await admin.page.getByPlaceholder("客户姓名或号码").fill(served.customer.name);
    await admin.page.keyboard.press("Enter");
    const row = admin.page.getByRole("row").filter({ hasText: served.customer.name }).first();
    await row.waitFor();
    const shown = await row.innerText();
    for (const words of [CAMPAIGN, "接通", "意向"]) assert.ok(shown.includes(words), `${words} in ${shown}`);
    await row.click();
    await admin.page.getByText(NOTE).first().waitFor();
  });

  await step("its recording plays", async () => {
    const play = admin.page.getByRole("button", { name: "播放", exact: true });
    await play.click();
    const clock = admin.page.getByText(/^\d+:\d\d(:\d\d)? \/ \d+:\d\d/);
    await eventually("the recording has a length and runs", async () => {
      const [at, length] = ((await clock.textContent()) ?? "").split(" / ").map(seconds);
      return length > 0 && at > 0;
    });
  });

  await step("the report counts what the ledger has", async () => {
    await admin.page.keyboard.press("Escape");
    await admin.open("坐席日报");
    const report = await server.call("GET", "/reports/agents");
    for (const account of AGENTS) {
      const row = report.rows.find((each) => each.agent_id === account.id);
      assert.ok(row, `${account.display_name} is in the report`);
      const calls = (await server.call("GET", `/calls?agent_id=${account.id}&limit=200`)).items;
      const talked = calls.filter((call) => call.connected_at !== null);
      assert.equal(row.talk_ms, talked.reduce((sum, call) => sum + call.talk_ms, 0), `talk time of ${account.display_name}`);
      const shown = admin.page.getByRole("row").filter({ hasText: account.display_name }).first();
      await shown.waitFor();
    }
  });

  await step("the report comes as an Excel file", async () => {
    assertXlsx(await admin.download(() => admin.button("导出 Excel").click()));
  });

  await step("the do-not-call list has the number with its source, and takes another", async () => {
    await admin.open("勿扰名单");
    await admin.page.getByRole("row").filter({ hasText: "通话一键添加" }).filter({ hasText: "全系统" }).first().waitFor();
    await admin.button("添加号码").click();
    const dialog = admin.page.getByRole("dialog");
    await dialog.getByLabel("号码", { exact: true }).fill("0755-88888888");
    await dialog.getByLabel("原因", { exact: true }).fill("来信要求");
    await dialog.getByRole("button", { name: "添加号码" }).click();
    const row = admin.page.getByRole("row").filter({ hasText: "来信要求" });
    await row.waitFor();
    await row.getByRole("button", { name: /移\s?除/ }).click();
    await admin.page.getByRole("dialog").getByRole("button", { name: /移\s?除/ }).click();
    await row.waitFor({ state: "detached" });
    await admin.page.goto(`${new URL(admin.page.url()).origin}/customers/${served.customer.id}`);
    await admin.page.getByText("勿扰 · 全系统").first().waitFor();
    await admin.page.getByText("拒绝联系").first().waitFor();
    await admin.page.getByText("撤回此前表示").first().waitFor();
  });

  await step("the console speaks English", async () => {
    await admin.button("English").click();
    await admin.menu().getByRole("link", { name: "Campaigns", exact: true }).waitFor();
    await admin.open("Do-not-call list");
    await admin.page.getByRole("row").filter({ hasText: "One click on a call" }).filter({ hasText: "Whole system" }).first().waitFor();
  });
});

/** The desk of an agent as the server sees it. */
async function deskOf(server, agent) {
  const account = AGENTS.find((each) => each.username === agent.name);
  const own = new server.constructor(server.address);
  await own.logIn(account.username, PASSWORD);
  return own.call("GET", "/desk");
}

/** Ends whatever the agent has: hangs up, saves the disposition, signs out. */
async function finish(agent) {
  const { page } = agent;
  await eventually(`${agent.name} is signed out`, async () => {
    if (await agent.button("签入").isVisible()) return true;
    const press = async (text) => {
      const button = agent.button(text);
      if (!(await button.isVisible()) || !(await button.isEnabled())) return false;
      // The page may move on between the look and the click; then the next round looks again.
      return button.click({ timeout: 1_000 }).then(() => true, () => false);
    };
    if (await press("挂断")) return false;
    const radio = page.getByRole("radio", { name: /^无效/ });
    if (await radio.isVisible()) await radio.check({ timeout: 1_000 }).catch(() => {});
    if (await press("保存并结束")) return false;
    await press("签出");
    return false;
  }, 60_000);
}

/** An .xlsx file is a zip archive with a workbook in it. */
function assertXlsx({ name, bytes }) {
  assert.match(name, /\.xlsx$/);
  assert.equal(bytes.subarray(0, 2).toString("latin1"), "PK");
  assert.ok(bytes.includes("xl/workbook.xml"), "a workbook");
}

/** `1:05` or `1:02:03` in seconds. */
function seconds(text) {
  return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

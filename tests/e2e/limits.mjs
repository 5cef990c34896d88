// What must be refused: starts that cannot work end with one line that says what to do, and files that are no list of
// customers are refused as a whole, with the reason, while the server goes on working.
//
//   node tests/e2e/limits.mjs
//
// In: the program under test (see server.mjs). Out: see lib.mjs.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { ADMIN_PASSWORD, finishedImport, upload } from "./centre.mjs";
import { freePort, runTest } from "./lib.mjs";
import { Server, runProgram } from "./server.mjs";
import { prepareSwitch } from "./switches.mjs";
import { formula, parts, workbook, zip } from "./xlsx.mjs";

const HEADER = ["姓名", "电话", "城市"];

await runTest("limits", async (test) => {
  await badStarts(test);
  await badUploads(test);
});

/** Starts that cannot work. */
async function badStarts(test) {
  const folder = (name) => {
    const path = join(test.folder(), name);
    mkdirSync(path);
    return path;
  };
  const serve = async (data, more = [], environment = {}) =>
    runProgram(test, ["serve", "--data", data, "--listen", `127.0.0.1:${await freePort()}`, "--freeswitch", "127.0.0.1:1", ...more], environment);
  // Warnings may come before; the reason is the one line that is no log line.
  const assertRefused = ({ code, out, err }, ...words) => {
    assert.notEqual(code, 0, `it must not start; it printed ${out}`);
    assert.notEqual(code, null, `it must end by itself; it printed ${out}${err}`);
    assert.equal(out, "", "nothing on standard output");
    const said = err.split("\n").filter((line) => line !== "" && !/^\d{4}-\d\d-\d\dT/.test(line));
    assert.equal(said.length, 1, `one line: ${err}`);
    for (const word of words) assert.match(said[0], word);
  };

  await test.check("a port that is taken is named, with what to do", async () => {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address();
    const ended = await runProgram(test, ["serve", "--data", folder("taken"), "--listen", `127.0.0.1:${port}`, "--freeswitch", "127.0.0.1:1"]);
    listener.close();
    assertRefused(ended, new RegExp(`127\\.0\\.0\\.1:${port}`), /--listen/);
  });
  await test.check("a data folder that is a file is refused", async () => {
    const file = join(test.folder(), "file");
    writeFileSync(file, "");
    assertRefused(await serve(file), /data folder/, /--data/);
  });
  await test.check("a data folder below a file is refused", async () => {
    const file = join(test.folder(), "file2");
    writeFileSync(file, "");
    assertRefused(await serve(join(file, "data")), /data folder/, /--data/);
  });
  if (process.getuid() === 0) {
    test.skip("a data folder without rights: everything is allowed to root");
  } else {
    await test.check("a data folder without rights is refused", async () => {
      const closed = folder("closed");
      chmodSync(closed, 0o500);
      assertRefused(await serve(closed), /closed/);
    });
  }
  await test.check("a file that is no database is refused, and left as it is", async () => {
    const data = folder("no-database");
    const file = join(data, "trunkline.db");
    const content = "this is certainly not a database, whatever its name says. ".repeat(200);
    writeFileSync(file, content);
    assertRefused(await serve(data), /trunkline\.db/, /not a SQLite database/);
    assert.equal(readFileSync(file, "utf8"), content);
  });
  await test.check("a damaged database is refused", async () => {
    const data = folder("damaged");
    await runProgram(test, ["migrate", "--data", data]);
    const file = join(data, "trunkline.db");
    const bytes = readFileSync(file);
    // What is only in the journal would heal it.
    rmSync(`${file}-wal`, { force: true });
    // The first page holds the header and the table of tables: the header stays, the rest is overwritten.
    bytes.fill(0xa5, 100, 4_096);
    writeFileSync(file, bytes);
    assertRefused(await serve(data), /trunkline\.db/, /damaged|not a SQLite database/);
  });
  await test.check("a database that another program has locked is refused", async () => {
    const data = folder("locked");
    await runProgram(test, ["migrate", "--data", data]);
    const unlock = await lockDatabase(test, join(data, "trunkline.db"));
    const ended = await serve(data);
    unlock();
    assertRefused(ended, /trunkline\.db/, /locked by another program/);
  });
  await test.check("a database of a kind that is not supported is refused", async () => {
    assertRefused(await serve(folder("mysql"), ["--database", "mysql://db/calls"]), /sqlite:\/\/ or postgres:\/\//);
  });
  await test.check("a PostgreSQL that does not answer is named, without its password", async () => {
    const ended = await serve(folder("postgres"), ["--database", `postgres://me:hush@127.0.0.1:${await freePort()}/calls`]);
    assertRefused(ended, /me@127\.0\.0\.1/, /cannot be reached/);
    assert.doesNotMatch(ended.err + ended.out, /hush/);
  });
  for (const [name, text, word] of [
    ["an unknown key", 'listne = "127.0.0.1:1"', /listne/],
    ["an unknown key of the switch", '[switch]\npasswort = "x"', /passwort/],
    ["a value of the wrong kind", '[switch]\nport = "many"', /port/],
    ["a file that is no TOML", "listen = [", /trunkline\.toml/],
    ["a zone that does not exist", 'zone = "Asia/Shanghigh"', /Shanghigh/],
    ["a country that does not exist", 'home_country = "XX"', /XX/],
  ]) {
    await test.check(`a configuration with ${name} is refused by name`, async () => {
      const data = folder(`config ${name}`);
      writeFileSync(join(data, "trunkline.toml"), `${text}\n`);
      assertRefused(await serve(data), word);
    });
  }
  await test.check("a misspelt environment variable is refused by name", async () => {
    assertRefused(await serve(folder("environment"), [], { TRUNKLINE__SWICH__HOST: "localhost" }), /swich/i);
  });
  await test.check("a configuration file that is named must exist", async () => {
    assertRefused(await serve(folder("named"), ["--config", join(test.folder(), "none.toml")]), /none\.toml/);
  });
  await test.check("an address of the switch that is none is refused", async () => {
    const ended = await runProgram(test, ["serve", "--data", folder("address"), "--freeswitch", "127.0.0.1:port"]);
    assertRefused(ended, /HOST:PORT/);
  });
  await test.check("the simulator does not start without a password", async () => {
    assertRefused(await runProgram(test, ["simulator"]), /TRUNKLINE_ESL_PASSWORD/);
  });
  await test.check("secrets that are damaged are not replaced", async () => {
    const data = folder("secrets");
    writeFileSync(join(data, "secrets.json"), "{");
    assertRefused(await serve(data), /secrets\.json/, /damaged/);
    assert.equal(readFileSync(join(data, "secrets.json"), "utf8"), "{");
  });
}

/** Holds the write lock on a SQLite file until the function returned is called. */
async function lockDatabase(test, file) {
  const { spawn } = await import("node:child_process");
  const script = 'import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\nc.execute("PRAGMA locking_mode=EXCLUSIVE")\nc.execute("BEGIN EXCLUSIVE")\nprint("locked", flush=True)\nsys.stdin.read()';
  const child = test.watch(spawn("python3", ["-c", script, file], { stdio: ["pipe", "pipe", "inherit"] }));
  const [line] = await once(child.stdout, "data");
  assert.equal(line.toString().trim(), "locked");
  return () => child.stdin.end();
}

/** Files that are no list of customers. */
async function badUploads(test) {
  const port = await freePort();
  // Not started: people can work in the console without the switch.
  const phoneSwitch = await prepareSwitch(test, "simulator", port);
  const server = Server.prepare(test, "uploads", port, phoneSwitch);
  test.onFailure = () => console.log(`the end of the server's log:\n${server.tail()}`);
  const admin = server.api();
  await test.step("a server starts without a switch, and says so", async () => {
    const first = await server.start();
    await admin.logInFirst(first.username, first.password, ADMIN_PASSWORD);
    const health = await server.health();
    assert.deepEqual([health.code, health.status, health.switch, health.database], [200, "down", "down", "ok"]);
  });

  // Unpacks to more than the table of texts may have: 270 MB in 270 kB.
  const bomb = [...parts("<worksheet/>"), ["xl/sharedStrings.xml", Buffer.alloc(270 * 1024 * 1024, 0x20)]];
  for (const [name, bytes, words] of [
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), /not a spreadsheet/],
    ["a PDF", Buffer.from("%PDF-1.7\n..."), /not a spreadsheet/],
    ["a zip without a workbook", zip([["readme.txt", "hello"]]), /not a spreadsheet/],
    ["an old .xls file", Buffer.from("d0cf11e0a1b11ae1".padEnd(1_024, "0"), "hex"), /\.xls/],
    ["half a workbook", workbook([HEADER, ["张三", "13912340001", "上海"]]).subarray(0, 400), /damaged|not a spreadsheet/],
    ["a text in another encoding", Buffer.from([0xd0, 0xd5, 0xc3, 0xfb, 0x2c, 0xb5, 0xe7, 0x0a]), /UTF-8/],
    ["an empty file", Buffer.alloc(0), /empty/],
    ["a workbook without rows", workbook([]), /empty/],
    ["headers without customers", workbook([HEADER]), /no customers/],
    ["a column without a header", workbook([["姓名", null], ["张三", "13912340001"]]), /column B has no header/],
    ["the same header twice", workbook([["姓名", "电话", "电话"], ["张三", "13912340001", "13912340002"]]), /电话/],
    ["a zip bomb", zip(bomb), /unpacks to more/],
    ["a workbook of thousands of parts", zip([...parts("<worksheet/>"), ...Array.from({ length: 2_100 }, (_, index) => [`x/${index}`, "x"])]), /too many/],
    ["more columns than allowed", workbook([Array.from({ length: 120 }, (_, index) => `c${index}`), ["x"]]), /columns/],
  ]) {
    await test.check(`${name} is refused in words`, async () => {
      await assert.rejects(upload(admin, bytes, "名单.xlsx"), (error) => {
        assert.deepEqual([error.status, error.problem.code, error.problem.fields?.[0]?.field], [400, "invalid", "file"], error.message);
        assert.match(error.problem.detail, words);
        assert.ok(error.problem.request_id, "the request can be found in the log");
        return true;
      });
    });
  }
  await test.check("a file larger than allowed is refused while it arrives", async () => {
    await assert.rejects(upload(admin, Buffer.alloc(66 * 1024 * 1024, 0x61), "big.csv"), (error) => error.status === 413 || error.cause?.code === "EPIPE" || error.cause?.code === "ECONNRESET");
  });
  await test.check("a request without a file is refused", async () => {
    const form = new FormData();
    form.append("other", "x");
    await assert.rejects(admin.post("/imports", form), { status: 400 });
    await assert.rejects(admin.post("/imports", { file: "x" }), (error) => error.status >= 400 && error.status < 500);
  });

  await test.check("columns that are missing or chosen twice are refused", async () => {
    const { id } = await upload(admin, workbook([HEADER, ["张三", "13912340001", "上海"]]), "名单.xlsx");
    const start = (mapping) => admin.post(`/imports/${id}/start`, { list_name: "名单", mapping, duplicates: "skip" });
    for (const mapping of [{ name: 0, phones: [] }, { name: 0, phones: [7] }, { name: 1, phones: [1] }]) {
      await assert.rejects(start(mapping), (error) => error.status === 400 && error.problem.fields[0].field === "mapping");
    }
    await assert.rejects(start({ phones: [1] }), { status: 400 });
    assert.equal((await admin.get(`/imports/${id}`)).state, "uploaded", "and nothing was imported");
  });
  await test.check("formulas count by their saved result, and without one spoil their row alone", async () => {
    const rows = [
      HEADER,
      ["甲", formula('"139"&"12340001"', "13912340001"), "上海"],
      ["乙", formula("A1"), "上海"],
      ["丙", formula("1/0", "#DIV/0!"), "上海"],
      ["丁", "13912340004", "上海"],
      // A formula as a text stays a text: nobody's program runs it when the list is exported.
      ["=cmd|' /C calc'!A0", "13912340005", "上海"],
    ];
    const { id } = await upload(admin, workbook(rows), "公式.xlsx");
    await admin.post(`/imports/${id}/start`, { list_name: "公式", mapping: { name: 0, phones: [1], city: 2 }, duplicates: "skip" });
    const done = await finishedImport(admin, id);
    assert.deepEqual([done.state, done.rows_imported, done.rows_rejected], ["done", 3, 2], done.error);
  });
  await test.check("duplicates within a file and with what is there are merged or rejected", async () => {
    const rows = [HEADER, ["甲", "13912340001", "北京"], ["戊", "+86 139 1234 0006", "北京"], ["己", "13912340006", "北京"]];
    const { id } = await upload(admin, workbook(rows), "重复.xlsx");
    await admin.post(`/imports/${id}/start`, { list_name: "重复", mapping: { name: 0, phones: [1], city: 2 }, duplicates: "merge" });
    const done = await finishedImport(admin, id);
    assert.equal(done.state, "done", done.error);
    assert.equal(done.rows_imported, 1, "one new customer");
    assert.equal(done.rows_merged + done.rows_rejected, 2);
    assert.equal((await admin.all("/customers?q=13912340001")).length, 1, "a number belongs to one customer");
    assert.equal((await admin.all("/customers?q=13912340006")).length, 1);
  });
  await test.check("an import cannot be started twice", async () => {
    const [done] = await admin.all("/imports");
    await assert.rejects(admin.post(`/imports/${done.id}/start`, { list_name: "x", mapping: { name: 0, phones: [1] }, duplicates: "skip" }), { status: 409 });
  });
  await test.check("wrong log-ins are refused alike, and other requests without a session", async () => {
    for (const [username, password] of [["admin", "wrong"], ["nobody", "wrong"], ["", ""]]) {
      await assert.rejects(server.api().logIn(username, password), { status: 401 });
    }
    for (const path of ["/users", "/calls", "/customers", "/desk", "/reports/agents", "/imports", "/auth/me"]) {
      await assert.rejects(server.api().get(path), (error) => error.status === 401 && error.problem.code === "unauthenticated", path);
    }
  });
  await test.check("the switch's side wants the switch's secret", async () => {
    for (const authorization of [undefined, "Basic eDp5", `Basic ${Buffer.from("freeswitch:wrong").toString("base64")}`]) {
      for (const path of ["/switch/directory", "/switch/cdr"]) {
        const response = await fetch(`${server.address}${path}`, { method: "POST", headers: authorization ? { authorization } : {}, body: "purpose=gateways" });
        assert.equal(response.status, 401, path);
      }
    }
  });
  await test.check("after all this the server works", async () => {
    assert.equal((await server.health()).database, "ok");
    assert.ok(server.running);
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log.join(""), /panicked/);
  });
}

// Reads what a suite printed and says how many tests passed, failed and were skipped, and why.
//
// In: `node tally.mjs KIND LOG EXIT_CODE`, where KIND says who wrote the log:
//   cargo    `cargo test -- --show-output`: sums its `test result:` lines. A test that cannot run here prints
//            `skipped: why`, or past the harness `skipped: its::name: why`, and returns; libtest counts it as
//            passed, so it is moved to the skipped ones.
//   node     `node --test --test-reporter=tap`: its summary.
//   vitest   the file of vitest's JSON reporter.
//   plain    a program of ours: its last line `N passed, N failed, N skipped`, and its `skipped: why` lines.
// Out: a first line `passed failed skipped`, then one line per reason for skipping.
// A suite that ended badly without a failed test (it did not compile, it crashed) counts as one failure: nothing
// that went wrong may add up to zero.

import { readFileSync } from "node:fs";

/** Sums the results of every test binary of one `cargo test`. */
export function tallyCargo(log) {
  const counts = { passed: 0, failed: 0, skipped: 0, reasons: [] };
  const why = new Map(); // A test is skipped once, however often it says so.
  let captured = "";
  for (const line of log.split("\n")) {
    const result = line.match(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/);
    const heading = line.match(/^---- (.+) stdout ----$/);
    // Written past the test harness it carries the test's name, and may end a line that another test began.
    const named = line.match(/skipped: (\w+(?:::\w+)+): (.+)$/);
    const plain = line.match(/^skipped: (.+)$/);
    if (result) {
      counts.passed += Number(result[1]);
      counts.failed += Number(result[2]);
      counts.skipped += Number(result[3]);
      if (Number(result[3]) > 0) counts.reasons.push(`${result[3]} marked #[ignore]`);
      captured = "";
    } else if (heading) {
      captured = heading[1];
    } else if (named) {
      why.set(named[1], named[2]);
    } else if (plain && captured) {
      why.set(captured, plain[1]);
    }
  }
  counts.passed -= why.size;
  counts.skipped += why.size;
  counts.reasons.push(...grouped(why));
  return counts;
}

/** One line per reason, with how many tests gave it and the first of them. */
function grouped(why) {
  const byReason = new Map();
  for (const [test, reason] of why) byReason.set(reason, [...(byReason.get(reason) ?? []), test]);
  return [...byReason].map(([reason, tests]) =>
    tests.length === 1 ? `${tests[0]}: ${reason}` : `${tests.length} tests, ${tests[0]} and others: ${reason}`,
  );
}

/** Reads vitest's JSON report. A file that could not be loaded has no tests, yet it failed. */
export function tallyVitest(log) {
  const report = JSON.parse(log);
  const skipped = report.numPendingTests + report.numTodoTests;
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped,
    reasons: skipped > 0 ? [`${skipped} tests are marked as skipped or to do`] : [],
  };
}

/** Reads the summary of node's own test runner. */
export function tallyNode(log) {
  const count = (what) => Number(log.match(new RegExp(`^# ${what} (\\d+)$`, "m"))?.[1] ?? 0);
  const skipped = count("skipped") + count("todo");
  return {
    passed: count("pass"),
    failed: count("fail") + count("cancelled"),
    skipped,
    reasons: skipped > 0 ? [`${skipped} tests are marked as skipped or to do`] : [],
  };
}

/** Reads the closing line of one of our own test programs. */
export function tallyPlain(log) {
  const closing = [...log.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  const [passed, failed, skipped] = closing ? closing.slice(1).map(Number) : [0, 0, 0];
  return { passed, failed, skipped, reasons: [...log.matchAll(/^skipped: (.+)$/gm)].map((match) => match[1]) };
}

/** Nothing that went wrong may add up to zero failures. */
export function withExitCode(counts, code) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function main([kind, file, code]) {
  const readers = { cargo: tallyCargo, node: tallyNode, vitest: tallyVitest, plain: tallyPlain };
  let counts;
  try {
    counts = readers[kind](readFileSync(file, "utf8"));
  } catch (error) {
    console.error(`tally: cannot read ${file}: ${error.message}`);
    counts = { passed: 0, failed: 1, skipped: 0, reasons: [] };
  }
  const { passed, failed, skipped, reasons } = withExitCode(counts, Number(code));
  console.log([`${passed} ${failed} ${skipped}`, ...reasons].join("\n"));
}

if (process.argv[1] === import.meta.filename) main(process.argv.slice(2));

// The closing line of scripts/test is only as good as its adding up: these are its cases.
// In: nothing. Out: node's own test runner, called by scripts/test.

import assert from "node:assert/strict";
import test from "node:test";
import { tallyCargo, tallyNode, tallyPlain, tallyVitest, withExitCode } from "./tally.mjs";

const CARGO = `running 3 tests
test a::works ... ok
test store::postgres ... ok
test b::breaks ... skipped: it::calls::postgres: TRUNKLINE_TEST_POSTGRES is not set
FAILED
test it::calls::postgres ... ok

successes:

---- store::postgres stdout ----
skipped: TRUNKLINE_TEST_POSTGRES is not set
skipped: TRUNKLINE_TEST_POSTGRES is not set

---- a::works stdout ----
a call was skipped: busy

test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

running 1 test
test other ... ok
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
`;

test("cargo's binaries are added up, and a test that says it was skipped is not counted as passed", () => {
  assert.deepEqual(tallyCargo(CARGO), {
    passed: 2,
    failed: 1,
    skipped: 2,
    reasons: ["2 tests, it::calls::postgres and others: TRUNKLINE_TEST_POSTGRES is not set"],
  });
});

test("a build that fails is one failure", () => {
  assert.equal(withExitCode(tallyCargo("error: could not compile `trunkline`\n"), 101).failed, 1);
  assert.equal(withExitCode(tallyCargo(CARGO), 101).failed, 1);
  assert.equal(withExitCode(tallyPlain("5 passed, 0 failed, 0 skipped\n"), 0).failed, 0);
});

test("vitest: a file that cannot be loaded is a failure", () => {
  const report = {
    numPassedTests: 7,
    numFailedTests: 1,
    numPendingTests: 1,
    numTodoTests: 0,
    testResults: [
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: [{}] },
    ],
  };
  const counts = tallyVitest(JSON.stringify(report));
  assert.deepEqual([counts.passed, counts.failed, counts.skipped], [7, 2, 1]);
});

test("a plain program: the last closing line counts, reasons are kept", () => {
  const counts = tallyPlain("skipped: no chromium\n1 passed, 0 failed, 0 skipped\n12 passed, 1 failed, 2 skipped\n");
  assert.deepEqual(counts, { passed: 12, failed: 1, skipped: 2, reasons: ["no chromium"] });
});

test("node's runner: cancelled tests have failed", () => {
  const counts = tallyNode("ok 1 - a\n# tests 6\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n");
  assert.deepEqual([counts.passed, counts.failed, counts.skipped], [2, 2, 2]);
});

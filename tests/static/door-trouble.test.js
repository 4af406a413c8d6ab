// What the door does about an answer that it cannot use: run by `node --test tests/static/`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TROUBLES, troubleOf } from "../../matchmaker/static/door-trouble.js";

const secondsUntil = ({ until }) => Math.round((until - Date.now()) / 1000);

test("each answer has its trouble, and no answer is a connection that is gone", () => {
  const answers = {
    400: "tooOld",
    401: "signedOut",
    403: "barred",
    404: "barred",
    410: "barred",
    413: "tooOld",
    429: "tooMuch",
    500: "ours",
    503: "ours",
  };

  for (const [status, kind] of Object.entries(answers)) assert.equal(troubleOf({ status: Number(status) }, null).kind, kind, status);
  assert.equal(troubleOf(new TypeError("Failed to fetch"), null).kind, "offline");
});

test("where trying again cannot help, it is not tried again", () => {
  for (const status of [400, 401, 403]) assert.equal(troubleOf({ status }, null).until, Infinity);
});

test("a connection that is gone is tried for each time", () => {
  let trouble = null;
  for (let times = 0; times < 5; times++) trouble = troubleOf({}, trouble);

  assert.equal(secondsUntil(trouble), 0);
});

test("where we fail again and again it is tried later and later, within five minutes", () => {
  const waits = [];
  let trouble = null;
  for (let times = 0; times < 6; times++) {
    trouble = troubleOf({ status: 500 }, trouble);
    waits.push(secondsUntil(trouble));
  }

  assert.deepEqual(waits, [20, 40, 80, 160, 300, 300]);
});

test("another trouble is counted from the beginning", () => {
  const failing = troubleOf({ status: 500 }, troubleOf({ status: 500 }, null));

  assert.equal(secondsUntil(troubleOf({ status: 500 }, troubleOf({ status: 401 }, failing))), 20);
});

test("the server says when to come back, or it is a minute", () => {
  assert.equal(secondsUntil(troubleOf({ status: 503, after: 7 }, null)), 7);
  assert.equal(secondsUntil(troubleOf({ status: 429, after: 0 }, null)), 60);
});

test("every trouble is said in words", () => {
  for (const { words } of Object.values(TROUBLES)) assert.match(words, /^[A-Z].*\.$/);
});

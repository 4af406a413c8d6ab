// What can be in the way when the door sends, in words, and whether trying again by itself can help.
const FIRST_WAIT = 20_000; // milliseconds, doubled each time that it fails again
const LONGEST_WAIT = 300_000;

export const TROUBLES = {
  offline: { words: "No connection just now.", helps: true },
  signedOut: { words: "You’re signed out.", helps: false },
  barred: {
    words: "You don’t run this event any more, or it’s gone, so nothing can be sent from here. Ask who runs it, then try again.",
    helps: false,
  },
  tooMuch: { words: "Too much was sent at once. It goes on by itself in a minute or so.", helps: true },
  ours: { words: "Something went wrong on our side. It’s tried again by itself.", helps: true },
  tooOld: { words: "This page is too old to send with. Reload it.", helps: false },
};

function kindOf(status) {
  if (status === undefined) return "offline";
  if (status === 401) return "signedOut";
  if ([403, 404, 410].includes(status)) return "barred";
  if (status === 429) return "tooMuch";
  return status >= 500 ? "ours" : "tooOld";
}

// `status` and `after`, seconds, are the answer's, if there was one; `before` is the trouble that there was already.
export function troubleOf({ status, after }, before) {
  const kind = kindOf(status);
  const failed = before?.kind === kind ? before.failed + 1 : 0;
  const growing = Math.min(FIRST_WAIT * 2 ** failed, LONGEST_WAIT);
  const wait = kind === "offline" ? 0 : after ? after * 1000 : kind === "tooMuch" ? 60_000 : growing;
  return { kind, failed, until: TROUBLES[kind].helps ? Date.now() + wait : Infinity };
}

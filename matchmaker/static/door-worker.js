// Opens the door page without a connection, as it was when it was last opened with one. Nothing else is kept here.
"use strict";
const SHELF = "door";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.waitUntil(keep(event.data)));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const page = request.mode === "navigate";
  if (request.method !== "GET" || !(page || new URL(request.url).pathname.startsWith("/static/"))) return;
  event.respondWith(page ? fresh(request) : kept(request));
});

async function keep(urls) {
  const shelf = await caches.open(SHELF);
  await Promise.all(
    urls.map(async (url) => {
      const answer = await fetch(url);
      if (answer.ok && !answer.redirected) await shelf.put(url, answer);
    }),
  );
}
async function fresh(request) {
  let answered;
  try {
    const answer = await fetch(request);
    if (answer.status >= 500 || answer.status === 429) {
      answered = answer;
      throw new Error("We have no page just now: the one that was kept will do");
    }
    if (answer.ok && !answer.redirected) (await caches.open(SHELF)).put(request, answer.clone());
    return answer;
  } catch (problem) {
    const old = await caches.match(request, { ignoreSearch: true });
    if (old) return old;
    return answered ?? Promise.reject(problem);
  }
}
async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

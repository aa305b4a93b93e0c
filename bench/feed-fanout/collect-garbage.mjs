// Loaded into the web process before it starts, with --expose-gc: tells its memory once all garbage is gone.
process.on("message", (message) => {
  if (message !== "measure-memory") return;
  globalThis.gc();
  globalThis.gc();
  process.send?.({ type: "memory", rssBytes: process.memoryUsage.rss() });
});

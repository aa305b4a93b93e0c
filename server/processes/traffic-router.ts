import { openControlThread } from "./traffic-router/control-thread-handle.ts";

// Both threads load at once: while a lone router is started again nothing is served.
const controlThread = openControlThread();
const { runRouter } = await import("./traffic-router/run-router.ts");
await runRouter(controlThread);

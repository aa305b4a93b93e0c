import { openControlThread } from "./traffic-router/control-thread-handle.ts";
import { standByFlag, untilCalled } from "./traffic-router/stand-by.ts";

// Both threads load at once: while a lone router is started again nothing is served.
const controlThread = openControlThread();
const { runRouter } = await import("./traffic-router/run-router.ts");
if (process.argv.includes(standByFlag)) await untilCalled();
await runRouter(controlThread);

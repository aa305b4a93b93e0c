import { writeFileSync } from "node:fs";
import { createServer } from "node:http";

// Says which release it is. The platform finds it again by its pid file.
const server = createServer((_request, response) => response.end(`release ${process.env.RELEASE}\n`));
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  writeFileSync(process.env.PID_FILE, String(process.pid));
  console.log(`release ${process.env.RELEASE} listens on ${process.env.PORT}`);
});
process.on("SIGTERM", () => server.close(() => process.exit(0)));

import { createApp } from "./app.mjs";
import { readFacts } from "./facts.mjs";

const facts = readFacts(process.env);
const app = createApp(facts);
await app.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? "127.0.0.1");
console.log(
  `release ${facts.release} listens on port ${app.port()} (pool ${facts.pool}, instance ${facts.instance})`,
);

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    console.log(`${signal}: open requests finish, no new ones are taken`);
    await app.close();
    console.log("bye");
    process.exit(0);
  });
}

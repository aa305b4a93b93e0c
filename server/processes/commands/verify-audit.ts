import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { verifyChain } from "#server/services/audit/verify-chain.ts";
import { databaseUrlOf } from "../supervisor/installation-database.ts";

const isHash = (text: string) => /^[0-9a-f]{64}$/.test(text);

/**
 * Exit code 0 where the whole audit log is as it was recorded; 1 where it is not, naming the first entry that does not
 * fit. Parameters are heads that earlier runs printed: a chain that was made anew no longer has them.
 */
export async function verifyAudit(notedHashes: string[]): Promise<number> {
  const strange = notedHashes.find((text) => !isHash(text));
  if (strange !== undefined) {
    console.error(`${strange} is not a hash: give heads as an earlier run printed them.`);
    return 2;
  }
  const url = await databaseUrlOf(loadEnvironment(process.env));
  const client = openDatabase(url, { connections: 1, name: "anytime verify-audit" });
  try {
    const report = await verifyChain(systemContext(client.db, "verify-audit"), { notedHashes });
    console.log(`Entries that fit   ${report.entries}`);
    console.log(`Head               ${report.headHash}`);
    if (report.problem !== null) {
      console.error(`The audit log is NOT intact. ${report.problem}`);
      return 1;
    }
    console.log("The audit log is intact. Note the head elsewhere: `anytime verify-audit <head>` compares.");
    return 0;
  } finally {
    await client.close();
  }
}

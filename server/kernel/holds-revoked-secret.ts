import { sql } from "drizzle-orm";
import { secrets } from "#db/schema/services.ts";
import { pools } from "#db/schema/traffic.ts";

/** Of a pool's row: whether its instances were started with a secret that is revoked by now. */
export const holdsRevokedSecret = sql<boolean>`exists (
  select from jsonb_each_text(${pools.secrets}) as held join ${secrets} on ${secrets.id} = held.value::bigint
  where ${secrets.revokedAt} is not null)`;

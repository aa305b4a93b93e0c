import { bigint, index, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { credentialKinds } from "#server/domain/repository-access.ts";
import { services } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** What opens a private repository: one a service, and those that somebody has begun to set up. */
export const repositoryCredentials = pgTable(
  "repository_credentials",
  {
    id: uuid("id").primaryKey(),
    /** Null until a service uses it: then only who made it can say which, within a day. */
    serviceId: bigint("service_id", { mode: "number" })
      .unique()
      .references(() => services.id, { onDelete: "cascade" }),
    /** It is used for this address and no other. */
    repositoryUrl: text("repository_url").notNull(),
    kind: text("kind", { enum: credentialKinds }).notNull(),
    /** Of a token. */
    username: text("username"),
    /** Of a deploy key, as it is added to the Git server. */
    publicKey: text("public_key"),
    /** The token or the private key; see server/kernel/sealed-value.ts. */
    sealedSecret: text("sealed_secret").notNull(),
    /** `user:3`. */
    madeBy: text("made_by").notNull(),
    madeByName: text("made_by_name").notNull(),
    madeAt: moment("made_at").notNull().defaultNow(),
  },
  (table) => [index("repository_credentials_made").on(table.madeAt)],
);

/** ssh servers whose keys a person has compared and confirmed. */
export const hostKeys = pgTable("host_keys", {
  /** As in known_hosts: `git.example.org`, or `[git.example.org]:2222`. */
  host: text("host").primaryKey(),
  /** `ssh-ed25519 AAAA…`, each. */
  keys: text("keys").array().notNull(),
  confirmedByName: text("confirmed_by_name").notNull(),
  confirmedAt: moment("confirmed_at").notNull().defaultNow(),
});

/**
 * Whether somebody without a session may ever read what stands in a column, decided once for every column that takes
 * free text or JSON. One that is missing here fails the test of leaks: decide, then write it down.
 */
export const privateColumns: Record<string, readonly string[]> = {
  api_tokens: ["name", "token_hash", "start", "services", "last_used_address"],
  artifacts: ["digest"],
  audit_entries: ["actor_name", "actor_address", "action", "subject", "before", "after"],
  channel_messages: ["external_id"],
  channels: ["name", "destination", "recipients", "sealed_secret", "made_by_name", "failure_reason"],
  commit_facts: ["sha", "url", "reported_by_name"],
  configurations: ["variables", "secrets", "made_by_name"],
  deliveries: ["reason"],
  deployments: [
    "sha",
    "subject",
    "author_name",
    "reasons",
    "conditions",
    "override_reason",
    "requested_by_name",
    "cancel_reason",
    "failure_reason",
    "switch_counts",
    "canary_outcome",
  ],
  notes: ["sha", "text", "link_url", "picture_description", "written_by_name"],
  note_pictures: ["body"],
  note_dismissals: ["sha", "dismissed_by_name"],
  ended_sessions: ["session_id"],
  environments: ["slug", "name"],
  error_groups: ["fingerprint", "type", "message", "culprit", "sample"],
  health_reviews: ["outcome", "watched_by_name"],
  host_keys: ["host", "keys", "confirmed_by_name"],
  holds: ["reason", "placed_by_name"],
  // What a person publishes of them is shown by the event of that kind, and by nothing else.
  incident_events: ["by_name", "text", "cause"],
  incident_thanks: ["from_name", "text"],
  incidents: ["title"],
  installation_facts: ["key", "value"],
  instance_output: ["body"],
  instances: ["host", "pid_started_at", "output_file"],
  invitations: ["token_hash", "email"],
  log_chunks: ["body"],
  migration_runs: ["locks"],
  pointers: ["candidate_sticky", "mirror"],
  pools: ["secrets"],
  releases: [
    "sha",
    "subject",
    "author_name",
    "settings_file",
    "artifact_digest",
    "bad_reason",
    "first_artifact_digest",
  ],
  repository_credentials: [
    "repository_url",
    "username",
    "public_key",
    "sealed_secret",
    "made_by",
    "made_by_name",
  ],
  request_counts: ["route"],
  request_hours: ["route"],
  request_minutes: ["route"],
  routers: ["host"],
  secrets: ["name", "sealed_value", "made_by_name", "revoked_by_name"],
  service_environments: [
    "waiting_live_sha",
    "waiting_head_sha",
    "conditions",
    "worker_label",
    "automatic_branch",
    "automation_paused_reason",
    "automation_note",
  ],
  services: [
    "slug",
    "name",
    "team",
    "repository_url",
    "default_branch",
    "settings_path",
    "typed_settings",
    "public_contact",
  ],
  setup_links: ["token_hash"],
  sign_in_failures: ["key"],
  steps: ["detail"],
  subscriptions: ["address", "problem"],
  teams: ["name", "contact"],
  user_identities: ["issuer", "subject"],
  users: ["email", "name", "password_hash"],
  write_up_actions: ["text", "owner_name"],
  write_ups: ["what_happened", "what_helped", "what_we_change", "written_by_name"],
  workers: ["name", "host", "labels", "isolation", "clashed_with"],
};

/** Shown to everybody. */
export const publicColumns: Record<string, readonly string[]> = {};

/** Made by the database from what else stands in the row: a test cannot choose what is in them. */
export const derivedColumns: Record<string, readonly string[]> = {
  audit_entries: ["hash"],
  audit_head: ["hash"],
};

export type Privacy = "private" | "public" | "derived";

/** Null where nobody has decided. */
export function privacyOf(table: string, column: string): Privacy | null {
  if (privateColumns[table]?.includes(column)) return "private";
  if (publicColumns[table]?.includes(column)) return "public";
  return derivedColumns[table]?.includes(column) ? "derived" : null;
}

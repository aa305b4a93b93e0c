/** What the audit log shows: shapes, and actions in words. */

export const actorKinds = ["user", "token", "system"] as const;
export type ActorKind = (typeof actorKinds)[number];

/** What an entry is about, as far as it still can be named and looked at. */
export interface AuditSubject {
  /** As recorded: `deployment:128`. */
  key: string;
  text: string;
  /** The page that it has, if any. */
  page:
    | { name: "service"; slug: string }
    | { name: "deployment"; slug: string; id: number }
    | { name: "workers" }
    | null;
}

export interface AuditEntry {
  id: number;
  /** Place in the chain. */
  sequence: number | null;
  hash: string | null;
  happenedAt: string;
  actorKind: ActorKind;
  actorName: string;
  /** Null for what the system does by itself, and where it was not recorded. */
  actorAddress: string | null;
  action: string;
  subject: AuditSubject;
  /** Whether there is something to compare. */
  hasChange: boolean;
}

/** The same with what was there and what took its place: JSON, or null. */
export interface AuditEntryWithChange extends AuditEntry {
  before: unknown;
  after: unknown;
}

/** The outcome of walking the whole chain once. */
export interface AuditCheck {
  at: string;
  entries: number;
  headHash: string;
  /** Null where the chain is intact. */
  problem: string | null;
}

/** By room and verb. */
const words: Record<string, string> = {
  "broadcast/create-channel": "Made a channel",
  "broadcast/pause-channel": "Paused a channel",
  "broadcast/remove-channel": "Removed a channel",
  "broadcast/reseal": "Sealed stored secrets with a new key",
  "broadcast/resume-channel": "Let a channel go on",
  "broadcast/rotate-signing-secret": "Gave a webhook a new signing secret",
  "broadcast/send-again": "Had messages sent again that were given up",
  "broadcast/try-channel": "Tried a channel",
  "broadcast/update-channel": "Changed a channel",
  "conditions/report-fact": "Reported a fact about a commit",
  "deployments/cancel": "Cancelled a deployment",
  "deployments/fail": "Deployment failed",
  "deployments/finish-cancel": "Deployment ended as cancelled",
  "deployments/forget-worker": "Forgot a worker",
  "deployments/request": "Asked for a deployment",
  "deployments/start-scheduled": "Let a scheduled deployment start",
  "deployments/succeed": "Deployment succeeded",
  "deployments/supersede": "Took a waiting deployment out of the queue for a newer one",
  "health/sign-off": "Said that a release was watched",
  "identity/change-name": "Changed a name",
  "identity/change-password": "Changed a password",
  "identity/change-review-mails": "Changed whether reviews come by mail",
  "identity/change-role": "Changed a role",
  "identity/connect": "Connected an account of an identity provider",
  "identity/create-administrator": "Made an administrator",
  "identity/create-team": "Made a team",
  "identity/create-token": "Made a token",
  "identity/delete-team": "Removed a team",
  "identity/disconnect": "Disconnected an account of an identity provider",
  "identity/end-membership": "Ended a membership",
  "identity/invite": "Invited a member",
  "identity/issue-setup-link": "Issued a setup link",
  "identity/join": "Joined",
  "identity/make-reset-link": "Made a link to set a new password",
  "identity/refuse-without-group": "Refused somebody who is in no group any more",
  "identity/reopen-membership": "Opened a membership again",
  "identity/reset-password": "Set a new password",
  "identity/revoke-invitation": "Revoked an invitation",
  "identity/revoke-token": "Revoked a token",
  "identity/rotate-token": "Rotated a token",
  "identity/set-team-membership": "Changed who is in a team",
  "identity/narrow-token": "Took a deleted service from a token",
  "identity/sign-in": "Signed in",
  "identity/sign-out": "Signed out",
  "identity/sign-out-everywhere": "Signed out everywhere",
  "identity/update-team": "Changed a team",
  "incidents/act": "Led an incident on",
  "incidents/look-at": "Said that they are looking at an incident",
  "incidents/open": "Opened an incident",
  "incidents/publish-update": "Published something about an incident",
  "incidents/save-write-up": "Wrote up an incident",
  "incidents/see-again": "Saw again what an incident is about",
  "incidents/set-change": "Said what an incident came with",
  "incidents/thank": "Said thanks for a recovery",
  "incidents/write-note": "Wrote into the timeline of an incident",
  "pipeline/clear-bad-mark": "Took the mark from a release that was marked as bad",
  "pipeline/mark-bad": "Marked a release as bad",
  "pipeline/clear-artifacts": "Cleared artifacts away that nothing needs any more",
  "pipeline/note-artifact-gone": "Found an artifact missing or damaged",
  "pipeline/record-rebuild": "Built a release again whose artifact was gone",
  "pipeline/record-release": "Made a release",
  "repositories/confirm-host": "Confirmed the host key of a Git server",
  "repositories/drop-unused": "Removed repository access that no service used",
  "repositories/keep-token": "Gave a token for a repository",
  "repositories/make-deploy-key": "Made a deploy key for a repository",
  "repositories/remove-credential": "Removed a service's repository access",
  "repositories/reseal": "Sealed stored secrets with a new key",
  "repositories/use-credential": "Gave a service access to its repository",
  "feed/dismiss-note": "Said that a release changes nothing for users",
  "feed/upload-picture": "Uploaded a picture for a note",
  "feed/write-note": "Wrote what a release brings",
  "services/create-environment": "Made an environment",
  "services/end-hold": "Ended a hold",
  "services/delete": "Deleted a service",
  "services/pause-automation": "Paused automatic deployments",
  "services/place-hold": "Held deployments",
  "services/register": "Registered a service",
  "services/request-removal": "Asked for a service's removal",
  "services/reseal": "Sealed stored secrets with a new key",
  "services/revoke-secret": "Revoked a secret",
  "services/resume-automation": "Resumed automatic deployments",
  "services/set-automation": "Set what is deployed by itself",
  "services/save-configuration": "Made a version of a configuration",
  "services/set-conditions": "Set the conditions of an environment",
  "services/set-publicity": "Said what of a service everybody may read",
  "services/show-environment": "Said whether the public feed shows an environment",
  "services/set-superseding": "Said what a newer commit does to one that waits",
  "services/set-worker-label": "Said which workers take deployments",
  "services/update": "Changed a service",
  "subscriptions/confirm": "Wants the public feed by e-mail",
  "subscriptions/end": "Gets the public feed by e-mail no more",
  "telemetry/replace-key": "Replaced the key that a service tells of itself with",
  "telemetry/show-key": "Was shown the key that a service tells of itself with",
  "traffic/forget-router": "Forgot a router",
  "traffic/switch-pool": "Switched live traffic",
  "traffic/set-mirror": "Set to where traffic is mirrored",
  "traffic/pause": "Paused traffic",
  "traffic/resume": "Let paused traffic go",
  "traffic/give-share": "Gave a release a share of the traffic",
  "traffic/change-share": "Changed a release\u2019s share of the traffic",
  "traffic/end-share": "Ended a release\u2019s share of the traffic",
  "deployments/set-canary-end": "Changed how long a canary lasts",
};

/** Everything that the rooms record. */
export const auditActions = Object.keys(words);

/** `Registered a service`; of an action that another version of the portal recorded, its verb: `Rename team`. */
export function auditActionWords(action: string): string {
  const known = Object.hasOwn(words, action) ? words[action] : undefined;
  if (known !== undefined) return known;
  const verb = (action.split("/").at(-1) ?? action).replaceAll("-", " ");
  return verb.charAt(0).toUpperCase() + verb.slice(1);
}

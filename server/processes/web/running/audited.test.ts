import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operations } from "#server/api/rest/operations.ts";
import { appRouter } from "#server/api/root.ts";
import { fingerprintOf } from "#server/kernel/ssh-keys.ts";
import { pictures } from "#server/services/feed/testing/pictures.ts";
import { issueSetupLink } from "#server/services/identity/issue-setup-link.ts";
import { noSshServer, startSshServer } from "#server/services/pipeline/testing/ssh-server.ts";
import { AuditedAsking } from "./audited-asking.ts";
import { leadThroughIncidents } from "./audited-incidents.ts";
import { password } from "./running-portal.ts";

/**
 * Everything that changes something, asked for once over HTTP: each leaves one entry in the audit log, with who did it
 * and from where. A mutation or an operation that is missing here fails the last test.
 */
const auditing = new AuditedAsking();
const { call, ask, upload, left, sql, tried, standBeside, holdBack, standAlone } = auditing;
const newPassword = "violet kettle on tuesday";
const secrets = [password, newPassword, "$argon2"];

beforeAll(() => auditing.open());
afterAll(() => auditing.portal.stop());

test("one's own account", async () => {
  await call("engineer", "session.changeName", { name: "Grace" });
  expect(await left()).toEqual(["identity/change-name by engineer"]);
  await call("engineer", "session.changeReviewMails", { wanted: false });
  expect(await left()).toEqual(["identity/change-review-mails by Grace"]);
  await call("engineer", "session.changePassword", { currentPassword: password, password: newPassword });
  expect(await left()).toEqual(["identity/change-password by Grace"]);
  const [identity] = await sql()`
    insert into user_identities (user_id, issuer, subject)
    select id, 'https://id.example.org', '1' from users where role = 'engineer' returning id::int`;
  await call("engineer", "session.disconnect", { identityId: identity?.id });
  expect(await left()).toEqual(["identity/disconnect by Grace"]);
  await call("stakeholder", "session.signOutEverywhere");
  expect(await left()).toEqual(["identity/sign-out-everywhere by stakeholder"]);
});

test("members and links", async () => {
  const email = "linus@example.org";
  const first = await call("admin", "members.invite", { email, role: "engineer" });
  expect(await left()).toEqual(["identity/invite by admin"]);
  await call("admin", "members.revokeInvitation", { invitationId: await invitationId() });
  expect(await left()).toEqual(["identity/revoke-invitation by admin"]);
  expect(first.link).toContain("/join#");
  const { link } = await call("admin", "members.invite", { email, role: "engineer" });
  const token = new URL(link).hash.slice(1);
  secrets.push(token);
  await call("stakeholder", "join.read", { token });
  expect(await left()).toEqual([]);
  await call("stakeholder", "join.accept", { token, name: "Linus", password: newPassword });
  expect(await left()).toEqual(["identity/join by Linus"]);
  const [linus] = await sql()`select id::int from users where email = ${email}`;
  const userId = linus?.id;
  await call("admin", "members.changeRole", { userId, role: "stakeholder" });
  expect(await left()).toEqual(["identity/change-role by admin"]);
  await call("admin", "members.makeResetLink", { userId });
  expect(await left()).toEqual(["identity/make-reset-link by admin"]);
  await call("admin", "members.endMembership", { userId });
  expect(await left()).toEqual(["identity/end-membership by admin"]);
  await call("admin", "members.reopenMembership", { userId });
  expect(await left()).toEqual(["identity/reopen-membership by admin"]);
});

test("channels", async () => {
  const channel = {
    name: "#deploys",
    isPublic: false,
    url: "https://hooks.example.org/secret-of-the-hook",
    rules: [],
  };
  const { id: channelId, signingSecret } = await call("engineer", "channels.create", {
    kind: "webhook",
    ...channel,
  });
  expect(await left()).toEqual(["broadcast/create-channel by Grace"]);
  await call("engineer", "channels.update", { channelId, ...channel, name: "#ships" });
  expect(await left()).toEqual(["broadcast/update-channel by Grace"]);
  const rotated = await call("engineer", "channels.rotateSecret", { channelId });
  expect(await left()).toEqual(["broadcast/rotate-signing-secret by Grace"]);
  secrets.push("secret-of-the-hook", signingSecret, rotated.signingSecret);
  await call("engineer", "channels.try", { channelId });
  expect(await left()).toEqual(["broadcast/try-channel by Grace"]);
  await giveUp(channelId);
  await call("engineer", "channels.sendAgain", { channelId, deliveryId: null });
  expect(await left()).toEqual(["broadcast/send-again by Grace"]);
  for (const isPaused of [true, false]) {
    await call("engineer", "channels.pause", { channelId, isPaused });
    expect(await left()).toEqual([`broadcast/${isPaused ? "pause" : "resume"}-channel by Grace`]);
  }
  await call("engineer", "channels.remove", { channelId });
  expect(await left()).toEqual(["broadcast/remove-channel by Grace"]);
});

/** A message of a hold that was over before it began. */
async function giveUp(channelId: number): Promise<void> {
  const [hold] = await sql()`
    insert into holds (reason, placed_by_name, ends_at, ended_at) values ('It', 'Ada', now(), now()) returning id`;
  const [item] = await sql()`
    insert into feed_items (kind, state, happened_at, hold_id) values ('hold', 'lifted', now(), ${hold?.id}) returning id`;
  await sql()`
    insert into deliveries (channel_id, item_id, event_id, word, happened_at, waits_since, state, ended_at, reason)
    values (${channelId}, ${item?.id}, gen_random_uuid(), 'held', now(), now(), 'dead', now(), 'It is gone.')`;
}

async function invitationId(): Promise<number> {
  const [row] = await sql()`select max(id)::int as id from invitations`;
  return row?.id;
}

test("the first administrator", async () => {
  await sql()`update users set role = 'engineer' where role = 'admin'`;
  const link = await issueSetupLink(auditing.portal.database.ctx, { portalUrl: auditing.portal.url });
  const token = new URL(link ?? "").hash.slice(1);
  const account = { name: "First", email: "first@example.org", password: newPassword };
  secrets.push(token);
  await call("stakeholder", "setup.complete", { token, ...account });
  expect(await left()).toEqual([expect.stringMatching(/^identity\/create-administrator by /)]);
  await sql()`update users set role = 'admin' where name = 'admin'`;
});

test("teams", async () => {
  await call("engineer", "teams.create", { name: "Web", contact: "#web" });
  expect(await left()).toEqual(["identity/create-team by Grace"]);
  const [team] = await sql()`select id::int from teams`;
  const teamId = team?.id;
  await call("engineer", "teams.update", { teamId, name: "Web team", contact: null });
  expect(await left()).toEqual([expect.stringMatching(/^identity\/update-team by Grace/)]);
  const [user] = await sql()`select id::int from users where role = 'stakeholder'`;
  await call("engineer", "teams.setMembership", { teamId, userId: user?.id, isMember: true });
  expect(await left()).toHaveLength(1);
  await call("engineer", "teams.remove", { teamId });
  expect(await left()).toHaveLength(1);
});

test("services, their conditions, deployments and tokens, by people and by machines", async () => {
  const shop = { slug: "shop", name: "Shop", repositoryUrl: auditing.repository };
  await call("engineer", "services.inspectRepository", { repositoryUrl: auditing.repository });
  expect(await left()).toEqual([]);
  await call("engineer", "services.register", shop);
  expect(await left()).toEqual(["services/register by Grace"]);
  await call("engineer", "services.update", { slug: "shop", name: "The shop" });
  expect(await left()).toEqual(["services/update by Grace"]);
  const note = { kind: "new", text: "The shop is open.", linkUrl: null };
  const sha = "a".repeat(40);
  await call("engineer", "feed.previewNote", { text: note.text });
  expect(await left()).toEqual([]);
  await call("engineer", "feed.writeNote", { serviceSlug: "shop", sha, ...note });
  expect(await left()).toEqual(["feed/write-note by Grace"]);
  await upload("shop", pictures.png);
  expect(await left()).toEqual(["feed/upload-picture by Grace"]);
  for (const expected of [["feed/dismiss-note by Grace"], []]) {
    await call("engineer", "feed.dismissNote", { serviceSlug: "shop", sha });
    expect(await left()).toEqual(expected);
  }
  const conditions = [{ kind: "on-branch", mayOverride: true }];
  await call("engineer", "conditions.set", { slug: "shop", environmentSlug: "staging", conditions });
  expect(await left()).toEqual(["services/set-conditions by Grace"]);

  const queue = { slug: "shop", environmentSlug: "production", supersedesWaiting: true };
  await call("engineer", "services.setSuperseding", queue);
  expect(await left()).toEqual(["services/set-superseding by Grace"]);
  await call("engineer", "services.setSuperseding", queue);
  expect(await left()).toEqual([]);

  const publicity = { slug: "shop", isPublic: true, byline: "team", contact: "#shop" };
  for (const expected of [["services/set-publicity by Grace"], []]) {
    await call("engineer", "services.setPublicity", publicity);
    expect(await left()).toEqual(expected);
  }
  for (const expected of [["services/show-environment by admin"], []]) {
    await call("admin", "installation.showEnvironment", { slug: "staging", isShown: true });
    expect(await left()).toEqual(expected);
  }

  const label = { slug: "shop", environmentSlug: "production", workerLabel: "gpu" };
  await call("engineer", "services.setWorkerLabel", label);
  expect(await left()).toEqual(["services/set-worker-label by Grace"]);
  await call("engineer", "services.setWorkerLabel", { ...label, workerLabel: null });
  expect(await left()).toEqual(["services/set-worker-label by Grace"]);

  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  const hold = { environmentSlug: "staging", serviceSlug: "shop", reason: "The big day", endsAt };
  const placed = await call("engineer", "holds.place", hold);
  expect(await left()).toEqual(["services/place-hold by Grace"]);
  await call("engineer", "holds.end", { id: placed.id });
  expect(await left()).toEqual(["services/end-hold by Grace"]);

  const value = "only for engineers";
  secrets.push(value);
  const first = { slug: "shop", environmentSlug: "staging", baseVersion: 0 };
  await call("engineer", "configurations.save", { ...first, change: { variables: { A: value } } });
  expect(await left()).toEqual(["services/save-configuration by Grace"]);
  const sealed = "sealed and never said";
  secrets.push(sealed);
  await call("engineer", "configurations.save", {
    ...{ slug: "shop", environmentSlug: "staging", baseVersion: 1 },
    change: { secrets: { API_KEY: sealed } },
  });
  expect(await left()).toEqual(["services/save-configuration by Grace"]);
  const [secret] = await sql()`select id::int from secrets`;
  const revoked = { slug: "shop", environmentSlug: "staging", secretId: secret?.id };
  await call("engineer", "configurations.revokeSecret", revoked);
  expect(await left()).toEqual(["services/revoke-secret by Grace"]);
  await call("engineer", "configurations.save", {
    ...{ slug: "shop", environmentSlug: "staging", baseVersion: 2 },
    change: { secrets: { API_KEY: null } },
  });
  const place = { slug: "shop", environmentSlug: "production" };
  const automation = { ...place, branch: "main", promotesAfterMinutes: null };
  await call("engineer", "services.setAutomation", automation);
  expect(await left()).toEqual(["services/set-automation by Grace"]);
  await call("engineer", "services.setAutomation", automation);
  expect(await left()).toEqual([]);
  await call("engineer", "services.pauseAutomation", place);
  expect(await left()).toEqual(["services/pause-automation by Grace"]);
  await call("engineer", "services.resumeAutomation", place);
  expect(await left()).toEqual(["services/resume-automation by Grace"]);
  await call("engineer", "services.lookForReleases", place);
  expect(await left()).toEqual(["deployments/request by Automatic deployment"]);
  await sql()`delete from deployments`;

  const wish = { serviceSlug: "shop", environmentSlug: "staging", kind: "deploy" };
  const { id } = await call("engineer", "deployments.request", wish);
  expect(await left()).toEqual(["deployments/request by Grace"]);
  await call("engineer", "deployments.cancel", { id });
  expect(await left()).toEqual(["deployments/cancel by Grace"]);

  const scheduled = await call("engineer", "deployments.request", { ...wish, scheduledFor: endsAt });
  expect(await left()).toEqual(["deployments/request by Grace"]);
  await call("engineer", "deployments.startNow", { id: scheduled.id });
  expect(await left()).toEqual(["deployments/start-scheduled by Grace"]);
  await call("engineer", "deployments.cancel", { id: scheduled.id });

  const permissions = ["read", "deploy", "reportFacts", "manageServices"];
  const made = await call("admin", "tokens.create", { name: "CI", permissions, services: null, days: 7 });
  expect(await left()).toEqual(["identity/create-token by admin"]);
  const { token } = await call("admin", "tokens.rotate", { id: made.id, days: 7, overlapHours: 1 });
  expect(await left()).toEqual(["identity/rotate-token by admin"]);

  // Its first twelve characters tell tokens apart.
  secrets.push(made.token.slice(13), token.slice(13));
  await ask(token, "updateService", "/services/shop", { name: "Shop" });
  expect(await left()).toEqual(["services/update by CI"]);
  await ask(token, "reportFact", `/services/shop/commits/${"a".repeat(40)}/facts`, {
    fact: "ci",
    state: "passed",
  });
  expect(await left()).toEqual(["conditions/report-fact by CI"]);
  const asked = await ask(token, "requestDeployment", "/services/shop/deployments", {
    environment: "staging",
  });
  expect(await left()).toEqual(["deployments/request by CI"]);
  await ask(token, "cancelDeployment", `/deployments/${asked.id}/cancel`, {});
  expect(await left()).toEqual(["deployments/cancel by CI"]);

  const [asking] = await sql()`select sha from deployments order by id desc limit 1`;
  await sql()`insert into artifacts (digest, bytes, file_count) values ('d', 1, 1)`;
  await sql()`insert into releases
      (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest)
    select id, 1, ${asking?.sha}, 'It', 'Ada', now(), '{}', 'd' from services where slug = 'shop'`;

  await sql()`
    insert into health_reviews (deployment_id, service_environment_id, release_id, opened_at, watch_until)
    select deployments.id, service_environment_id, releases.id, now(), now()
    from deployments, releases where deployments.id = ${asked.id}`;
  await call("engineer", "reviews.signOff", { deploymentId: asked.id });
  expect(await left()).toEqual(["health/sign-off by Grace"]);

  const staging = { slug: "shop", environmentSlug: "staging" };
  await standBeside(asked.id);
  await leadThroughIncidents(auditing, { token, deploymentId: asked.id });
  await call("engineer", "deployments.changeCanary", { id: asked.id, share: 0.5 });
  expect(await left()).toEqual(["traffic/change-share by Grace"]);
  await ask(token, "changeCanary", `/deployments/${asked.id}/canary`, { share: 0.2 });
  expect(await left()).toEqual(["traffic/change-share by CI"]);
  await holdBack();
  await call("engineer", "services.endHoldback", staging);
  expect(await left()).toEqual(["traffic/end-share by Grace"]);
  await holdBack();
  await ask(token, "endHoldback", "/services/shop/holdback/end", { environment: "staging" });
  expect(await left()).toEqual(["traffic/end-share by CI"]);
  await call("engineer", "services.pauseTraffic", { ...staging, seconds: 5 });
  expect(await left()).toEqual(["traffic/pause by Grace"]);
  await call("engineer", "services.resumeTraffic", staging);
  expect(await left()).toEqual(["traffic/resume by Grace"]);
  const mirror = { to: "staging", share: 0.1, strip: ["x-api-key"] };
  await call("engineer", "services.setMirror", { slug: "shop", environmentSlug: "production", mirror });
  expect(await left()).toEqual(["traffic/set-mirror by Grace"]);
  const toldOf = await call("engineer", "telemetry.showKey", staging);
  expect(await left()).toEqual(["telemetry/show-key by Grace"]);
  await call("engineer", "telemetry.replaceKey", { ...staging, atOnce: false });
  expect(await left()).toEqual(["telemetry/replace-key by Grace"]);
  const inStaging = { environment: "staging" };
  await ask(token, "replaceTelemetryKey", "/services/shop/telemetry/replace-key", inStaging);
  expect(await left()).toEqual(["telemetry/replace-key by CI"]);
  const shown = await ask(token, "showTelemetryKey", "/services/shop/telemetry/show-key", inStaging);
  expect(await left()).toEqual(["telemetry/show-key by CI"]);
  for (const { otlpHeader } of [toldOf, shown]) secrets.push(otlpHeader.split("=")[1]);
  await standAlone(asked.id);
  const badReason = "It is slow.";
  await ask(token, "markRelease", "/services/shop/releases/1", { badReason });
  expect(await left()).toEqual(["pipeline/mark-bad by CI"]);
  await call("engineer", "services.markRelease", { slug: "shop", releaseNumber: 1, badReason: null });
  expect(await left()).toEqual(["pipeline/clear-bad-mark by Grace"]);
  await call("admin", "tokens.revoke", { id: made.id });
  expect(await left()).toEqual(["identity/revoke-token by admin"]);

  await call("engineer", "services.remove", { slug: "shop", confirmSlug: "shop" });
  expect(await left()).toEqual(["services/request-removal by Grace"]);
  await call("engineer", "services.register", { ...shop, slug: "tour" });
  await sql()`update services set is_tour = true where slug = 'tour'`;
  await call("engineer", "tour.remove");
  expect(await left()).toEqual(["services/request-removal by Grace"]);
  await call("admin", "audit.verify");
  expect(await left()).toEqual([]);
});

test("workers and routers that are gone", async () => {
  const [worker] = await sql()`
    insert into workers (name, host, pid, capacity, stopped_at) values ('gone', 'web-1', 1, 1, now())
    returning id::int`;
  await call("admin", "workers.forget", { workerId: worker?.id });
  expect(await left()).toEqual(["deployments/forget-worker by admin"]);
  const [router] = await sql()`
    insert into routers (id, host, port, pid, heartbeat_at)
    values (gen_random_uuid(), 'web-1', 1, 1, now() - interval '1 hour') returning id`;
  await call("admin", "workers.forgetRouter", { routerId: router?.id });
  expect(await left()).toEqual(["traffic/forget-router by admin"]);
});

test("access to a private repository", async () => {
  const token = "glpat-audited";
  secrets.push(token, "OPENSSH PRIVATE KEY");
  const https = { repositoryUrl: "https://git.example.org/x.git", username: "deploy", token };
  await call("engineer", "repositories.keepToken", https);
  expect(await left()).toEqual(["repositories/keep-token by Grace"]);
  const server = await openVault();
  const repositoryUrl = server?.addressOf(auditing.repository) ?? "ssh://git@git.example.org/x.git";
  const { id, publicKey } = await call("engineer", "repositories.makeDeployKey", { repositoryUrl });
  expect(await left()).toEqual(["repositories/make-deploy-key by Grace"]);
  tried.add("repositories.confirmHost").add("repositories.use").add("repositories.remove");
  if (server === null) return;
  try {
    server.authorise(publicKey);
    const fingerprints = [fingerprintOf(server.hostKey())];
    await call("engineer", "repositories.confirmHost", { repositoryUrl, fingerprints });
    expect(await left()).toEqual(["repositories/confirm-host by Grace"]);
    const vault = { slug: "vault", name: "Vault", repositoryUrl, credentialId: id };
    await call("engineer", "services.register", vault);
    expect(await left()).toEqual(["services/register by Grace", "repositories/use-credential by Grace"]);
    const next = await call("engineer", "repositories.makeDeployKey", { repositoryUrl });
    server.authorise(next.publicKey);
    await call("engineer", "repositories.use", { slug: "vault", credentialId: next.id });
    expect(await left()).toEqual(["repositories/use-credential by Grace"]);
    await call("engineer", "repositories.remove", { slug: "vault" });
    expect(await left()).toEqual(["repositories/remove-credential by Grace"]);
  } finally {
    await server.stop();
  }
});

/** Null where there is no sshd: what needs one is not called then. */
async function openVault() {
  return noSshServer === null
    ? await startSshServer(join(auditing.portal.repositoriesFolder, ".sshd"))
    : null;
}

test("nothing that changes something was left out, and no secret stands in any entry", async () => {
  const procedures = Object.entries(appRouter._def.procedures as object)
    .filter(([, procedure]) => procedure._def.type === "mutation")
    .map(([path]) => path);
  const changing = operations.filter(({ method }) => method !== "GET").map(({ id }) => id);
  expect([...tried].sort()).toEqual([...procedures, ...changing].sort());
  const [log] = await sql()`select string_agg(e::text, ' ') as text from audit_entries e`;
  for (const secret of secrets) expect(String(log?.text)).not.toContain(secret);
});

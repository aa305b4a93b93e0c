import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { Context } from "#server/kernel/context.ts";
import { fingerprintOf } from "#server/kernel/ssh-keys.ts";
import { makeScratch } from "#server/services/pipeline/testing/scratch.ts";
import { noSshServer, type SshServer, startSshServer } from "#server/services/pipeline/testing/ssh-server.ts";
import { confirmHost } from "#server/services/repositories/confirm-host.ts";
import { makeDeployKey } from "#server/services/repositories/make-deploy-key.ts";
import { scanHost } from "#server/services/repositories/scan-host.ts";
import { getService } from "#server/services/services/get-service.ts";
import { inspectRepository } from "./inspect-repository.ts";
import { openServiceMirror } from "./open-service-mirror.ts";
import { readRepositoryAccess } from "./read-repository-access.ts";
import { registerService } from "./register-service.ts";
import { removeRepositoryAccess } from "./remove-repository-access.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";
import { updateService } from "./update-service.ts";

describe.skipIf(noSshServer !== null)(
  `a private repository${noSshServer === null ? "" : ` (skipped: ${noSshServer})`}`,
  () => {
    const scratch = makeScratch();
    let database: TestDatabase;
    let ctx: Context;
    let server: SshServer;
    let it: TestInstallation;
    let repositoryUrl: string;
    beforeAll(async () => {
      database = await openTestDatabase();
      const actor = { kind: "user", id: 1, name: "Ada", email: "ada@example.org", role: "engineer" } as const;
      ctx = { ...database.ctx, actor };
    });
    afterAll(async () => {
      await database.close();
      scratch.remove();
    });
    beforeEach(async () => {
      await database.client.sql`delete from services`;
      await database.client.sql`delete from host_keys`;
      server = await startSshServer(scratch.at("sshd"));
      it = await openInstallation(database.ctx);
      await commit(`${it.open}/shop`, "First", { "anytime.yaml": settingsFile });
      repositoryUrl = server.addressOf(`${it.open}/shop`);
    });
    afterEach(async () => {
      await server.stop();
      await it.close();
    });

    const key = () => makeDeployKey(ctx, it.installation.sealingKeys, { repositoryUrl });
    async function confirm(): Promise<void> {
      const { keys } = await scanHost(ctx, { repositoryUrl });
      await confirmHost(ctx, { repositoryUrl, fingerprints: keys.map(({ fingerprint }) => fingerprint) });
    }

    test("is registered step by step: each says what is missing", async () => {
      await expect(inspectRepository(ctx, { repositoryUrl }, it.installation)).rejects.toMatchObject({
        field: "repositoryAccess",
      });
      const { id: credentialId, publicKey } = await key();
      const wanted = { repositoryUrl, credentialId };
      await expect(inspectRepository(ctx, wanted, it.installation)).rejects.toMatchObject({
        field: "hostKey",
      });
      await confirm();
      await expect(inspectRepository(ctx, wanted, it.installation)).rejects.toMatchObject({
        field: "repositoryAccess",
      });
      server.authorise(publicKey ?? "");
      expect((await inspectRepository(ctx, wanted, it.installation)).head.subject).toBe("First");
      await registerService(ctx, { slug: "shop", name: "Shop", ...wanted }, it.installation);
      expect(await readRepositoryAccess(ctx, "shop")).toMatchObject({
        credential: { kind: "deploy-key", publicKey },
        host: { from: "confirmed", keys: [{ fingerprint: fingerprintOf(server.hostKey()) }] },
      });
      const { mirror } = await openServiceMirror(ctx, await getService(ctx, "shop"), it.installation, {
        refresh: true,
      });
      expect(mirror.repositoryUrl).toBe(repositoryUrl);
    });

    test("is not read through the mirror by a service that has no right to it, nor once it is taken away", async () => {
      const { id: credentialId, publicKey } = await key();
      server.authorise(publicKey ?? "");
      await confirm();
      const shop = { slug: "shop", name: "Shop", repositoryUrl };
      await registerService(ctx, { ...shop, credentialId }, it.installation);
      await expect(registerService(ctx, { ...shop, slug: "thief" }, it.installation)).rejects.toMatchObject({
        field: "repositoryAccess",
      });
      await removeRepositoryAccess(ctx, "shop");
      await expect(
        openServiceMirror(ctx, await getService(ctx, "shop"), it.installation),
      ).rejects.toMatchObject({ field: "repositoryUrl" });
    });

    test("a new deploy key is used once it has read the repository; one that cannot changes nothing", async () => {
      const first = await key();
      server.authorise(first.publicKey ?? "");
      await confirm();
      await registerService(
        ctx,
        { slug: "shop", name: "Shop", repositoryUrl, credentialId: first.id },
        it.installation,
      );
      const second = await key();
      const change = { slug: "shop", credentialId: second.id };
      await expect(updateService(ctx, change, it.installation)).rejects.toMatchObject({
        field: "repositoryAccess",
      });
      expect((await readRepositoryAccess(ctx, "shop")).credential?.id).toBe(first.id);
      server.authorise(second.publicKey ?? "");
      await updateService(ctx, change, it.installation);
      expect((await readRepositoryAccess(ctx, "shop")).credential?.id).toBe(second.id);

      await commit(`${it.open}/plain`, "First", { "anytime.yaml": settingsFile });
      await updateService(ctx, { slug: "shop", repositoryUrl: `${it.open}/plain` }, it.installation);
      expect((await readRepositoryAccess(ctx, "shop")).credential).toBeNull();
    });

    test("without the key that sealed it, it is said to be unreadable, and what needs no secret goes on", async () => {
      const { id: credentialId, publicKey } = await key();
      server.authorise(publicKey ?? "");
      await confirm();
      await registerService(
        ctx,
        { slug: "shop", name: "Shop", repositoryUrl, credentialId },
        it.installation,
      );
      const keyless = { ...it.installation, sealingKeys: () => [] };
      const service = await getService(ctx, "shop");
      const { mirror, problem } = await openServiceMirror(ctx, service, keyless, { refresh: true });
      expect(mirror.repositoryUrl).toBe(repositoryUrl);
      expect(problem).toContain("The deploy key of this repository cannot be read");
    });

    test("only keys that were compared and are still shown are pinned", async () => {
      const old = fingerprintOf(server.hostKey());
      await server.changeHostKey();
      await expect(confirmHost(ctx, { repositoryUrl, fingerprints: [old] })).rejects.toThrow(
        "other keys now",
      );
      await confirm();
      expect(await database.client.sql`select host from host_keys`).toEqual([
        { host: `[127.0.0.1]:${server.port}` },
      ]);
    });
  },
);

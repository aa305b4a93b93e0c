import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { knownHostLine } from "#server/domain/git-url.ts";
import { fingerprintOf, makeSshKeyPair } from "#server/kernel/ssh-keys.ts";
import { checkoutCommit } from "./checkout-commit.ts";
import { ensureMirror, openMirror } from "./ensure-mirror.ts";
import type { RepositoryAccess } from "./repository-access.ts";
import { commitFiles, git, makeScratch } from "./testing/scratch.ts";
import { noSshServer, type SshServer, startSshServer } from "./testing/ssh-server.ts";

/** Against a real sshd: skipped, and said so, where there is none. */
describe.skipIf(noSshServer !== null)(
  `over ssh${noSshServer === null ? "" : ` (skipped: ${noSshServer})`}`,
  () => {
    const scratch = makeScratch();
    const source = scratch.at("repositories/hello");
    const mirrorsFolder = scratch.at("mirrors");
    const [own, other] = [makeSshKeyPair("own"), makeSshKeyPair("other")];
    let server: SshServer;
    beforeAll(async () => {
      server = await startSshServer(scratch.at("sshd"));
    });
    afterAll(async () => {
      await server.stop();
      scratch.remove();
    });
    beforeEach(() => {
      for (const name of ["repositories", "mirrors", "work"]) {
        rmSync(scratch.at(name), { recursive: true, force: true });
      }
      server.authorise(own.publicKey);
    });

    const place = () => ({ repositoryUrl: server.addressOf(source), mirrorsFolder, allowedLocalFolders: [] });
    const host = () => `[127.0.0.1]:${server.port}`;
    const access = (privateKey: string, reader = "own", hostKey = server.hostKey()): RepositoryAccess => ({
      reader,
      login: { kind: "deploy-key", privateKey, knownHosts: [knownHostLine(host(), hostKey)] },
    });

    test("a deploy key of the portal's own making opens a private repository, and leaves nothing behind", async () => {
      const sha = commitFiles(source, "first", { "a.txt": "one" });
      const folder = scratch.at("work/source");
      await checkoutCommit({ ...place(), access: access(own.privateKey), sha, folder });
      expect(readFileSync(`${folder}/a.txt`, "utf8")).toBe("one");
      expect(readdirSync(`${mirrorsFolder}/.logins`)).toEqual([]);
      const [mirror = ""] = readdirSync(mirrorsFolder).filter((name) => name.endsWith(".git"));
      expect(readFileSync(`${mirrorsFolder}/${mirror}/config`, "utf8")).not.toContain("ssh");
    });

    test("a key that the server does not take is refused in words that say what to do", async () => {
      commitFiles(source, "first", { a: "1" });
      await expect(ensureMirror({ ...place(), access: access(other.privateKey) })).rejects.toMatchObject({
        field: "repositoryAccess",
        message: expect.stringContaining("does not take the deploy key"),
      });
      await expect(ensureMirror(place())).rejects.toMatchObject({ field: "repositoryAccess" });
    });

    test("a server that shows another host key gets nothing, and both fingerprints are named", async () => {
      commitFiles(source, "first", { a: "1" });
      const pinned = server.hostKey();
      await ensureMirror({ ...place(), access: access(own.privateKey, "own", pinned) });
      await server.changeHostKey();
      const refused = ensureMirror({ ...place(), access: access(own.privateKey, "own", pinned) });
      await expect(refused).rejects.toMatchObject({ field: "hostKey" });
      await expect(refused).rejects.toThrow(fingerprintOf(pinned));
      await expect(refused).rejects.toThrow(fingerprintOf(server.hostKey()));
      await ensureMirror({ ...place(), access: access(own.privateKey) });
    });

    test("services share one mirror, and each sees it once it has read the repository itself", async () => {
      const sha = commitFiles(source, "first", { a: "1" });
      const { repositoryUrl } = place();
      const seenBy = (reader: string) => openMirror({ repositoryUrl, mirrorsFolder, reader });
      await ensureMirror({ ...place(), access: access(own.privateKey, "a") });
      expect(await seenBy("a")).not.toBeNull();
      expect(await seenBy("b")).toBeNull();
      expect(await seenBy("public")).toBeNull();
      await expect(ensureMirror({ ...place(), access: access(other.privateKey, "b") })).rejects.toThrow();
      expect(await seenBy("b")).toBeNull();

      server.authorise(own.publicKey, other.publicKey);
      const shared = await ensureMirror({ ...place(), access: access(other.privateKey, "b") });
      expect(shared.folder).toBe((await seenBy("a"))?.folder);
      expect(git(shared.folder, "rev-parse", "main")).toBe(sha);
      expect(readdirSync(mirrorsFolder).filter((name) => name.endsWith(".git"))).toHaveLength(1);

      server.authorise(own.publicKey);
      await expect(ensureMirror({ ...place(), access: access(other.privateKey, "b") })).rejects.toThrow();
      expect(await seenBy("b")).toBeNull();
      expect(await seenBy("a")).not.toBeNull();
    });

    test("a repository that is gone, and a server that is down, are told apart", async () => {
      commitFiles(source, "first", { a: "1" });
      const gone = { ...place(), repositoryUrl: server.addressOf(scratch.at("repositories/none")) };
      await expect(ensureMirror({ ...gone, access: access(own.privateKey) })).rejects.toMatchObject({
        field: "repositoryUrl",
        message: expect.stringContaining("There is no repository at this address"),
      });
      const down = { ...place(), repositoryUrl: "ssh://git@127.0.0.1:9/hello.git" };
      await expect(ensureMirror({ ...down, access: access(own.privateKey) })).rejects.toThrow(
        "cannot be reached",
      );
      expect(existsSync(`${mirrorsFolder}/.logins`) && readdirSync(`${mirrorsFolder}/.logins`)).toEqual([]);
    });
  },
);

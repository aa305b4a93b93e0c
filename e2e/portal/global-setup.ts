import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#db/testing/free-port.ts";
import { openSmtp } from "#server/kernel/testing/open-smtp.ts";
import { oidcClient, openOidcServer } from "#server/services/identity/testing/oidc-server.ts";
import { startPortal } from "./start-portal.ts";
import { grace, resultsFolder, stateFile } from "./state.ts";

/** One portal for the whole suite, started as a user starts it, on a data folder and ports of its own. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "anytime-e2e-"));
  const repositories = join(folder, "repositories");
  mkdirSync(repositories);
  const portalPort = await freePort();
  const provider = await openOidcServer(`http://localhost:${portalPort}`);
  provider.person = grace;
  const mails = join(folder, "mails");
  mkdirSync(mails);
  let arrived = 0;
  const smtp = await openSmtp({}, (mail) => {
    arrived += 1;
    // Renamed into place: whoever reads there never finds half a mail.
    writeFileSync(join(mails, "arriving"), mail);
    renameSync(join(mails, "arriving"), join(mails, `${String(arrived).padStart(6, "0")}.eml`));
  });
  const portal = await startPortal({
    dataFolder: join(folder, "data"),
    portalPort,
    routerPort: await freePort(),
    environment: {
      ANYTIME_LOCAL_REPOSITORIES: repositories,
      // Where receivers of the tests listen.
      ANYTIME_OUTGOING_HOSTS: "127.0.0.1",
      // A recovery is found in less time than people have to wait for one.
      ANYTIME_RECOVERY_SECONDS: "20",
      ANYTIME_SMTP_URL: smtp.url,
      ANYTIME_MAIL_FROM: "Anytime <deploys@example.org>",
      ANYTIME_OIDC_NAME: "Example ID",
      ANYTIME_OIDC_ISSUER: provider.url,
      ANYTIME_OIDC_CLIENT_ID: oidcClient.id,
      ANYTIME_OIDC_CLIENT_SECRET: oidcClient.secret,
    },
  });
  mkdirSync(resultsFolder, { recursive: true });
  const { url, routerPort, dataFolder, setupLink } = portal;
  writeFileSync(stateFile, JSON.stringify({ url, routerPort, dataFolder, setupLink, repositories, mails }));
  return async () => {
    await portal.stop();
    await provider.close();
    await smtp.close();
    writeFileSync(join(resultsFolder, "npm-start.log"), portal.printed());
    rmSync(folder, { recursive: true, force: true });
  };
}

import type { Page } from "@playwright/test";
import { deployCommit } from "./deployment-pages.ts";
import { portalState } from "./state.ts";

/** The kiosk: a service of one's own, as the pages show it. */
const { routerPort } = portalState();
export const stagingUrl = `http://localhost:${routerPort}/kiosk/staging/`;
export const productionUrl = `http://localhost:${routerPort}/kiosk/production/`;

export const deploy = (page: Page, sha: string) => deployCommit(page, "kiosk", sha);

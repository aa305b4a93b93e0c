import { auditRouter } from "./audit-router.ts";
import { channelsRouter } from "./channels-router.ts";
import { conditionsRouter } from "./conditions-router.ts";
import { configurationsRouter } from "./configurations-router.ts";
import { deploymentsRouter } from "./deployments-router.ts";
import { feedRouter } from "./feed-router.ts";
import { holdsRouter } from "./holds-router.ts";
import { incidentsRouter } from "./incidents-router.ts";
import { insightsRouter } from "./insights-router.ts";
import { installationRouter, tourRouter, workersRouter } from "./installation-router.ts";
import { instancesRouter } from "./instances-router.ts";
import { joinRouter } from "./join-router.ts";
import { membersRouter } from "./members-router.ts";
import { overviewRouter } from "./overview-router.ts";
import { router } from "./procedures.ts";
import { releasesRouter } from "./releases-router.ts";
import { repositoriesRouter } from "./repositories-router.ts";
import { reviewsRouter } from "./reviews-router.ts";
import { servicesRouter } from "./services-router.ts";
import { sessionRouter } from "./session-router.ts";
import { setupRouter } from "./setup-router.ts";
import { teamsRouter } from "./teams-router.ts";
import { telemetryRouter } from "./telemetry-router.ts";
import { tokensRouter } from "./tokens-router.ts";

/** The whole API of the portal's own pages. */
export const appRouter = router({
  session: sessionRouter,
  setup: setupRouter,
  join: joinRouter,
  members: membersRouter,
  teams: teamsRouter,
  installation: installationRouter,
  overview: overviewRouter,
  services: servicesRouter,
  repositories: repositoriesRouter,
  deployments: deploymentsRouter,
  releases: releasesRouter,
  reviews: reviewsRouter,
  incidents: incidentsRouter,
  insights: insightsRouter,
  instances: instancesRouter,
  conditions: conditionsRouter,
  configurations: configurationsRouter,
  feed: feedRouter,
  channels: channelsRouter,
  holds: holdsRouter,
  workers: workersRouter,
  tour: tourRouter,
  audit: auditRouter,
  tokens: tokensRouter,
  telemetry: telemetryRouter,
});

export type AppRouter = typeof appRouter;

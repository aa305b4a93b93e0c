import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "./root.ts";

/** Types alone, for components: nothing of the server comes with them. */
export type * from "#server/domain/read-models.ts";
export type { HostView } from "#server/domain/repository-access.ts";
export type { SuspectCommit, Suspects } from "#server/flows/find-suspects.ts";
export type { RepositoryInspection } from "#server/flows/inspect-repository.ts";
export type { TeamView } from "#server/flows/list-teams-with-services.ts";
export type { ErrorGroup, LocatedFrame } from "#server/flows/read-error-group.ts";
export type { IncidentPage, WaysOut } from "#server/flows/read-incident-page.ts";
export type { InsightsPage } from "#server/flows/read-insights-page.ts";
export type { RecoveriesPage } from "#server/flows/read-recoveries-page.ts";
export type { ReleaseCharts, SlowRoute } from "#server/flows/read-release-charts.ts";
export type { ErrorFrequency, ReleaseError, ReleaseErrors } from "#server/flows/read-release-errors.ts";
export type { ReleasePage, ReleaseStint } from "#server/flows/read-release-page.ts";
export type { ReviewPage } from "#server/flows/read-review-page.ts";
export type { ServiceEnvironmentView, ServicePage } from "#server/flows/read-service-page.ts";
export type { WorkersPage } from "#server/flows/read-workers-page.ts";
export type { TelemetryView } from "#server/flows/telemetry-of-service.ts";
export type { InternalItem } from "#server/services/feed/read-internal-feed.ts";
export type { PublicLive } from "#server/services/feed/read-public-live.ts";
export type { InvitationRow } from "#server/services/identity/list-invitations.ts";
export type { MemberRow } from "#server/services/identity/list-members.ts";
export type { AppRouter } from "./root.ts";

export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;

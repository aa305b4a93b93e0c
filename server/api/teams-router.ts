import { z } from "zod";
import { listTeamsWithServices } from "#server/flows/list-teams-with-services.ts";
import { createTeam } from "#server/services/identity/create-team.ts";
import { deleteTeam } from "#server/services/identity/delete-team.ts";
import { setTeamMembership } from "#server/services/identity/set-team-membership.ts";
import { updateTeam } from "#server/services/identity/update-team.ts";
import { permitted, router } from "./procedures.ts";
import { id, text } from "./schemas.ts";

const about = z.object({ name: text, contact: text.nullable() });
const one = z.object({ teamId: id });

export const teamsRouter = router({
  list: permitted("read").query(({ ctx }) => listTeamsWithServices(ctx.verb)),
  create: permitted("manageTeams")
    .input(about)
    .mutation(({ ctx, input }) => createTeam(ctx.verb, input)),
  update: permitted("manageTeams")
    .input(about.extend(one.shape))
    .mutation(({ ctx, input }) => updateTeam(ctx.verb, input)),
  setMembership: permitted("manageTeams")
    .input(one.extend({ userId: id, isMember: z.boolean() }))
    .mutation(({ ctx, input }) => setTeamMembership(ctx.verb, input)),
  remove: permitted("manageTeams")
    .input(one)
    .mutation(({ ctx, input }) => deleteTeam(ctx.verb, input)),
});

import type { ActorKind } from "#server/domain/audit.ts";

export const actorKindWords: Record<ActorKind, string> = {
  user: "People",
  token: "Tokens",
  system: "Anytime itself",
};

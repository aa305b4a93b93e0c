import { wellFormedText } from "./text.ts";

/** Why a release is bad: what it does to users, never who made it. */
export const badReasonSchema = wellFormedText
  .trim()
  .min(5, "Say what is wrong with it, in at least 5 characters.")
  .max(300, "Say what is wrong with it in at most 300 characters.");

/** What a roll-forward says of the release that it leaves. */
export function causedReason(incidentId: number): string {
  return `Incident ${incidentId} came with it.`;
}

/** What a switch-back says of the release that it leaves, where nobody says more. */
export function leftByReason(environmentName: string): string {
  return `${environmentName} was switched back from it.`;
}

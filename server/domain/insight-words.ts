import type { Interval } from "./wilson.ts";

/** Where the measures come from: its own words are the measure's, what is counted here is ours. */
export const doraSource = "https://dora.dev/guides/dora-metrics-four-keys/";

/** Exactly what is counted, as the page says it. */
export const definitions = {
  deployments:
    "Deploys, promotions and roll-forwards that put another release in the place of the live one, divided by the days since the first one there was. Restarts, scaling and configuration bring no change and do not count; switching back is a remedy and does not count either, so that failing never looks like speed.",
  leadTime:
    "From the moment a commit was made (its committer's time, as Git tells it) until it is live here for the first time: the median over all commits that went live, not over deployments. A release before which nothing was live, and one whose commits Git no longer knows, have none.",
  failRate:
    "The share of those deployments that needed a remedy: an incident that is tied to it and not dismissed, a switch back from its release, or a roll-forward from its release that ended an incident. It counts on the day of the deployment, however late that is found out. Between which two shares it really lies is Wilson’s 95 % interval.",
  recovery:
    "Of the deployments that needed a remedy, from the switch to its release until users were well again: until the last incident that is tied to it was over, else until the switch back or the roll-forward. One that is not over yet has no time; how many those are is said beside it.",
  incidentTimes:
    "From the moment users felt it until somebody or something noticed, until the effect on them was gone, and until all was as before. Of incidents that began in this range and were confirmed, whatever caused them.",
  batch:
    "Commits and lines (added and removed ones of text, in the folders of the service) that a deployment brought against what was live before it, and how many of those needed a remedy. The lines are 95 % intervals by Wilson: where they overlap, the difference may be chance.",
  confounding:
    "This is what went together, not what caused what. Large deployments may be of other services, made in a hurry or of the hard work; small ones may be fixes that follow a failure. Look at one service, and at the recovery times, before you conclude anything.",
  reviews:
    "Every release that goes to production is watched for half an hour. Watched means that a person signed its health review off; the monitor watches all of them.",
  verdictTrials:
    "Each half hour in which only one release was served in production, and at least 200 requests, one random half of them is held against the other, by the same rules as two releases side by side. There is no difference: “worse” is a false alarm. Releases that were found worse while they were watched are left out. The rules promise 1 % at most.",
  durations:
    "Medians and 90th percentiles of many durations are within 9 % of what was measured; of a few they are exact.",
} as const;

/** `8.3 %`; one digit after the point where it is below ten. */
export function shareText(share: number): string {
  const percent = share * 100;
  return `${percent === 0 || percent >= 9.95 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** `8.3 % (5.1 % to 13 %)`. */
export function intervalText({ share, low, high }: Interval): string {
  return `${shareText(share)} (${shareText(low)} to ${shareText(high)})`;
}

/** `3.4 a day`, `2.1 a week`, `1.2 a month`: in the unit in which it is at least one. */
export function frequencyText(perDay: number): string {
  if (perDay === 0) return "none";
  const units = [
    { days: 1, name: "day" },
    { days: 7, name: "week" },
    { days: 30.4375, name: "month" },
    { days: 365.25, name: "year" },
  ];
  const unit = units.find(({ days }) => perDay * days >= 1) ?? units.at(-1);
  if (unit === undefined) throw new Error("There are units.");
  const often = perDay * unit.days;
  return `${often >= 9.95 ? Math.round(often).toLocaleString("en") : often.toFixed(1)} a ${unit.name}`;
}

import {
  Activity,
  ChartNoAxesCombined,
  LayoutGrid,
  Rocket,
  Rss,
  Server,
  Settings,
  Siren,
  Trophy,
} from "lucide-react";
import type { ReactNode } from "react";
import { paths } from "#components/paths.ts";

export type Entry = {
  label: string;
  href: string;
  icon: ReactNode;
  /** The letter after `g`. */
  letter: string;
  /** In the upper part of the rail; the others stand below the services. */
  isMain?: boolean;
  /** In the bottom bar of a phone; the others are under More there. */
  isAtHand?: boolean;
};

/** The pages that are one step away from everywhere: rail, bottom bar, palette and keys are all drawn from here. */
export const entries: readonly Entry[] = [
  {
    label: "Overview",
    href: paths.overview(),
    icon: <LayoutGrid />,
    letter: "o",
    isMain: true,
    isAtHand: true,
  },
  {
    label: "Deployments",
    href: paths.deployments(),
    icon: <Rocket />,
    letter: "d",
    isMain: true,
    isAtHand: true,
  },
  { label: "Reviews", href: paths.reviews(), icon: <Activity />, letter: "r", isMain: true, isAtHand: true },
  { label: "Incidents", href: paths.incidents(), icon: <Siren />, letter: "i", isMain: true },
  { label: "Recoveries", href: paths.recoveries(), icon: <Trophy />, letter: "c", isMain: true },
  { label: "Insights", href: paths.insights(), icon: <ChartNoAxesCombined />, letter: "m", isMain: true },
  { label: "Feed", href: paths.internalFeed(), icon: <Rss />, letter: "f", isMain: true, isAtHand: true },
  { label: "Workers", href: paths.workers(), icon: <Server />, letter: "w" },
  { label: "Settings", href: paths.settings(), icon: <Settings />, letter: "s" },
];

/** A page below an entry belongs to it; the overview is only itself. */
export function isAt(pathname: string, href: string): boolean {
  return pathname === href || (href !== "/" && pathname.startsWith(`${href}/`));
}

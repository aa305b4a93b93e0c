import type { ConfigurableSettings, ConfigurationContent, ConfigurationDifference } from "./configuration.ts";
import type { Environment, Moment } from "./read-models.ts";

/** What pages are told of configurations. */

/** One version of what a service environment sets beside the release. */
export interface ConfigurationVersion extends ConfigurationContent {
  id: number;
  /** From 1, in each service environment. */
  version: number;
  madeByName: string;
  madeAt: Moment;
}

/** One secret value, and all that anybody is told of it. */
export interface SecretView {
  id: number;
  name: string;
  madeByName: string;
  madeAt: Moment;
  /** From then on nothing is started with it. */
  revokedAt: Moment | null;
  revokedByName: string | null;
}

/** Versions, newest first, each with what it changed. */
export interface ConfigurationHistory {
  items: (ConfigurationVersion & { differences: ConfigurationDifference[] })[];
  nextBefore: number | null;
}

/** What is configured in a service environment, beside what the release that is live brings itself. */
export interface ConfigurationView {
  serviceSlug: string;
  environment: Environment;
  newest: ConfigurationVersion | null;
  /** With what the instances that are live were started. */
  running: ConfigurationVersion | null;
  /** Every value that was ever set here, in that order. */
  secrets: SecretView[];
  /** Null while nothing is live. */
  release: { number: number; own: ConfigurableSettings } | null;
}

/** How many instances the live release runs in, and who says so. */
export interface InstanceCount {
  count: number;
  /** What the release's own settings say. */
  own: number;
  /** Whether the number is set in the portal, over the release's own. */
  isConfigured: boolean;
}

"use client";
import { useState } from "react";
import {
  type ConfigurationChange,
  type ConfigurationContent,
  changeConfiguration,
  compareConfigurations,
  noConfiguration,
} from "#server/domain/configuration.ts";
import type { ConfigurationVersion } from "#server/domain/read-models.ts";

/** What is being edited, on top of the version that it was begun with; nothing is sent before the button. */
export interface Draft {
  /** The newest version while nothing is edited. */
  content: ConfigurationContent;
  base: ConfigurationVersion | null;
  isEdited: boolean;
  /** Somebody has made a newer version since the editing began. */
  isOvertaken: boolean;
  change(change: ConfigurationChange): void;
  /** Takes another content as a whole, such as that of an older version. */
  take(content: ConfigurationContent): void;
  discard(): void;
}

export function useDraft(newest: ConfigurationVersion | null): Draft {
  const [edit, setEdit] = useState<{
    base: ConfigurationVersion | null;
    content: ConfigurationContent;
  } | null>(null);
  const base = edit === null ? newest : edit.base;
  const content = edit?.content ?? newest ?? noConfiguration;
  return {
    base,
    content,
    isEdited: edit !== null && compareConfigurations(base, content).length > 0,
    isOvertaken: edit !== null && (newest?.version ?? 0) !== (base?.version ?? 0),
    change: (change) => setEdit({ base, content: changeConfiguration(content, change) }),
    take: ({ instances, variables }) => setEdit({ base, content: { instances, variables } }),
    discard: () => setEdit(null),
  };
}

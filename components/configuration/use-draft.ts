"use client";
import { useState } from "react";
import {
  type ConfigurationContent,
  changeConfiguration,
  compareConfigurations,
  noConfiguration,
  type StoredChange,
  unstoredSecret,
} from "#server/domain/configuration.ts";
import type { ConfigurationVersion } from "#server/domain/configuration-views.ts";

/** What is being edited, on top of the version that it was begun with; nothing is sent before the button. */
export interface Draft {
  /** The newest version while nothing is edited. */
  content: ConfigurationContent;
  base: ConfigurationVersion | null;
  /** Secret values that are typed and not sent yet, by name: in this page's memory alone. */
  typed: Readonly<Record<string, string>>;
  isEdited: boolean;
  /** Somebody has made a newer version since the editing began. */
  isOvertaken: boolean;
  change(change: StoredChange): void;
  setSecret(name: string, value: string): void;
  /** Takes another content as a whole, such as that of an older version. */
  take(content: ConfigurationContent): void;
  discard(): void;
}

export function useDraft(newest: ConfigurationVersion | null): Draft {
  const [edit, setEdit] = useState<{
    base: ConfigurationVersion | null;
    content: ConfigurationContent;
    typed: Record<string, string>;
  } | null>(null);
  // What was undone by hand is no edit: it does not hold on to the version that it was begun with.
  const current = edit !== null && compareConfigurations(edit.base, edit.content).length > 0 ? edit : null;
  const base = current === null ? newest : current.base;
  const content = current?.content ?? newest ?? noConfiguration;
  const typed = current?.typed ?? {};
  return {
    base,
    content,
    typed,
    isEdited: current !== null,
    isOvertaken: current !== null && (newest?.version ?? 0) !== (base?.version ?? 0),
    change: (change) => setEdit({ base, typed, content: changeConfiguration(content, change) }),
    setSecret: (name, value) => {
      // One that was plain is plain no more: whoever sets it as a secret means that.
      const plain = Object.hasOwn(content.variables, name) ? { variables: { [name]: null } } : {};
      const next = changeConfiguration(content, { ...plain, secrets: { [name]: unstoredSecret } });
      setEdit({ base, typed: { ...typed, [name]: value }, content: next });
    },
    take: ({ instances, variables, secrets }) =>
      setEdit({ base, typed: {}, content: { instances, variables, secrets } }),
    discard: () => setEdit(null),
  };
}

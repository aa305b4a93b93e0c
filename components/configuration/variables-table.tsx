"use client";
import { Pencil, Undo2, X } from "lucide-react";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { setValue } from "#server/domain/configuration.ts";
import type { Draft } from "./use-draft.ts";

type VariablesTableProps = {
  /** What the release brings itself. */
  own: Record<string, string>;
  draft: Draft;
  origin: string;
  onEdit: (name: string) => void;
};

/** Every variable that instances get, by name. What is edited and not deployed yet is marked. */
export function VariablesTable({ own, draft, origin, onEdit }: VariablesTableProps) {
  const { variables } = draft.content;
  const names = [...new Set([...Object.keys(own), ...Object.keys(variables)])].sort();
  if (names.length === 0) {
    return (
      <EmptyState title="No variables">
        Instances get what the release and the portal give them, and nothing else. Add one, or paste the text
        of a .env file.
      </EmptyState>
    );
  }
  return (
    <table aria-label="Variables" className="w-full border-collapse text-sm max-sm:block">
      <thead className="max-sm:hidden">
        <tr className="border-b text-left text-muted">
          <th scope="col" className="h-9 w-[30%] pr-3 font-medium">
            Name
          </th>
          <th scope="col" className="px-3 font-medium">
            Value
          </th>
          <th scope="col" className="w-[24%] px-3 font-medium">
            From
          </th>
          <th scope="col" className="w-20">
            <span className="sr-only">Change</span>
          </th>
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {names.map((name) => (
          <VariableRow
            key={name}
            name={name}
            own={setValue(own, name)}
            set={setValue(variables, name)}
            saved={setValue(draft.base?.variables ?? {}, name)}
            origin={origin}
            onEdit={() => onEdit(name)}
            onRemove={() => draft.change({ variables: { [name]: null } })}
          />
        ))}
      </tbody>
    </table>
  );
}

type VariableRowProps = {
  name: string;
  own: string | null;
  /** In the edited content; null where the release's own counts. */
  set: string | null;
  /** In the version that the editing began with. */
  saved: string | null;
  origin: string;
  onEdit: () => void;
  onRemove: () => void;
};

function VariableRow({ name, own, set, saved, origin, onEdit, onRemove }: VariableRowProps) {
  const isEdited = set !== saved;
  return (
    <tr className="relative border-b align-top max-sm:flex max-sm:flex-col max-sm:gap-1 max-sm:py-3">
      <th
        scope="row"
        className="py-2.5 pr-3 text-left font-mono font-normal wrap-anywhere max-sm:p-0 max-sm:pr-20"
      >
        {name}
      </th>
      <td className="px-3 py-2.5 font-mono max-sm:p-0">
        <span className="line-clamp-6 whitespace-pre-wrap wrap-anywhere" title={set ?? own ?? ""}>
          {(set ?? own) === "" ? <span className="font-sans text-faint">empty</span> : (set ?? own)}
        </span>
      </td>
      <td className="px-3 py-2.5 text-muted max-sm:p-0">
        {originText(own, set, origin)}
        {isEdited && <span className="block text-attention">edited, not deployed yet</span>}
      </td>
      <td className="py-1.5 text-right whitespace-nowrap max-sm:absolute max-sm:top-1 max-sm:right-0">
        <IconButton label={`Edit ${name}`} icon={<Pencil />} onClick={onEdit} />
        {set !== null && (
          <IconButton
            label={own === null ? `Remove ${name}` : `Take ${name} from ${origin} again`}
            icon={own === null ? <X /> : <Undo2 />}
            onClick={onRemove}
          />
        )}
      </td>
    </tr>
  );
}

function originText(own: string | null, set: string | null, origin: string): string {
  if (set === null) return origin;
  return own === null ? "portal" : `portal, over ${origin}`;
}

import { ShownOnce } from "../shown-once.tsx";

export type MadeLink = { link: string; email: string; expiresAt: string };
type ShownLinkProps = { title: string; made: MadeLink; onDone: () => void };

export function ShownLink({ title, made, onDone }: ShownLinkProps) {
  return (
    <ShownOnce
      title={title}
      what="link"
      advice={`Give it to ${made.email} and to nobody else: whoever opens it first uses it.`}
      codes={[{ label: "the one-time link", code: made.link }]}
      expiresAt={made.expiresAt}
      onDone={onDone}
    />
  );
}

export type PersonNameProps = {
  name: string;
  /** In the title only. */
  email?: string;
};

/** Names, no faces. */
export function PersonName({ name, email }: PersonNameProps) {
  return (
    <span title={email} className="wrap-anywhere">
      {name}
    </span>
  );
}

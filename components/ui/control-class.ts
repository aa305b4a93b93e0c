/** The edge shared by everything one types or chooses in. */
export const controlClass =
  "w-full rounded-md bg-surface text-base text-ink inset-ring inset-ring-control transition-shadow duration-100 " +
  "hover:inset-ring-muted focus:outline-2 focus:-outline-offset-1 focus:outline-accent " +
  "data-invalid:inset-ring-failed data-invalid:focus:outline-failed " +
  "disabled:cursor-not-allowed disabled:opacity-60 data-disabled:cursor-not-allowed data-disabled:opacity-60 " +
  "max-sm:text-lg";

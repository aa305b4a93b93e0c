import { Code } from "#components/ui/code-block.tsx";

/** For who stands at the door of a portal that has no account yet. */
export function SetupHint() {
  return (
    <>
      Nobody has an account yet. Open the setup link that <Code>npm start</Code> printed, or print a new one
      by <Code>npm run anytime -- setup-link</Code>.
    </>
  );
}

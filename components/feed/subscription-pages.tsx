import { AccountPage } from "#components/identity/account-page.tsx";
import { paths } from "#components/paths.ts";
import { buttonClass } from "#components/ui/button-class.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import {
  type SubscriptionOutcome,
  subscriptionOutcomes,
  subscriptionProblems,
} from "#server/domain/subscription.ts";
import { MailForm } from "./mail-form.tsx";
import { subscriptionWords } from "./subscription-words.ts";

export type OutcomePageProps = {
  /** What came of a form, as the address has it. */
  said: string | undefined;
  service: string | undefined;
  canMail: boolean;
};

/** What came of a form about mails, and the form where it is to be filled in again. */
export function OutcomePage({ said, service, canMail }: OutcomePageProps) {
  const outcome = outcomeOf(said);
  const { title, description, again } =
    outcome === null
      ? { title: "What’s new, by e-mail", description: undefined, again: true }
      : subscriptionWords[outcome];
  const { description: off } = subscriptionWords.off;
  return (
    <AccountPage title={title} description={again && !canMail ? off : description}>
      {again && canMail && <MailForm service={service} />}
      <ButtonLink href={paths.feed({ service })}>Read what’s new</ButtonLink>
    </AccountPage>
  );
}

function outcomeOf(said: string | undefined): SubscriptionOutcome | null {
  return [...subscriptionOutcomes, ...subscriptionProblems].find((candidate) => candidate === said) ?? null;
}

/** What follows links in mails by itself confirms nothing: that takes the button. */
export function ConfirmPage({ token }: { token: string }) {
  return (
    <AccountPage
      title="What’s new, by e-mail"
      description="Confirm that you want it at the address that this link came to."
    >
      <form action={paths.confirmMails()} method="post">
        <input type="hidden" name="token" value={token} />
        <button type="submit" className={buttonClass({ variant: "primary", size: "large" })}>
          Confirm the subscription
        </button>
      </form>
    </AccountPage>
  );
}

export function EndPage({ token }: { token: string }) {
  return (
    <AccountPage title="No more mails?" description="You can subscribe again at any time.">
      <form action={paths.endMails(token)} method="post">
        <input type="hidden" name="from" value="page" />
        <button type="submit" className={buttonClass({ variant: "primary", size: "large" })}>
          End the subscription
        </button>
      </form>
    </AccountPage>
  );
}

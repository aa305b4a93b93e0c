import { paths } from "#components/paths.ts";
import { buttonClass } from "#components/ui/button-class.ts";
import { controlClass } from "#components/ui/control-class.ts";
import { cadences, cadenceWords, dailyTime, trapField } from "#server/domain/subscription.ts";

/** A plain form that asks to be told by e-mail: it works without a script. `service` left out is the whole feed. */
export function MailForm({ service }: { service: string | undefined }) {
  return (
    <form
      action={paths.askForMails()}
      method="post"
      aria-label="Subscribe by e-mail"
      className="mt-2 flex flex-col gap-2"
    >
      <input type="hidden" name="service" value={service ?? ""} />
      <Trap />
      <div className="flex flex-wrap items-end gap-2">
        <label className="flex min-w-56 grow flex-col gap-1 text-muted text-sm">
          Your e-mail address
          <input
            type="email"
            name="address"
            required
            maxLength={254}
            autoComplete="email"
            className={`${controlClass} h-8 px-2.5`}
          />
        </label>
        <label className="flex flex-col gap-1 text-muted text-sm">
          How often
          <select name="cadence" className={`${controlClass} h-8 px-2 pr-7`}>
            {cadences.map((cadence) => (
              <option key={cadence} value={cadence}>
                {cadenceWords[cadence].name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className={buttonClass()}>
          Subscribe by e-mail
        </button>
      </div>
      <p className="max-w-prose text-faint text-sm">
        New releases, switch-backs and holds: a minute or two after they happen, or all of a day in one mail
        at {dailyTime}. You confirm by a mail first, and each has a link to end it.
      </p>
    </form>
  );
}

/** Not for people: no screen shows it and no key reaches it. */
function Trap() {
  return (
    <div aria-hidden className="absolute -left-[200vw] size-px overflow-hidden">
      <label>
        Leave this empty
        <input type="text" name={trapField} tabIndex={-1} autoComplete="off" />
      </label>
    </div>
  );
}

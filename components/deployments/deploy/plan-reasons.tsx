import { Callout } from "#components/ui/callout.tsx";
import { TextWithCode } from "#components/ui/text-with-code.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { Reason } from "#server/domain/reasons.ts";

const tones: Record<Reason["weight"], Tone> = { stops: "failed", waits: "waiting", warns: "attention" };
const titles: Record<Reason["weight"], string> = {
  stops: "This stops it",
  waits: "It will wait",
  warns: "Good to know",
};

/** Every reason for or against it, the gravest first. */
export function PlanReasons({ reasons }: { reasons: readonly Reason[] }) {
  const weights: Reason["weight"][] = ["stops", "waits", "warns"];
  return weights
    .map((weight) => ({
      weight,
      texts: reasons.filter((reason) => reason.weight === weight).map(({ text }) => text),
    }))
    .filter(({ texts }) => texts.length > 0)
    .map(({ weight, texts }) => (
      <Callout key={weight} tone={tones[weight]} title={titles[weight]}>
        {texts.length === 1 ? (
          <TextWithCode>{texts.join("")}</TextWithCode>
        ) : (
          <ul className="list-disc pl-4">
            {texts.map((text) => (
              <li key={text}>
                <TextWithCode>{text}</TextWithCode>
              </li>
            ))}
          </ul>
        )}
      </Callout>
    ));
}

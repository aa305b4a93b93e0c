import { Callout } from "#components/ui/callout.tsx";
import { TextWithCode } from "#components/ui/text-with-code.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { Reason } from "#server/domain/reasons.ts";

/** A reason that a person can override stops it less gravely than one that they cannot. */
type Weight = Reason["weight"] | "asks";
const weights: Weight[] = ["stops", "asks", "waits", "warns"];
const tones: Record<Weight, Tone> = {
  stops: "failed",
  asks: "attention",
  waits: "waiting",
  warns: "attention",
};
const titles: Record<Weight, string> = {
  stops: "This stops it",
  asks: "This stops it, unless you say why",
  waits: "It will wait",
  warns: "Good to know",
};

/** Every reason for or against it, the gravest first. */
export function PlanReasons({ reasons }: { reasons: readonly Reason[] }) {
  return weights
    .map((weight) => ({
      weight,
      texts: reasons.filter((reason) => weightOf(reason) === weight).map(({ text }) => text),
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

function weightOf({ weight, mayOverride }: Reason): Weight {
  return weight === "stops" && mayOverride === true ? "asks" : weight;
}

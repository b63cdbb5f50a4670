/** What would have to become otherwise for somebody to enter or leave a segment. */
import type { Explanation } from '#core/segments/match';

type Clause = Extract<Explanation, { kind: 'condition' }>;

/** A clause that must turn, or several of which each or one must. */
export type Needed =
  | { kind: 'clause'; clause: Clause; /** Whether it must come to hold. */ toHold: boolean }
  | { kind: 'each' | 'one'; of: Needed[] };

/** Null where it is as wanted already. */
export function neededFor(explanation: Explanation, wanted: boolean): Needed | null {
  if (explanation.holds === wanted) return null;
  switch (explanation.kind) {
    case 'condition': return { kind: 'clause', clause: explanation, toHold: wanted };
    case 'not': return neededFor(explanation.of, !wanted);
    case 'all':
    case 'any': {
      const of = explanation.of.flatMap((one) => neededFor(one, wanted) ?? []);
      const [only] = of;
      if (of.length === 1 && only !== undefined) return only;
      return { kind: (explanation.kind === 'all') === wanted ? 'each' : 'one', of };
    }
  }
}

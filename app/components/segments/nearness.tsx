/** How close a call it is whether somebody belongs to a group that was found: her figures beside two centres, and what alone would turn it. */
import type { Closeness, FeatureCloseness } from '#core/clustering/closeness';
import { useFormats } from '../../format/use-formats.tsx';
import { featureLabel, featureText } from '../discover/words.ts';
import { boundaryText } from './cluster-words.ts';

interface NearnessProps {
  /** From the outermost group in. */
  levels: readonly Closeness[];
}

export function Nearness({ levels }: NearnessProps) {
  const isIn = levels.every(({ holds }) => holds);
  return levels.map((level, n) => <Level key={n} level={level} tells={isIn || !level.holds} title={levels.length === 1 ? null : n === 0 ? 'The outermost group' : n === levels.length - 1 ? 'The innermost group' : `Group ${String(n + 1)} inside`} />);
}

/** What would turn it is named so many times at most: the soonest. */
const NAMED = 3;

function Level({ level, tells, title }: { level: Closeness; /** Whether to say what would turn it: what holds keeps nobody out. */ tells: boolean; title: string | null }) {
  const formats = useFormats();
  const { decimal, currency } = formats;
  const turning = level.features.filter(({ turnsAt }) => turnsAt !== null).slice(0, NAMED);
  return (
    <div className="mt-3 text-13">
      {title !== null && <h4 className="font-strong">{title}</h4>}
      <p className="text-pretty">{level.holds ? 'She is nearest to this group’s centre' : 'She is nearer to another group’s centre'}: {decimal(level.distance, 2, 2)} away from it, {decimal(level.otherDistance, 2, 2)} from the {level.holds ? 'next' : 'nearer'} one. <span className="font-strong">{callWords(level)}</span></p>
      <div className="relative -mx-1 overflow-x-auto px-1">
        <table className="figures mt-2 w-full">
          <caption className="sr-only">Her figures beside the centres of this group and of the {level.holds ? 'next nearest' : 'nearest'} one</caption>
          <thead className="text-12 text-muted"><tr><td className="h-7" /><th scope="col" className="h-7 pl-2 text-right font-normal">She</th><th scope="col" className="h-7 pl-2 text-right font-normal">This group</th><th scope="col" className="h-7 pl-2 text-right font-normal">{level.holds ? 'Next one' : 'Nearer one'}</th></tr></thead>
          <tbody>
            {level.features.map(({ name, value, centre, other }) => (
              <tr key={name} className="border-t border-line">
                <th scope="row" className="py-1.5 font-normal">{featureLabel(name)}</th>
                <td className="py-1.5 pl-2 text-right font-strong whitespace-nowrap">{featureText(name, value, formats, currency)}</td>
                <td className="py-1.5 pl-2 text-right whitespace-nowrap">{featureText(name, centre, formats, currency)}</td>
                <td className="py-1.5 pl-2 text-right whitespace-nowrap text-muted">{featureText(name, other, formats, currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {tells && <div className="mt-3 rounded-control bg-sunken px-3 py-2.5">
        {turning.length === 0 ? <p>No single one of these figures could turn it: several would have to change.</p> : (
          <>
            <p className="font-strong">{level.holds ? 'She would leave' : title === null ? 'She would enter' : 'She would be nearest to it'} if {turning.length === 1 ? 'this came true' : 'one of these came true'}</p>
            <ul className="ml-4 list-disc">{turning.map((one) => <Turn key={one.name} feature={one} />)}</ul>
          </>
        )}
      </div>}
    </div>
  );
}

function Turn({ feature: { name, value, turnsAt } }: { feature: FeatureCloseness }) {
  const formats = useFormats();
  if (turnsAt === null) return null;
  return <li className="figures text-pretty">{featureLabel(name)}: {boundaryText(name, turnsAt.value, formats)} or {turnsAt.atLeast ? 'more' : 'less'} <span className="text-muted">(now {boundaryText(name, value, formats)})</span></li>;
}

/** By how much of both distances together the nearer one is nearer. */
function callWords({ distance, otherDistance }: Closeness): string {
  const apart = Math.abs(otherDistance - distance) / Math.max(1e-12, otherDistance + distance);
  if (apart < 0.05) return 'A close call.';
  return apart < 0.2 ? 'Not by much.' : 'Clearly so.';
}

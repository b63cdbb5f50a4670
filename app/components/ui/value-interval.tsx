/** A predicted amount with its interval: €412 (€260 – €610). */
import { useFormats } from '../../format/use-formats.tsx';

interface ValueIntervalProps {
  value: number;
  low: number;
  high: number;
  /** Says "80% likely" beside it: on the first use in a page. */
  withWords?: boolean;
}

export function ValueInterval({ value, low, high, withWords = false }: ValueIntervalProps) {
  const { money } = useFormats();
  return (
    <span className="figures whitespace-nowrap">
      {money(value)}{' '}
      <span className="text-muted">
        ({money(low)} – {money(high)}){withWords && ', 80% likely'}
      </span>
    </span>
  );
}

/** The design system's colours as a canvas can use them, again whenever the theme changes. */
import { useEffect, useState } from 'react';

export type ChartColorName = 'series-1' | 'series-2' | 'series-3' | 'series-4' | 'muted' | 'line' | 'ink' | 'surface';
export type ChartColors = Record<ChartColorName, string>;

/** A canvas does not resolve variables: an element of the page does it. */
function readColors(): ChartColors {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.appendChild(probe);
  const read = (name: ChartColorName): string => {
    probe.style.color = `var(--color-${name})`;
    return getComputedStyle(probe).color;
  };
  const colors: ChartColors = {
    'series-1': read('series-1'), 'series-2': read('series-2'), 'series-3': read('series-3'), 'series-4': read('series-4'),
    muted: read('muted'), line: read('line'), ink: read('ink'), surface: read('surface'),
  };
  probe.remove();
  return colors;
}

/** Null until the page is awake. */
export function useChartColors(): ChartColors | null {
  const [colors, setColors] = useState<ChartColors | null>(null);
  useEffect(() => {
    const read = () => setColors(readColors());
    read();
    const device = matchMedia('(prefers-color-scheme: dark)');
    const chosen = new MutationObserver(read);
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    device.addEventListener('change', read);
    return () => {
      chosen.disconnect();
      device.removeEventListener('change', read);
    };
  }, []);
  return colors;
}
